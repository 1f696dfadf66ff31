import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.domain.label import Stratum
from fieldcheck.errors import labels
from fieldcheck.errors.files import PathMissing
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.imaging.codec import compute_pixels_sha256, read_image
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.sampling.hardness import (
    HardnessPasses,
    compute_hardness,
    compute_light_hardness,
    rank_light_faults,
)
from fieldcheck.sampling.pick_frames import cluster_scenes, count_left_frames, plan_picks
from fieldcheck.sampling.proposal import exclude_picks
from tests import makers


def frames(picked):
    return [one.pick.frame_id for one in picked.picks]


def strata(draw):
    return {one.name: (one.listed, one.picked) for one in draw.strata}


def test_a_balanced_draw_is_two_fifths_of_the_hardest_fifth(footed):
    picked = makers.draw(footed, 20)
    assert strata(picked.draw) == {"hard": (24, 8), "rest": (96, 12)}
    actual = {(one.pick.stratum, one.pick.probability, one.pick.weight) for one in picked.picks}
    assert actual == {("hard", 8 / 24, 3.0), ("rest", 12 / 96, 8.0)}
    order = {line.frame.frame_id: at for at, line in enumerate(footed.read(list_sampling_lines))}
    actual = [order[name] for name in frames(picked)]
    assert actual == sorted(order[name] for name in frames(picked))
    assert sorted(one.pick.place for one in picked.picks) == list(range(20))


def test_picked_frames_are_saved_without_loss(footed):
    hashes = {line.frame.frame_id: line.frame.sha256 for line in footed.read(list_sampling_lines)}
    for one in makers.draw(footed, 10).picks:
        actual = compute_pixels_sha256(read_image(footed.path / one.pick.file))
        assert actual == hashes[one.pick.frame_id]
        assert one.pick.file == f"frames/{one.pick.frame_id}.png"


@pytest.mark.long
def test_the_same_seed_gives_the_same_picks_in_any_project(footed, material, tmp_path):
    first = makers.draw(footed, 20, seed=7)
    again = makers.draw(footed, 20, seed=7)
    with makers.empty_project(tmp_path / "other.fieldcheck", material / "net.onnx") as other:
        makers.add_footage(other, material / "belt.avi")
        elsewhere = makers.draw(other, 20, seed=7)
    assert first.picks == elsewhere.picks
    assert frames(first) == frames(again)
    assert frames(first) != frames(makers.draw(footed, 20, seed=8))
    assert first.draw.seed_typed
    assert not makers.draw(footed, 20).draw.seed_typed


def test_before_the_first_label_a_draw_replaces_the_one_before_in_one_act(footed):
    first = makers.draw(footed, 20, seed=1)
    second = makers.draw(footed, 10, seed=2)
    assert {one.frame_id for one in footed.read(labels_table.list_picks)} == set(frames(second))
    assert [draw.draw_id for draw in footed.read(labels_table.list_draws)] == [1, 2]
    assert [draw.draw_id for draw in footed.read(labels_table.list_current_draws)] == [2]
    footed.undo()
    assert {one.frame_id for one in footed.read(labels_table.list_picks)} == set(frames(first))
    assert [draw.draw_id for draw in footed.read(labels_table.list_current_draws)] == [1]
    footed.redo()
    assert {one.frame_id for one in footed.read(labels_table.list_picks)} == set(frames(second))


@pytest.mark.long
def test_after_a_label_clips_without_a_draw_are_drawn_from_first(drawn, material):
    frame = drawn.read(labels_table.list_picks)[0].frame_id
    set_label(drawn, frame, LabelDecision("red"), annotator="", now=makers.NOW)
    makers.add_footage(drawn, material / "night.avi")
    before = {one.frame_id for one in drawn.read(labels_table.list_picks)}
    second = makers.draw(drawn, 10)
    assert strata(second.draw) == {"hard@2": (6, 4), "rest@2": (24, 6)}
    assert second.draw.labels_existed
    actual = {one.frame_id for one in drawn.read(labels_table.list_picks)}
    assert actual == before | set(frames(second))
    assert sorted(one.place for one in drawn.read(labels_table.list_picks)) == list(range(30))
    assert [draw.draw_id for draw in drawn.read(labels_table.list_current_draws)] == [1, 2]
    drawn.undo()
    assert {one.frame_id for one in drawn.read(labels_table.list_picks)} == before
    assert drawn.read(labels_table.count_labels) == 1


