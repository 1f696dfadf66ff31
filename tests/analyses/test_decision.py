import shutil
from collections import Counter

import numpy as np

from fieldcheck.analyses.decision import _find_findings, compute_decision
from fieldcheck.analyses.slices import Group, LabelledDraw
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.report.assemble import build_report
from tests import makers


def test_confident_errors_are_the_weighted_share_of_the_labelled_frames(labelled):
    report = build_report(labelled, "en", NullProgress(), makers.LATER)
    found = compute_decision(labelled)
    rows = [row for row in report.frame_rows if row.label_state == "done"]
    sure_wrong = [not row.right and row.confidence >= 0.9 for row in rows]
    actual = found.confident_errors.value
    assert actual == np.average(sure_wrong, weights=[row.weight for row in rows])
    assert sum(found.right) == sum(row.right for row in rows)
    assert sum(found.wrong) == sum(not row.right for row in rows)


def test_what_can_still_be_labelled_is_counted_as_pick_counts_it(drawn, labelled):
    assert compute_decision(drawn) is None  # nothing is labelled, so nothing is compared
    found = compute_decision(labelled)
    assert (found.waiting, found.drawable) == (0, 100)  # 20 of 120 are picked and labelled


def test_a_detector_has_missed_objects_and_false_alarms_a_frame(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        found = compute_decision(project)
    assert found.missed_objects is not None
    assert found.missed_objects.value >= 0


def test_no_two_findings_share_half_of_their_frames(labelled):
    found = compute_decision(labelled)
    keys = Counter((one.key, one.value) for one in found.findings)
    assert all(n == 1 for n in keys.values())
    for one in found.findings:
        assert all(other.shared >= one.n / 2 or other.shared > 0 for other in one.overlaps)


def test_what_is_not_demonstrated_stands_as_three_independent_largest_differences():
    """Five places of twenty frames, the first of them bad beyond chance; a tag on half of the
    second; and a time that only two clips have."""
    at = np.arange(100)
    wrong = np.concatenate([np.arange(20) < k for k in (18, 5, 3, 2, 0)])
    draw = LabelledDraw(
        ~wrong, np.ones(100), np.full(100, "even"), np.array([f"c{k % 10}" for k in at])
    )
    groups = [Group("location", f"place {k}", at // 20 == k) for k in range(5)]
    groups += [Group("tag", "oily", (at >= 20) & (at < 32)), Group("hour", "6", at % 10 < 2)]
    findings, largest = _find_findings([(draw, tuple(groups))], [(3, "frame 3"), (21, "frame 21")])
    assert [(one.value, one.demonstrated, one.pictured) for one in findings] == [
        ("place 0", True, "frame 3")
    ]
    assert not any(one.demonstrated or one.overlaps for one in largest)
    assert len(largest) <= 3
    names = [one.value for one in largest]
    assert "place 0" not in names
    assert not {"place 1", "oily"} <= set(names), "they share half of their frames"
    assert "6" not in names, "two clips are not tested"
    assert all(one.difference.lo < one.difference.value for one in largest)
    assert all(one.difference.value > 0 for one in largest)
