from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.analyses.failure_modes import (
    MODES,
    Fingerprints,
    build_failure_mode_section,
    compute_failure_modes,
    count_distinct,
    count_failure_modes,
    get_failure_mode,
    get_failure_mode_name,
)
from fieldcheck.i18n import language
from fieldcheck.models.embeddings import set_tags
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.report.verdict_and_checklist import with_checklist
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.weighted_field_score import estimate_weighted_share
from tests.report.example_report import example_report

FAR = [int(bits) for bits in np.random.default_rng(0).integers(0, 2**63, 300)]


def looks(n, clip=None, apart_s=20.0, bits=None):
    prints = FAR[:n] if bits is None else bits
    return Fingerprints(
        clip or [f"c{k}" for k in range(n)], [k * apart_s for k in range(n)], prints, prints
    )


@pytest.mark.parametrize(("tags", "mode"), [
    ((), ""),
    (("zinc", "Glare", "blur"), "blur"),
    (("Label doubtful",), "label doubtful"),
    (("tape", "oil"), "oil"),
])  # fmt: skip
def test_each_frame_has_one_mode(tags, mode):
    assert get_failure_mode(tags) == mode


def test_the_known_modes_come_in_their_order():
    assert get_failure_mode(tuple(reversed(MODES))) == MODES[0]


def test_shares_are_weighted_with_limits_by_clip():
    modes = ["dark"] * 6 + ["blur"] * 3 + [""] * 3
    weight = np.array([1.0] * 6 + [5.0] * 3 + [2.0] * 3)
    clip = np.array([f"c{k % 4}" for k in range(12)])
    found = count_failure_modes(modes, weight, clip, {"dark": 190, "blur": 260})
    expected = [("blur", 3, 260, 0), ("dark", 6, 190, 10), ("", 3, 0, 0)]
    assert [(row.mode, row.n, row.stock, row.to_collect) for row in found] == expected
    actual = found[0].share
    assert actual == estimate_camera_interval([mode == "blur" for mode in modes], weight, clip)
    assert sum(row.share.value for row in found) == pytest.approx(1.0)


def test_below_three_clips_the_share_is_that_of_this_footage():
    clip = np.array(["a", "a", "b"])
    (one, _) = count_failure_modes(["dark", "dark", "blur"], np.ones(3), clip, {})
    assert one.share == estimate_weighted_share([1, 1, 0], np.ones(3))


def test_no_error_has_no_mode():
    assert count_failure_modes([], np.zeros(0), np.zeros(0, np.str_), {}) == ()


def test_at_most_ten_a_clip_are_distinct():
    assert count_distinct(looks(40, clip=["a"] * 25 + ["b"] * 15)) == 20
    assert count_distinct(looks(40)) == 40


def test_a_moment_counts_once():
    # 0, 1 and 2 s: a second apart
    assert count_distinct(looks(5, clip=["a"] * 5, apart_s=0.5)) == 3
    # alike for ten seconds
    assert count_distinct(looks(4, clip=["a"] * 4, apart_s=5.0, bits=[7] * 4)) == 2
    assert count_distinct(looks(4, clip=["a"] * 4, apart_s=10.0, bits=[7] * 4)) == 4
    assert count_distinct(looks(4, clip=["a", "b", "c", "d"], apart_s=0.1, bits=[7] * 4)) == 4


def wrong(project):
    side = load_field_side(project, find_model(project))
    return [
        side.picks[k].frame_id
        for k, right in zip(side.labelled.tolist(), side.judgement.right, strict=True)
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


def report(modes, stock):
    clip = np.array([f"c{k % 5}" for k in range(len(modes))], np.str_)
    return replace(
        example_report(),
        results={"failure_modes": count_failure_modes(modes, np.ones(len(modes)), clip, stock)},
    )


def test_each_mode_has_share_stock_and_what_is_to_collect():
    rule, table, hint = build_failure_mode_section(
        report(["dark"] * 12 + ["tape"] * 6 + [""] * 2, {"dark": 37, "tape": 5}).results[
            "failure_modes"
        ]
    ).blocks
    assert rule.text.startswith("Collect at least 200 distinct images per failure mode (500")
    rows = [[cell.text for cell in row] for row in table.rows]
    assert [row[0] for row in rows] == ["dark", "tape", "unassigned"]
    assert rows[0][1] == "12"
    assert rows[0][2].startswith("60% (")
    assert rows[0][3:] == ["37", "163"]
    assert rows[2][3:] == ["–", "–"]
    assert "blur, dark, glare" in hint.text


def test_nothing_compared_and_nothing_wrong_are_told_apart():
    expected = "No frame has both a definite label and a prediction yet."
    assert build_failure_mode_section(None).blocks[0].text == expected
    expected = "The model was correct on every labelled frame of the sample."
    assert (
        build_failure_mode_section(report([], {}).results["failure_modes"]).blocks[0].text
        == expected
    )


@pytest.mark.parametrize(("modes", "stock", "state", "figure"), [
    (["dark", "blur"], {"dark": 260, "blur": 200}, "pass", 200),
    (["dark", "blur"], {"dark": 260, "blur": 30}, "too_few", 30),
    (["dark", ""], {"dark": 260}, "too_few", 260),
    (["", ""], {}, "not_measured", None),
    ([], {}, "pass", None),
])  # fmt: skip
def test_the_checklist_asks_for_two_hundred_of_every_open_mode(modes, stock, state, figure):
    rows = {
        row.rule: (row.state, row.figure) for row in with_checklist(report(modes, stock)).checklist
    }
    assert rows["failure_stock"] == (state, figure)


def test_every_known_mode_has_a_german_name():
    with language.use_language("de"):
        assert [
            get_failure_mode_name(mode) for mode in MODES if get_failure_mode_name(mode) == mode
        ] == []
