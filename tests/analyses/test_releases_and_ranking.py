import numpy as np
import pytest

from fieldcheck.analyses.releases_and_ranking import (
    build_quantised_section,
    build_release_section,
    compare_releases,
    compute_releases,
    describe_ranking,
    list_ranking_lines,
    rank_models,
)
from fieldcheck.i18n import language
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from fieldcheck.report.folder import build_summary
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.cluster import flip_signs, judge_candidates, judge_change
from fieldcheck.stats.wilson_interval import estimate_bonett_price
from tests import makers
from tests.models.test_messages import FOUND
from tests.report.example_report import example_report

CLIP = np.array([f"c{k % 10}" for k in range(100)])
TRUTH = np.repeat([0, 1], [60, 40])


def of(right, clip=CLIP, truth=TRUTH, weight=None):
    right = np.asarray(right, np.bool_)
    named = [(f"v{k}", f"2026-0{k + 1}-01T00:00:00+00:00") for k in range(len(right))]
    classes = ("ok", "crack")
    return compare_releases(
        named, right, np.ones(right.shape[1]) if weight is None else weight, clip, truth, classes
    )


def rights(*wrong):
    """One release for each list of frames that are wrong."""
    found = np.ones((len(wrong), 100), np.bool_)
    for row, places in zip(found, wrong, strict=True):
        row[list(places)] = False
    return found


def test_a_step_counts_who_became_right_and_wrong():
    right = rights(range(20), range(12, 27))
    (step,) = of(right).steps
    assert (step.before, step.after, step.gained, step.lost) == ("v0", "v1", 12, 7)
    moved = right[1].astype(int) - right[0].astype(int)
    assert step.verdict == judge_change(moved, np.ones(100), CLIP)
    assert step.change == step.verdict.change


def test_a_steady_mean_hides_a_class_that_falls():
    """The article's brittle win: as many right as before, and one class between 100 % and 75 %."""
    found = of(rights(range(10), range(60, 70)))
    assert found.releases[0].accuracy.value == found.releases[1].accuracy.value == 0.9
    ok, crack = found.classes
    assert (crack.recall, crack.flipped, crack.is_restless) == ((1.0, 0.75), 10, True)
    assert [(one.value, one.n, one.lo < one.value < one.hi) for one in crack.estimates] == [
        (1.0, 40, False),
        (0.75, 40, True),
    ]
    assert crack.worst.value == -0.25
    assert ok.worst.status == "na"
    assert ok.is_restless


def test_the_largest_fall_is_that_of_two_releases_in_a_row():
    right = rights([], range(60, 64), range(60, 75), range(60, 72), range(60, 70))
    crack = of(right).classes[1]
    assert crack.recall == (1.0, 0.9, 0.625, 0.7, 0.75)
    moved = right[2][60:].astype(int) - right[1][60:].astype(int)
    (alone,) = judge_candidates([-moved], np.ones(40), CLIP[60:])
    assert crack.worst_verdict == alone.turn_round()
    assert crack.worst_verdict.direction == "worse"
    assert (crack.class_name, crack.n, crack.flipped) == ("crack", 40, 15)
    ok = of(right).classes[0]
    assert (ok.worst.note, ok.worst.n, ok.flipped) == ("never_fell", 60, 0)


def test_a_frame_that_was_never_right_did_not_flip():
    assert [one.flipped for one in of(rights([0, 70], [0, 1, 70, 71])).classes] == [1, 1]


def test_five_points_are_no_more_than_five():
    truth = np.repeat([0, 1], [60, 40])
    actual = [of(rights([], range(60, 60 + n)), truth=truth).classes[1].is_restless for n in (2, 3)]
    assert actual == [False, True]


def test_releases_keep_their_names_and_times():
    found = of(rights([], [1], [2]))
    expected = [("v0", "2026-01"), ("v1", "2026-02"), ("v2", "2026-03")]
    assert [(one.model, one.added[:7]) for one in found.releases] == expected
    assert [(step.before, step.after) for step in found.steps] == [("v0", "v1"), ("v1", "v2")]
    assert found.n == 100


