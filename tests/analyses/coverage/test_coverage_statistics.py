import numpy as np
import pytest
import scipy.stats

from fieldcheck.analyses.coverage import CoverageSide, compute_coverage_axis

NAMES, LIGHTS = ("cyclist", "car"), ("dry", "wet")


def side(rows, units=None):
    """(class, value or None) of each picture."""
    classes = np.array([[name == one for one in NAMES] for name, _ in rows], np.bool_).reshape(
        -1, 2
    )
    values = np.array([[value == one for one in LIGHTS] for _, value in rows], np.bool_).reshape(
        -1, 2
    )
    return CoverageSide(classes, values, np.arange(len(rows)) if units is None else np.array(units))


def cells(found):
    return {(cell.class_name, cell.value): cell for cell in found.cells}


def test_a_cell_of_the_field_without_a_benchmark_picture_is_a_hole():
    benchmark = side([("cyclist", "dry")] * 4 + [("car", "dry")] * 4 + [("car", "wet")] * 4)
    found = compute_coverage_axis(
        "tag", NAMES, LIGHTS, side([("cyclist", "wet")] * 3 + [("car", "wet")]), benchmark
    )
    hole = cells(found)["cyclist", "wet"]
    assert (hole.field, hole.benchmark, hole.is_hole) == (3, 0, True)
    assert not cells(found)["car", "wet"].is_hole


def test_a_benchmark_that_says_nothing_covers_nothing_and_lacks_nothing():
    found = compute_coverage_axis(
        "tag", NAMES, LIGHTS, side([("cyclist", "wet")]), side([("cyclist", None), ("car", None)])
    )
    assert found.n_benchmark == 0
    expected = [(None, False, False)]
    assert [(cell.benchmark, cell.is_hole, cell.is_missed) for cell in found.cells] == expected


def test_a_field_that_says_nothing_has_no_hole():
    found = compute_coverage_axis(
        "tag", NAMES, LIGHTS, side([("cyclist", None)]), side([("car", "wet"), ("car", "dry")])
    )
    assert (found.n_field, [cell.is_hole for cell in found.cells]) == (0, [False, False])


def test_what_neither_side_knows_is_no_axis():
    assert (
        compute_coverage_axis("tag", NAMES, LIGHTS, side([("car", None)]), side([("car", None)]))
        is None
    )


def test_the_expected_counts_are_those_of_independence():
    rng = np.random.default_rng(0)
    rows = [(NAMES[a], LIGHTS[b]) for a, b in rng.integers(0, 2, (60, 2))]
    found = compute_coverage_axis("tag", NAMES, LIGHTS, side(rows[:1]), side(rows))
    table = np.array([[cells(found)[name, value].benchmark for value in LIGHTS] for name in NAMES])
    wanted = scipy.stats.contingency.expected_freq(table)
    got = [[cells(found)[name, value].expected for value in LIGHTS] for name in NAMES]
    assert np.asarray(got) == pytest.approx(wanted)


def test_a_cell_is_missed_where_class_and_condition_are_both_common():
    benchmark = side([("cyclist", "dry")] * 20 + [("car", "dry")] * 20 + [("car", "wet")] * 20)
    found = compute_coverage_axis("tag", NAMES, LIGHTS, side([("car", "dry")]), benchmark)
    actual = [(name, cell.expected) for name, cell in cells(found).items() if cell.is_missed]
    assert actual == [(("cyclist", "wet"), pytest.approx(20 / 3))]


def test_a_class_under_one_light_only_may_be_told_by_it():
    benchmark = side([("cyclist", "wet")] * 10 + [("car", "dry")] * 8 + [("car", "wet")] * 8)
    found = compute_coverage_axis("light", NAMES, LIGHTS, side([("car", "dry")]), benchmark)
    expected = [("cyclist", "wet", "benchmark", 10)]
    assert [(one.class_name, one.value, one.on, one.n) for one in found.shortcuts] == expected


def test_one_light_for_all_gives_no_class_away():
    benchmark = side([("cyclist", "dry")] * 30 + [("car", "dry")] * 30)
    assert (
        compute_coverage_axis("light", NAMES, LIGHTS, side([("car", "dry")]), benchmark).shortcuts
        == ()
    )


def test_frames_of_one_clip_are_one_piece_of_evidence():
    field = [("cyclist", "wet")] * 30 + [("car", "dry"), ("car", "wet")] * 15
    none = side([("car", "dry")])
    alone = compute_coverage_axis("light", NAMES, LIGHTS, side(field, [0] * 30 + [1] * 30), none)
    many = compute_coverage_axis("light", NAMES, LIGHTS, side(field, [*range(30)] + [1] * 30), none)
    assert [one.on for one in alone.shortcuts] == []
    assert [(one.on, one.n) for one in many.shortcuts] == [("field", 30)]
