from fieldcheck.analyses.failure_modes import compute_failure_modes
from fieldcheck.analyses.similar_items import set_tags
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model


def wrong(project):
    side = load_field_side(project, find_model(project))
    return [
        side.picks[k].frame_id
        for k, right in zip(side.at.tolist(), side.judgement.right, strict=True)
        if not right
    ]


def test_nothing_labelled_has_no_errors_to_sort(drawn, empty):
    assert compute_failure_modes(drawn) is None
    assert compute_failure_modes(empty) is None


def test_wrong_frames_are_counted_by_their_tag(labelled):
    names = wrong(labelled)
    assert [(row.mode, row.n) for row in compute_failure_modes(labelled)] == [("", len(names))]
    set_tags(labelled, names, add=["dark"])
    (row,) = compute_failure_modes(labelled)
    assert (row.mode, row.n, row.share.value) == ("dark", len(names), 1.0)
    assert 1 <= row.stock <= len(names)
    assert row.to_collect == 200 - row.stock


def test_a_right_frame_with_the_tag_is_in_stock_and_no_error(labelled):
    names = wrong(labelled)
    set_tags(labelled, names, add=["dark"])
    before = compute_failure_modes(labelled)[0]
    side = load_field_side(labelled, find_model(labelled))
    set_tags(labelled, [pick.frame_id for pick in side.picks], add=["dark"])
    after = compute_failure_modes(labelled)[0]
    assert after.n == before.n
    assert after.stock > before.stock


def test_frames_judged_by_points_have_modes_too(pointed):
    assert sum(row.n for row in compute_failure_modes(pointed)) == 2