def test_a_class_that_stays_is_quiet():
    assert not any(one.is_restless for one in of(rights([0, 60], [1, 61])).classes)


def test_few_frames_are_not_called_restless():
    truth = np.where(np.arange(100) < 95, 0, 1)
    found = of(rights([], [99]), truth=truth)
    assert found.classes[1].recall == (1.0, 0.8)
    assert not found.classes[1].is_restless


def test_below_three_clips_the_change_is_that_of_frames():
    (step,) = of(rights(range(20), range(10)), clip=np.repeat("a", 100)).steps
    assert step.change == estimate_bonett_price(10, 0, 100)
    assert step.verdict.p is None


def test_weights_count_and_accuracy_has_limits_by_clip():
    weight = np.where(np.arange(100) < 60, 1.0, 9.0)
    found = of(rights(range(10), []), weight=weight)
    actual = found.releases[0].accuracy
    assert actual == estimate_camera_interval(rights(range(10))[0], weight, CLIP)
    assert found.classes[0].recall[0] == pytest.approx(50 / 60)


def test_frames_without_one_class_have_no_classes():
    assert of(rights([], [1]), truth=np.full(100, -1)).classes == ()


def test_one_model_is_no_history(labelled, drawn, empty):
    assert [compute_releases(project) for project in (labelled, drawn, empty)] == [None, None, None]


def test_two_models_are_compared_on_the_frames_that_both_answered(labelled, tmp_path):
    add_model(labelled, makers.colour_model(tmp_path / "next.onnx", gain=10.0), None, makers.LATER)
    run_and_score(labelled, None, "field", NullProgress(), makers.NOW)
    found = compute_releases(labelled)
    assert len(found.releases) == 2
    (step,) = found.steps
    assert (step.gained, step.lost, step.change.value) == (0, 0, 0.0)
    assert sum(one.n for one in found.classes) == found.n


def page(found):
    return build_release_section(found).blocks


def words(blocks):
    return [block.text for block in blocks if hasattr(block, "text")]


def test_what_is_missing_is_said():
    expected = ["Not measured. Requires two models run on the same labelled frames."]
    assert words(build_release_section(None).blocks) == expected


def test_a_brittle_win_is_named_with_its_range():
    lines = words(page(of(rights(range(10), range(60, 70)))))
    assert lines[0] == "All values on the same 100 labelled frames."
    assert lines[1].startswith("v0 → v1: 10 frames newly correct, 10 newly wrong, 0 pp (−9")
    assert lines[1].endswith("No change demonstrated.")
    expected = "Unstable: crack ranged over 75–100% in 2 releases; 10 of 40 frames changed. One"
    assert lines[3].startswith(expected)
    assert "No drop observed in any release." in lines[2]


def test_a_change_beyond_chance_is_called_so():
    assert words(page(of(rights(range(50), []))))[1].endswith("Demonstrated for these cameras.")


def test_each_class_has_its_recall_in_every_release():
    blocks = page(of(rights([0], [1], [60])))
    table = blocks[-1]
    assert [cell.text for cell in table.heads] == ["Class", "n", "v0", "v1", "v2", "changed"]
    expected = ["crack", "40", "100% (82–100%)", "100% (82–100%)", "98% (78–99.7%)", "1"]
    assert [cell.text for cell in table.rows[0]] == expected


def test_what_it_costs_and_buys_stands_in_a_section():
    with language.use_language("en"):
        blocks = build_quantised_section(example_report(quantised=FOUND)).blocks
    assert "26%" in blocks[1].text
    table = blocks[3]
    expected = ["Field", "100", "61.0% (51.2–70.0%)", "58.0% (48.2–67.2%)"]
    assert [cell.text for cell in table.rows[0]] == expected
    assert blocks[4].text.startswith("Field: Change: −3.0 pp")


def test_where_none_was_measured_that_is_said():
    with language.use_language("en"):
        expected = "No INT8 quantised model measured"
        assert expected in build_quantised_section(example_report()).blocks[0].text


def test_the_summary_holds_every_figure():
    told = build_summary(example_report(quantised=FOUND))["quantised"]
    assert (told["bytes_after"], told["time"]["value"]) == (2_200_000, 0.5)
    expected = (None, "frames_are_not_independent")
    assert (told["field"]["p"], told["field"]["p_reason"]) == expected
    assert told["benchmark"] is None
    assert build_summary(example_report())["quantised"] is None


