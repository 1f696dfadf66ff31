from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import fisher_exact

from fieldcheck.analyses import discovered_slices
from fieldcheck.analyses.discovered_slices import (
    DiscoveredSlice,
    Discovery,
    TreeSplit,
    _is_shown,
    build_discovered_section,
    discover_slices,
)
from fieldcheck.models.scored_sides import load_scored_sides

NAMES = ["brightness", "sharpness", "condition=dark"]


def visit(seed, clips=20, each=10, planted=True):
    """Two in three clips have dark frames; dark blurry frames are wrong four times in five where
    planted, else all one in five."""
    rng = np.random.default_rng(seed)
    n, clip = clips * each, np.repeat(np.arange(clips), each)
    rows = np.stack(
        [rng.uniform(20, 200, n), rng.uniform(0, 1, n), (clip % 3 > 0).astype(float)], axis=1
    )
    bad = (rows[:, 0] < 90) & (rows[:, 1] < 0.6) if planted else np.zeros(n, bool)
    return rows, rng.random(n) >= np.where(bad, 0.8, 0.1), np.ones(n), clip


def found(seed, **changes):
    rows, right, weight, clip = visit(seed, **changes)
    return discover_slices(rows, NAMES, right, weight, clip, seed)


def test_a_planted_slice_is_found_with_counts_of_clips_it_was_not_grown_on():
    results = [found(seed) for seed in range(8)]
    assert sum(any(one.shown for one in result.slices) for result in results) >= 7
    first = results[0].slices[0]
    assert "brightness" in {step.name for step in first.path} <= {"brightness", "sharpness"}
    assert not first.path[0].above
    assert first.n + first.rest == 100
    table = [
        [first.wrong, first.n - first.wrong],
        [first.rest_wrong, first.rest - first.rest_wrong],
    ]
    assert first.p == pytest.approx(fisher_exact(table, alternative="greater").pvalue)
    assert first.q >= first.p


def test_healthy_visits_show_hardly_any():
    assert (
        sum(any(one.shown for one in found(seed, planted=False).slices) for seed in range(20)) <= 2
    )


@pytest.mark.parametrize(
    ("clips", "each", "off"), [(5, 11, "frames"), (3, 30, "clips"), (20, 10, "")]
)
def test_it_is_off_where_there_is_too_little(clips, each, off):
    assert found(1, clips=clips, each=each).off == off


@pytest.mark.parametrize(("n", "errors", "clips", "off"), [
    (60, 8, 4, ""),
    (59, 8, 4, "frames"),
    (60, 7, 4, "errors"),
    (60, 8, 3, "clips"),
    (59, 7, 3, "frames"),
])  # fmt: skip
def test_sixty_frames_with_eight_errors_in_four_clips_are_enough(n, errors, clips, off):
    rows, _, _, _ = visit(0, clips=6)
    right = np.arange(n) >= errors
    got = discover_slices(rows[:n], NAMES, right, np.ones(n), np.arange(n) % clips, 0)
    assert (got.off, got.n, got.errors) == (off, n, errors)


@pytest.mark.parametrize(
    ("wrong", "n", "clips", "q", "shown"),
    [
        (3, 10, 3, 0.10, True),  # of the rest one in ten is wrong
        (3, 10, 3, 0.11, False),
        (2, 10, 3, 0.10, False),  # ten points behind
        (3, 9, 3, 0.10, False),
        (3, 10, 2, 0.10, False),
    ],
)
def test_a_slice_is_shown_that_is_certainly_behind_in_several_clips(wrong, n, clips, q, shown):
    assert _is_shown(DiscoveredSlice((), wrong, n, clips, 9, 90, 0.01, 1.0, False), q) == shown


def test_the_golden_slices_of_weighted_frames():
    rows, right, _, clip = visit(2)
    got = discover_slices(rows, NAMES, right, np.random.default_rng(5).uniform(1, 4, 200), clip, 2)
    assert (got.n, got.errors) == (200, 56)
    assert [
        (one.wrong, one.n, one.clips, one.rest_wrong, one.rest, one.shown) for one in got.slices
    ] == [(15, 22, 10, 12, 78, True), (21, 38, 10, 8, 62, True), (5, 18, 10, 22, 82, False)]
    assert [[(step.name, step.above) for step in one.path] for one in got.slices] == [
        [("sharpness", False), ("brightness", False)],
        [("brightness", False)],
        [("sharpness", True), ("sharpness", False)],
    ]
    actual = [one.q for one in got.slices]
    assert actual == pytest.approx([2.9286476862937078e-05, 3.081430985222997e-05, 1.0])
    assert got.slices[1].path == (TreeSplit("brightness", False, pytest.approx(89.77118682861328)),)


def test_all_right_has_too_few_errors_and_all_wrong_has_no_slice():
    rows, right, weight, clip = visit(0)
    assert discover_slices(rows, NAMES, np.ones_like(right), weight, clip, 0).off == "errors"
    assert discover_slices(rows, NAMES, np.zeros_like(right), weight, clip, 0).slices == ()


def test_the_same_seed_gives_the_same_slices():
    assert found(3) == found(3)


def test_twenty_frames_are_too_few_and_none_are_none(labelled, drawn):
    found = discovered_slices.compute_discovered_slices(labelled)
    assert (found.off, found.n, found.slices) == ("frames", 20, ())
    assert found.errors == int((~load_scored_sides(labelled).field.judgement.right).sum())
    assert discovered_slices.compute_discovered_slices(drawn) is None


def test_statistics_and_what_differs_of_the_metadata_are_handed_over(labelled, monkeypatch):
    given = {}
    monkeypatch.setattr(
        discovered_slices,
        "discover_slices",
        lambda rows, names, *rest: given.update(rows=rows, names=names),
    )
    discovered_slices.compute_discovered_slices(labelled)
    assert given["rows"].shape == (20, len(given["names"]))
    # one clip: its place and conditions tell nothing apart
    assert not any("=" in name for name in given["names"])


PATH = (TreeSplit("brightness", False, 41.2), TreeSplit("condition=glare", True, 0.5))
LEAF = DiscoveredSlice(PATH, 9, 14, 4, 6, 86, 0.001, 0.01, True)


def said(found):
    return [block.text for block in build_discovered_section(found).blocks]


def test_a_shown_slice_stands_in_a_sentence_with_both_counts():
    (line,) = said(Discovery("", 200, 15, (LEAF,)))
    assert "wrong in 9 of 14 frames with luma at most 41 and condition: glare" in line
    assert "(elsewhere 6 of 86; 4 clips)" in line
    assert line.endswith("on held-out clips.")


def test_an_idea_is_called_an_idea():
    lines = said(Discovery("", 200, 15, (replace(LEAF, shown=False),)))
    assert lines[0].startswith("No slice found")
    assert lines[1].startswith("Candidate slice, not demonstrated: wrong in 9 of 14")


def test_why_nothing_was_looked_for():
    expected = ["Not searched: requires 60 labelled frames; available: 59."]
    assert said(Discovery("frames", 59, 9, ())) == expected
    expected = ["Not searched: requires 8 errors; available: 3."]
    assert said(Discovery("errors", 90, 3, ())) == expected
    assert said(Discovery("clips", 90, 9, ())) == ["Not searched: requires 4 clips."]
    assert said(None)[0].startswith("Not searched: no labelled frame")


def test_what_was_not_looked_for_has_its_reason_and_no_slice():
    assert Discovery("frames", 59, 9, ()).slices == ()