def test_where_every_clip_has_picks_a_further_draw_takes_from_what_is_left(drawn):
    """20 of 120 frames, 8 of the hardest 24 and 12 of the others, then ten more."""
    makers.label_all(drawn)
    first = {one.frame_id: one for one in drawn.read(labels_table.list_picks)}
    more = makers.draw(drawn, 10, seed=5)
    assert strata(more.draw) == {"hard": (24, 4), "rest": (96, 6)}
    assert (more.draw.labels_existed, more.draw.census, more.draw.seed) == (True, False, 5)
    picks = {one.frame_id: one for one in drawn.read(labels_table.list_picks)}
    assert picks.keys() - first.keys() == set(frames(more))
    assert len(picks) == 30
    assert sorted(one.place for one in picks.values()) == list(range(30))
    chances = {(one.stratum, one.probability, one.weight) for one in picks.values()}
    assert chances == {("hard", 12 / 24, 2.0), ("rest", 18 / 96, 96 / 18)}
    assert all((drawn.path / one.file).exists() for one in picks.values())
    scores = load_field_side(drawn, find_model(drawn)).scores
    assert {row.name: (row.listed, row.picked) for row in scores.strata} == {
        "hard": (24, 12), "rest": (96, 18)
    }  # fmt: skip
    drawn.undo()
    assert {one.frame_id: one for one in drawn.read(labels_table.list_picks)} == first
    assert frames(makers.draw(drawn, 10, seed=5)) == frames(more)


def test_further_draws_go_on_until_nothing_is_left(drawn):
    makers.label_all(drawn)
    assert len(makers.draw(drawn, 50).picks) == 50
    left = count_left_frames(*drawn.read(lambda db: (
        labels_table.list_current_draws(db), labels_table.list_picks(db)
    )))  # fmt: skip
    assert left == 50
    last = makers.draw(drawn, 500)
    assert (len(last.picks), last.draw.census) == (50, True)
    assert {one.weight for one in drawn.read(labels_table.list_picks)} == {1.0}
    with pytest.raises(labels.NothingLeftToPick) as caught:
        makers.draw(drawn, 1)
    assert caught.value.n_clips == 1


def test_a_frame_cannot_be_required_once_labels_were_seen(drawn):
    makers.label_all(drawn)
    picked = {one.frame_id for one in drawn.read(labels_table.list_picks)}
    listed = [line.frame.frame_id for line in drawn.read(list_sampling_lines)]
    with pytest.raises(labels.FrameUnknown):
        makers.draw(drawn, 5, required=[next(name for name in listed if name not in picked)])
    assert len(makers.draw(drawn, 5, required=sorted(picked)[:2]).picks) == 5


def test_the_hardest_alone_have_nothing_that_a_further_draw_could_take(footed):
    makers.draw(footed, 10, design="hard")
    makers.label_all(footed)
    with pytest.raises(labels.NothingLeftToPick):
        makers.draw(footed, 5)


def test_an_excluded_pick_is_not_replaced_by_one_that_a_further_draw_took(drawn):
    makers.label_some(drawn, 10)
    waiting = [
        one.frame_id for one in drawn.read(labels_table.list_picks)
        if one.frame_id not in {label.frame_id for label in drawn.read(labels_table.list_labels)}
    ]  # fmt: skip
    makers.draw(drawn, 60)
    exclude_picks(drawn, waiting, "other_product", NullProgress())
    picks = drawn.read(labels_table.list_picks)
    assert len({one.frame_id for one in picks}) == len(picks)
    assert sum(bool(one.taken_out) for one in picks) == len(waiting)


def test_taking_a_label_back_opens_the_draw_again(drawn):
    set_label(
        drawn, drawn.read(labels_table.list_picks)[0].frame_id, LabelDecision("red"), annotator="",
        now=makers.NOW,
    )  # fmt: skip
    drawn.undo()
    assert strata(makers.draw(drawn, 10).draw) == {"hard": (24, 4), "rest": (96, 6)}


def test_frames_that_must_be_labelled_come_on_top(footed):
    required = [line.frame.frame_id for line in footed.read(list_sampling_lines)[3:6]]
    picked = makers.draw(footed, 20, required=required)
    assert len(picked.picks) == 23
    assert [one.pick.frame_id for one in picked.picks if one.pick.stratum == "must"] == required
    assert {one.pick.probability for one in picked.picks if one.pick.stratum == "must"} == {1.0}
    assert strata(picked.draw)["must"] == (3, 3)
    with pytest.raises(labels.FrameUnknown):
        makers.draw(footed, 20, required=["nowhere-000000"])


