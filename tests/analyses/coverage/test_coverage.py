from dataclasses import replace
from math import nan

from fieldcheck.analyses.coverage import (
    Coverage,
    CoverageAxis,
    CoverageCell,
    Shortcut,
    build_coverage_section,
)
from tests.report.example_report import example_report


def page(*axes, n_field=100, n_benchmark=400):
    holes = sum(cell.is_hole for axis in axes for cell in axis.cells)
    found = Coverage(n_field, n_benchmark, holes, axes)
    return build_coverage_section(replace(example_report(), facts={"coverage": found})).blocks


def words(blocks):
    return [block.text for block in blocks if hasattr(block, "text")]


WET = CoverageAxis(
    "tag",
    100,
    400,
    (CoverageCell("cyclist", "wet", 6, 0, 2.0), CoverageCell("car", "wet", 9, 40, 38.0)),
    (),
)
CLOCK = CoverageAxis("daytime", 40, 0, (CoverageCell("car", "night", 40, None, nan),), ())


def test_what_is_missing_is_said():
    expected = ["Not measured. Requires a benchmark and labelled frames."]
    assert words(build_coverage_section(example_report()).blocks) == expected


def test_each_cell_without_a_benchmark_picture_is_named():
    said, table = page(WET)
    assert said.text.startswith("1 combination of class and condition occurs in the field")
    expected = [["cyclist × wet", "Tag", "6", "0"]]
    assert [[cell.text for cell in row] for row in table.rows] == expected


def test_many_cells_are_cut_and_it_is_said():
    cells = tuple(CoverageCell(f"c{k}", "wet", k + 1, 0, 1.0) for k in range(50))
    _, table = page(replace(WET, cells=cells))
    assert table.caption == "Missing from the benchmark: 40 most frequent of 50"
    assert table.rows[0][0].text == "c49 × wet"


def test_what_the_benchmark_does_not_record_is_no_coverage():
    lines = words(page(CLOCK))
    assert lines[0].startswith("Every labelled combination")
    assert lines[1] == "Time of day: not recorded for the benchmark images, coverage unknown."


def test_a_part_that_is_known_is_counted():
    part = replace(WET, n_field=30, n_benchmark=100)
    expected = "Tag: known for 100 of 400 benchmark images and 30 of 100 labelled frames."
    assert words(page(part))[-1] == expected


def test_a_cell_that_the_benchmark_itself_lacks_is_named():
    axis = CoverageAxis("tag", 0, 400, (CoverageCell("porosity", "dim", 0, 0, 8.6),), ())
    assert "porosity × dim: 0 benchmark images, about 9 expected" in words(page(axis))[1]


def test_a_class_under_one_light_only_is_a_possible_shortcut():
    axis = replace(
        WET,
        key="light",
        shortcuts=(
            Shortcut("burr", "dark", "benchmark", 12),
            Shortcut("crack", "normal", "field", 3),
        ),
    )
    first, second = words(page(axis))[2:4]
    assert first.startswith(
        "burr only occurs under “dark” in the benchmark (Light in the image, 12 images). The "
        "model may rely on it"
    )
    expected = "crack only occurs under “normal light” in the field (Light in the image, 3 clips)."
    assert second.startswith(expected)