WEIGHT = np.ones(100)


def ranked(*wrong, clip=CLIP):
    return rank_models([f"v{k}" for k in range(len(wrong))], rights(*wrong), WEIGHT, clip)


def test_models_are_ranked_by_score_and_each_pair_is_looked_at_with_all_others():
    right = rights(range(40), range(10), range(12))
    found = ranked(range(40), range(10), range(12))
    assert [one.model for one in found.models] == ["v1", "v2", "v0"]
    assert [(one.a, one.b) for one in found.pairs] == [("v1", "v2"), ("v1", "v0"), ("v2", "v0")]
    moved = [right[b].astype(int) - right[a] for a, b in ((1, 2), (1, 0), (2, 0))]
    together = flip_signs(moved, WEIGHT, CLIP, two_sided=True).p
    assert [one.verdict.p for one in found.pairs] == together.tolist()
    alone = float(flip_signs(moved[0], WEIGHT, CLIP, two_sided=True).p[0])
    assert found.pairs[0].verdict.p > alone  # the price of having looked at three
    assert [one.verdict.direction for one in found.models] == ["", "", "worse"]
    assert [(one.first, one.last) for one in found.models] == [(1, 2), (1, 2), (3, 3)]
    assert found.models[2].verdict == found.pairs[1].verdict
    assert found.models[1].score == estimate_camera_interval(right[2], WEIGHT, CLIP)
    with language.use_language("en"):
        lines = list_ranking_lines(found)
    assert lines[0] == "3 models on the same 100 labelled frames:"
    assert lines[1].startswith("Rank 1–2: v1, accuracy 90%")
    assert lines[2].endswith("inconclusive.")
    assert lines[3].endswith("demonstrated.")
    assert lines[4].startswith("v2 is better than v0: 28.0 pp (")
    expected = "Best model inconclusive: no difference between v1 and v2 is demonstrated."
    assert lines[5] == expected


def test_the_best_of_all_is_said_to_be_chosen_and_equal_models_are_not_decided():
    found = ranked([], range(40), range(20, 60))
    assert (found.is_best_decided, found.models[0].model) == (True, "v0")
    with language.use_language("en"):
        assert describe_ranking(found) == (
            "v0 is better in accuracy than every other model for these cameras (sign-flip test "
            "over whole clips, 3 pairs jointly). Selected as the best of 3: expect a smaller gain."
        )
        expected = "Inconclusive: no difference between these models is demonstrated."
        assert describe_ranking(ranked([1], [2], [3])) == expected
        two_clips = ranked([], range(40), range(20, 60), clip=np.repeat(["a", "b"], 50))
        expected = "Inconclusive: no interval from fewer than three clips."
        assert describe_ranking(two_clips) == expected
        assert (
            "no interval: fewer than three clips, inconclusive." in list_ranking_lines(two_clips)[2]
        )


def test_three_models_of_a_project_are_ranked_in_its_report_and_two_are_not(labelled, tmp_path):
    for name, order in (("other", (2, 1, 0)), ("third", (1, 0, 2))):
        assert compute_releases(labelled) is None or compute_releases(labelled).ranking is None
        path = makers.colour_model(tmp_path / f"{name}.onnx", order=order)
        run_and_score(labelled, add_model(labelled, path, None, makers.LATER).name, "field",
                      NullProgress(), makers.LATER)  # fmt: skip
    found = compute_releases(labelled)
    assert found.ranking.models[0].model == "net"
    assert (found.ranking.n, found.ranking.clips, len(found.ranking.pairs)) == (20, 1, 3)
    with language.use_language("en"):
        blocks = build_release_section(found).blocks
    table = next(one for one in blocks if getattr(one, "caption", "").startswith("Rank of 3"))
    assert [row[1].text for row in table.rows] == ["1–3"] * 3
    assert [row[4].text for row in table.rows] == ["", "inconclusive", "inconclusive"]
    assert "Inconclusive" in blocks[blocks.index(table) + 1].text