def test_little_footage_is_a_census_that_says_so(footed):
    picked = makers.draw(footed, 500, design="balanced")
    assert picked.draw.census
    assert picked.draw.design == "balanced"
    assert strata(picked.draw) == {"even": (120, 120)}
    assert {one.pick.weight for one in picked.picks} == {1.0}


def test_the_hardest_alone_are_chosen_and_not_drawn(footed):
    picked = makers.draw(footed, 10, design="hard")
    assert {(one.pick.stratum, one.pick.weight) for one in picked.picks} == {("chosen", 0.0)}
    members = footed.read(lambda db: labels_table.list_members(db, picked.draw.draw_id))
    hardness = {one.frame_id: one.hardness for one in members}
    least = min(hardness[name] for name in frames(picked))
    assert sum(value > least for value in hardness.values()) < 10


@pytest.mark.parametrize(
    ("design", "expected"),
    [("even", {"even": (120, 12)}), ("light", {"hard": (24, 5), "rest": (96, 7)})],
)
def test_other_designs_draw_by_the_same_rules(footed, design, expected):
    assert strata(makers.draw(footed, 12, design=design).draw) == expected


def test_one_frame_may_be_picked(footed):
    picked = makers.draw(footed, 1)
    assert len(picked.picks) == 1
    assert picked.picks[0].pick.stratum == "rest"


def test_every_listed_frame_has_its_place_in_the_draw(footed):
    picked = makers.draw(footed, 20)
    members = footed.read(lambda db: labels_table.list_members(db, picked.draw.draw_id))
    assert len(members) == 120
    assert {one.stratum for one in members} == {"hard", "rest"}
    assert all(0 <= one.hardness <= 1 for one in members)
    assert picked.draw.model_sha256 == footed.read(models_table.get_newest_model).sha256
    assert [name for name, _ in picked.draw.components] == ["U", "F", "Q"]
    assert sum(weight for _, weight in picked.draw.components) == pytest.approx(1)


def test_without_a_model_quality_alone_decides(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        makers.add_footage(project, material / "night.avi")
        picked = makers.draw(project, 10)
        assert picked.draw.components == (("Q", 1.0),)
        assert picked.draw.model_sha256 == ""


@pytest.mark.long
def test_the_sensitivity_pass_is_stored_with_the_draw(footed):
    picked = makers.draw(footed, 20, passes=HardnessPasses(sensitivity=True))
    assert [name for name, _ in picked.draw.components] == ["U", "F", "S", "Q"]
    later = makers.draw(footed, 20)
    assert [name for name, _ in later.draw.components] == ["U", "F", "Q"]
    assert footed.read(labels_table.list_draws)[0].components == picked.draw.components


def test_novelty_is_asked_for_and_stored_with_the_draw(footed):
    picked = makers.draw(footed, 20, passes=HardnessPasses(novelty=True))
    assert [name for name, _ in picked.draw.components] == ["U", "F", "Q", "V"]
    assert sum(weight for _, weight in picked.draw.components) == pytest.approx(1)


def test_novelty_needs_a_benchmark_to_be_unlike(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "net.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        with pytest.raises(labels.NoBenchmark):
            makers.draw(project, 10, passes=HardnessPasses(novelty=True))


def test_a_project_without_footage_has_nothing_to_pick(empty):
    with pytest.raises(labels.NoFootage):
        makers.draw(empty, 10)


@pytest.mark.long
def test_answers_that_are_not_finite_do_no_harm(material, tmp_path):
    with makers.empty_project(
        tmp_path / "p.fieldcheck", makers.half_nan_model(tmp_path / "nan.onnx")
    ) as project:
        makers.add_footage(project, material / "belt.avi")
        picked = makers.draw(project, 20)
        assert strata(picked.draw) == {"hard": (24, 8), "rest": (96, 12)}
        members = project.read(lambda db: labels_table.list_members(db, 1))
        assert all(0 <= one.hardness <= 1 for one in members)


@pytest.mark.long
def test_a_detectors_footage_is_picked_too(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        actual = strata(makers.draw(project, 10, passes=HardnessPasses(sensitivity=True)).draw)
        assert actual == {"hard": (6, 4), "rest": (24, 6)}


def test_footage_that_was_exchanged_is_not_saved_as_a_frame(footed, tmp_path):
    recording = footed.read(list_sampling_lines)[0].recording
    other = makers.video(tmp_path / "other.avi", makers.cycle(240, start=1), seed=3)
    (footed.path / recording.path).write_bytes(other.read_bytes())
    with pytest.raises(labels.FrameChanged):
        makers.draw(footed, 10)
    assert footed.read(labels_table.list_picks) == ()
    assert footed.count_history() == (0, 0)


@pytest.mark.long
def test_a_recording_that_changed_is_left_out_and_the_draw_made_from_the_others(footed, tmp_path):
    bad = footed.read(list_sampling_lines)[0].recording
    makers.add_footage(footed, makers.video(tmp_path / "second.avi", makers.cycle(240), seed=5))
    other = makers.video(tmp_path / "other.avi", makers.cycle(240, start=1), seed=3)
    (footed.path / bad.path).write_bytes(other.read_bytes())
    required = footed.read(list_sampling_lines)[0].frame.frame_id
    picked = makers.draw(footed, 10, required=(required,))
    assert [source for source, _ in picked.left_out] == [bad.source]
    assert isinstance(picked.left_out[0][1], labels.FrameChanged)
    assert len(picked.picks) == 10
    of_bad = {
        line.frame.frame_id
        for line in footed.read(list_sampling_lines)
        if line.recording.recording_id == bad.recording_id
    }
    assert of_bad.isdisjoint(frames(picked))
    assert picked.draw.n_listed == len(footed.read(list_sampling_lines)) - len(of_bad)


@pytest.mark.long
def test_a_recording_that_is_gone_is_left_out_too(footed, tmp_path):
    bad = footed.read(list_sampling_lines)[0].recording
    makers.add_footage(footed, makers.video(tmp_path / "second.avi", makers.cycle(240), seed=5))
    (footed.path / bad.path).unlink()
    picked = makers.draw(footed, 10)
    actual = [(source, type(error)) for source, error in picked.left_out]
    assert actual == [(bad.source, PathMissing)]
    assert len(picked.picks) == 10


def test_pictures_in_folders_with_odd_names_are_saved_from_their_own_file(empty, tmp_path):
    folder = makers.picture_folder(tmp_path / "Über all", makers.cycle(9), "a b/ß{}.png".format)
    makers.add_footage(empty, folder)
    picked = makers.draw(empty, 20)
    for one in picked.picks:
        saved = cv2.imread(str(empty.path / one.pick.file))
        number = int(one.pick.frame_id.rsplit("-", 1)[1])
        assert (saved == cv2.imread(str(tmp_path / "Über all" / "a b" / f"ß{number}.png"))).all()


FAR = (1 << 64) - 1


def numbers(rows):
    return cluster_scenes(*([row[k] for row in rows] for k in range(4))).tolist()


def test_frames_that_follow_each_other_and_look_alike_are_one_scene():
    assert numbers(
        [
            ("a", 0.0, 0, 0),
            ("a", 0.5, 0b111111, FAR),
            ("a", 1.0, FAR, 0b11111111),
            ("a", 1.5, FAR, FAR),
        ]
    ) == [0, 0, 0, 1]


@pytest.mark.parametrize(
    "second", [("b", 0.5, 0, 0), ("a", 10.0, 0, 0), ("a", 0.5, 0b1111111, 0b111111111)]
)
def test_another_clip_ten_seconds_or_a_bit_too_many_begin_another(second):
    assert numbers([("a", 0.0, 0, 0), second]) == [0, 1]


def test_a_slow_change_does_not_chain_a_clip_together():
    """Each frame differs from the one before by three bits, from the first by more and more."""
    far_apart = [((1 << 9) - 1) << (7 * at) for at in range(8)]
    drift = [("a", at * 0.5, (1 << 3 * at) - 1, far_apart[at]) for at in range(8)]
    assert numbers(drift) == [0, 0, 0, 1, 1, 1, 2, 2]


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="fingerprints"):
        cluster_scenes(["a"], [0.0], [1, 2], [1])
    assert cluster_scenes([], [], [], []).tolist() == []


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)),
        max_size=40,
    )
)
def test_scenes_are_runs_numbered_in_order(rows):
    rows = sorted(rows)
    found = cluster_scenes(
        ["a"] * len(rows),
        [row[0] / 2 for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
    )
    assert set(np.diff(found).tolist()) <= {0, 1}


GOLDEN = [((7 * i + 3) % 30) / 30 for i in range(30)]  # methods 3.3


def hard(values):
    return compute_hardness(uncertainty=values)


def invented(n, seed=0):
    return hard(np.random.default_rng(seed).random(n))


def test_the_golden_proposal():
    got = plan_picks(30, 10, design="balanced", seed=7, hardness=hard(GOLDEN))
    assert got.strata == (Stratum("hard", 6, 4), Stratum("rest", 24, 6))
    assert [i for i, name in enumerate(got.stratum) if name == "hard"] == [3, 8, 12, 16, 25, 29]
    assert got.picks.tolist() == sorted([8, 12, 25, 29, 5, 10, 11, 17, 22, 28])
    weight = dict(zip(got.picks.tolist(), got.weight.tolist(), strict=True))
    assert (weight[8], weight[5]) == (1.5, 4.0)
    assert got.probability * got.weight == pytest.approx(np.ones(10))


def test_a_hundred_of_ten_minutes_is_forty_and_sixty():
    got = plan_picks(1200, 100, design="balanced", seed=0, hardness=invented(1200))
    assert got.strata == (Stratum("hard", 240, 40), Stratum("rest", 960, 60))
    assert (got.census, got.picks.size, got.count) == (False, 100, 100)
    assert got.weight.sum() == pytest.approx(1200)


def test_even_is_one_stratum_and_needs_no_hardness():
    got = plan_picks(1200, 100, design="even", seed=0)
    assert got.strata == (Stratum("even", 1200, 100),)
    assert set(got.weight) == {12.0}
    assert set(got.reason) == {"spread"}
    assert np.isnan(got.hardness).all()


@pytest.mark.parametrize("design", ["balanced", "even", "light", "hard"])
def test_short_footage_is_a_census_whatever_the_design(design):
    got = plan_picks(80, 100, design=design, seed=0, hardness=invented(80))
    assert (got.census, got.design) == (True, design)
    assert got.strata == (Stratum("even", 80, 80),)
    assert got.picks.tolist() == list(range(80))
    assert set(got.probability) == set(got.weight) == {1.0}
    assert set(got.reason) == {"census"}


def test_as_many_frames_as_labels_are_a_census_and_one_more_is_not():
    assert plan_picks(100, 100, design="even", seed=0).census
    assert not plan_picks(101, 100, design="even", seed=0).census


def test_must_frames_come_in_addition_with_probability_one():
    got = plan_picks(
        1200, 100, design="balanced", seed=0, hardness=invented(1200), required=[3, 700, 3]
    )
    assert got.picks.size == 102
    assert got.strata == (Stratum("hard", 240, 40), Stratum("rest", 958, 60), Stratum("must", 2, 2))
    at = got.picks.tolist().index(700)
    assert (got.stratum[700], got.probability[at]) == ("must", 1.0)
    assert (got.weight[at], got.reason[at]) == (1.0, "must")
    assert got.weight.sum() == pytest.approx(1200)


def test_must_frames_of_a_census_keep_their_reason():
    got = plan_picks(50, 100, design="balanced", seed=0, hardness=invented(50), required=[7])
    assert got.strata == (Stratum("even", 50, 50),)
    assert got.reason[7] == "must"


def test_the_hardest_alone_are_chosen_and_weigh_nothing():
    got = plan_picks(30, 10, design="hard", seed=7, hardness=hard(GOLDEN))
    assert got.strata == (Stratum("chosen", 30, 10),)
    assert got.picks.tolist() == sorted(np.argsort(GOLDEN)[::-1][:10].tolist())
    assert np.isnan(got.probability).all()
    assert set(got.weight) == {0.0}


def test_chosen_frames_and_must_frames_go_together():
    got = plan_picks(30, 10, design="hard", seed=7, hardness=hard(GOLDEN), required=[0])
    assert got.picks.size == 11
    assert got.reason[0] == "must"


def test_the_worst_light_is_drawn_like_the_balanced_design():
    mean = np.random.default_rng(2).random(600) * 255
    faults = rank_light_faults(mean, np.zeros(600), np.full(600, 80.0), np.zeros(600))
    light = compute_light_hardness(faults)
    got = plan_picks(600, 100, design="light", seed=1, hardness=light)
    assert got.strata == (Stratum("hard", 120, 40), Stratum("rest", 480, 60))
    darkest = np.argsort(mean)[:120]
    assert {i for i, name in enumerate(got.stratum) if name == "hard"} == set(darkest.tolist())
    pairs = zip(got.reason, got.picks, strict=True)
    assert all(reason.startswith("dark") for reason, i in pairs if got.stratum[i] == "hard")


def test_a_single_label_goes_to_the_rest():
    got = plan_picks(30, 1, design="balanced", seed=0, hardness=hard(GOLDEN))
    assert got.strata == (Stratum("hard", 6, 0), Stratum("rest", 24, 1))


def test_later_draws_have_strata_of_their_own():
    got = plan_picks(
        1200, 100, design="balanced", seed=0, hardness=invented(1200), required=[5], draw_number=2
    )
    assert [stratum.name for stratum in got.strata] == ["hard@2", "rest@2", "must@2"]
    assert set(got.stratum) == {"hard@2", "rest@2", "must@2"}


def test_reasons_say_why_hard_frames_are_hard_and_that_the_others_are_spread():
    got = plan_picks(30, 10, design="balanced", seed=7, hardness=hard(GOLDEN))
    reasons = {got.stratum[i]: reason for i, reason in zip(got.picks, got.reason, strict=True)}
    assert reasons == {"hard": "doubt", "rest": "spread"}


def test_the_same_seed_gives_the_same_proposal_and_another_seed_another():
    one, two, other = (
        plan_picks(1200, 100, design="balanced", seed=seed, hardness=invented(1200))
        for seed in (4, 4, 5)
    )
    assert np.array_equal(one.picks, two.picks)
    assert np.array_equal(one.place, two.place)
    assert not np.array_equal(one.picks, other.picks)
    assert not np.array_equal(one.place, other.place)


def test_any_first_part_of_the_showing_order_is_a_mix_of_both_strata():
    got = plan_picks(1200, 100, design="balanced", seed=0, hardness=invented(1200))
    first = got.picks[got.place < 50]
    hard_share = sum(got.stratum[i] == "hard" for i in first.tolist()) / 50
    assert 0.2 < hard_share < 0.6


def test_two_weights_swapped_change_the_picks():
    parts = {
        "uncertainty": np.random.default_rng(1).random(400),
        "flicker": np.random.default_rng(2).random(400),
    }
    usual = compute_hardness(**parts)
    swapped = compute_hardness(**parts, weights={"U": 0.20, "F": 0.35})
    one, two = (
        plan_picks(400, 100, design="balanced", seed=0, hardness=h) for h in (usual, swapped)
    )
    assert not np.array_equal(one.picks, two.picks)


@settings(max_examples=50)
@given(
    st.integers(1, 400), st.integers(1, 120),
    st.sampled_from(["balanced", "even", "light", "hard"]), st.integers(0, 2**32 - 1), st.data(),
)  # fmt: skip
def test_a_proposal_holds_together(n_listed, count, design, seed, data):
    required = data.draw(st.lists(st.integers(0, n_listed - 1), max_size=5))
    got = plan_picks(
        n_listed, count, design=design, seed=seed, hardness=invented(n_listed), required=required
    )
    k = got.picks.size
    assert k == min(n_listed, count + len(set(required)))
    assert len(set(got.picks.tolist())) == k
    assert sorted(got.place.tolist()) == list(range(k))
    assert set(required) <= set(got.picks.tolist())
    assert sum(stratum.listed for stratum in got.strata) == n_listed
    assert sum(stratum.picked for stratum in got.strata) == k
    assert "" not in got.stratum
    for pick, reserve in zip(got.picks.tolist(), got.reserves, strict=True):
        assert pick not in reserve
        assert all(got.stratum[other] == got.stratum[pick] for other in reserve.tolist())
    if (design != "hard" and count > 1) or got.census:
        assert got.weight.sum() == pytest.approx(n_listed)


@pytest.mark.parametrize("wrong", [
    {"n_listed": 0}, {"count": 0}, {"design": "odd"}, {"required": [30]}, {"required": [-1]},
    {"hardness": None},
])  # fmt: skip
def test_impossible_wishes_are_refused(wrong):
    wish = {
        "n_listed": 30, "count": 10, "design": "balanced", "seed": 0, "hardness": hard(GOLDEN),
        **wrong,
    }  # fmt: skip
    n_listed, count = wish.pop("n_listed"), wish.pop("count")
    with pytest.raises(ValueError, match=r"no proposal|not listed|needs a hardness"):
        plan_picks(n_listed, count, **wish)
