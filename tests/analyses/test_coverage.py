from dataclasses import replace
from math import nan

import numpy as np
import pytest
import scipy.stats
from PIL import Image

from fieldcheck.analyses import coverage as looks
from fieldcheck.analyses.coverage import (
    Coverage,
    CoverageAxis,
    CoverageCell,
    CoverageSide,
    Shortcut,
    build_coverage_section,
    compute_coverage,
    compute_coverage_axis,
)
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.label import Benchmark, BenchmarkItem
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.quality import measure_quality
from fieldcheck.models.embeddings import set_tags
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as benchmarks_table

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
    field = side([("cyclist", "wet")] * 3 + [("car", "wet")])
    found = compute_coverage_axis("tag", NAMES, LIGHTS, field, benchmark)
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
    field = side([("car", None)])
    assert compute_coverage_axis("tag", NAMES, LIGHTS, field, side([("car", None)])) is None


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
    field = side([("car", "dry")])
    assert compute_coverage_axis("light", NAMES, LIGHTS, field, benchmark).shortcuts == ()


def test_frames_of_one_clip_are_one_piece_of_evidence():
    field = [("cyclist", "wet")] * 30 + [("car", "dry"), ("car", "wet")] * 15
    none = side([("car", "dry")])
    alone = compute_coverage_axis("light", NAMES, LIGHTS, side(field, [0] * 30 + [1] * 30), none)
    many = compute_coverage_axis("light", NAMES, LIGHTS, side(field, [*range(30)] + [1] * 30), none)
    assert [one.on for one in alone.shortcuts] == []
    assert [(one.on, one.n) for one in many.shortcuts] == [("field", 30)]


TAKEN = 0x0132


def axes(found):
    return {axis.key: axis for axis in found.axes}


def test_nothing_labelled_is_nothing_to_cover(drawn):
    assert compute_coverage(drawn) is None


def test_light_is_known_of_both_sides_and_the_clock_of_the_field_only(labelled):
    found = compute_coverage(labelled)
    of = axes(found)
    n = len(labelled.read(benchmarks_table.get_benchmark).items)
    assert (of["light"].n_benchmark, found.n_benchmark) == (n, n)
    assert (of["daytime"].n_field, of["daytime"].n_benchmark) == (found.n_field, 0)
    assert (of["season"].n_field, of["condition"].n_field) == (found.n_field, found.n_field)
    assert not any(
        cell.is_hole for key in ("daytime", "season", "condition") for cell in of[key].cells
    )


@pytest.mark.parametrize(("month", "missed"), [(7, True), (4, False)])
def test_a_season_without_a_benchmark_image_is_named(labelled, tmp_path, month, missed):
    """The site was filmed in March; the pictures say themselves when they were taken."""
    benchmark, notes = labelled.read(benchmarks_table.get_benchmark), Image.Exif()
    notes[TAKEN] = f"2025:{month:02}:03 12:00:00"
    for item in benchmark.items:
        (tmp_path / "set" / item.path).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 6)).save(tmp_path / "set" / item.path, exif=notes)
    labelled.write(
        lambda db: benchmarks_table.put_benchmark(
            db, replace(benchmark, root=str(tmp_path / "set"))
        )
    ).result()
    season = axes(compute_coverage(labelled))["season"]
    assert season.n_benchmark == len(benchmark.items)
    actual = {cell.value for cell in season.cells if cell.is_hole}
    assert actual == ({"mar_may"} if missed else set())


def test_a_tag_on_both_sides_names_the_class_that_was_never_shown_so(labelled):
    labels = labelled.read(labels_table.list_labels)
    rare = next(iter(labels)).class_name
    set_tags(labelled, [one.frame_id for one in labels], add=["wet"])
    items = labelled.read(benchmarks_table.get_benchmark).items
    set_tags(
        labelled,
        [make_benchmark_subject(item.path) for item in items if item.class_name != rare],
        add=["wet"],
    )
    holes = [
        (cell.class_name, cell.value, cell.field)
        for cell in axes(compute_coverage(labelled))["tag"].cells
        if cell.is_hole
    ]
    assert holes == [(rare, "wet", sum(one.class_name == rare for one in labels))]


def test_a_tag_of_a_benchmark_picture_may_be_the_name_of_a_condition(labelled):
    item = labelled.read(benchmarks_table.get_benchmark).items[0]
    set_tags(labelled, [make_benchmark_subject(item.path)], add=["Dark"])
    condition = axes(compute_coverage(labelled))["condition"]
    assert condition.n_benchmark == 1
    assert {
        (cell.class_name, cell.benchmark) for cell in condition.cells if cell.value == "dark"
    } >= {(item.class_name, 1)}


def test_a_folder_within_that_of_the_class_says_what_its_pictures_share(labelled):
    benchmark = labelled.read(benchmarks_table.get_benchmark)
    rare = benchmark.classes[0]
    lights = [
        ("studio" if item.class_name == rare or k % 2 else "dim")
        for k, item in enumerate(benchmark.items)
    ]
    items = tuple(
        replace(item, path=f"{item.class_name}/{light}/{k}.png")
        for k, (item, light) in enumerate(zip(benchmark.items, lights, strict=True))
    )
    labelled.write(
        lambda db: benchmarks_table.put_benchmark(db, replace(benchmark, items=items))
    ).result()
    tag = axes(compute_coverage(labelled))["tag"]
    assert (tag.n_field, tag.n_benchmark) == (0, len(items))
    actual = {cell.class_name for cell in tag.cells if cell.value == "dim"}
    assert actual == set(benchmark.classes) - {rare}
    assert {cell.value for cell in tag.cells} == {"dim", "studio"}


def page(*axes, n_field=100, n_benchmark=400):
    holes = sum(cell.is_hole for axis in axes for cell in axis.cells)
    found = Coverage(n_field, n_benchmark, holes, axes)
    return build_coverage_section(found).blocks


def words(blocks):
    return [block.text for block in blocks if hasattr(block, "text")]


WET = CoverageAxis(
    "tag", 100, 400,
    (CoverageCell("cyclist", "wet", 6, 0, 2.0), CoverageCell("car", "wet", 9, 40, 38.0)), (),
)  # fmt: skip
CLOCK = CoverageAxis("daytime", 40, 0, (CoverageCell("car", "night", 40, None, nan),), ())


def test_what_is_missing_is_said():
    expected = ["Not measured. Requires a benchmark and labelled frames."]
    assert words(build_coverage_section(None).blocks) == expected


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
    shortcuts = (Shortcut("burr", "dark", "benchmark", 12), Shortcut("crack", "normal", "field", 3))
    axis = replace(WET, key="light", shortcuts=shortcuts)
    first, second = words(page(axis))[2:4]
    assert "burr only occurs under “dark” in the benchmark" in first
    assert "(Light in the image, 12 images)" in first
    expected = "crack only occurs under “normal light” in the field (Light in the image, 3 clips)."
    assert second.startswith(expected)


def pictures(folder, n):
    for k in range(n):
        notes = Image.Exif()
        if k % 2:
            notes[TAKEN] = "2026:07:03 21:15:00"
        Image.new("RGB", (40, 30), (10 + k, 10 + k, 10 + k)).save(
            folder / f"{k:02d}.jpg", exif=notes
        )
    items = tuple(BenchmarkItem(f"{k:02d}.jpg", "a") for k in range(n))
    return Benchmark(str(folder), "csv", None, ("a",), items)


def test_light_and_time_are_those_of_the_files(empty, tmp_path):
    benchmark = pictures(tmp_path, 4)
    found = looks.measure_benchmark_images(empty, benchmark, NullProgress())
    assert sorted(found) == ["00.jpg", "01.jpg", "02.jpg", "03.jpg"]
    assert found["01.jpg"][0] == np.float32(measure_quality(read_image(tmp_path / "01.jpg")).mean)
    assert found["01.jpg"][3:].tolist() == [21, 7]
    assert np.isnan(found["00.jpg"][3:]).all()


def test_a_second_time_no_picture_is_read(empty, tmp_path):
    benchmark = pictures(tmp_path, 3)
    first = looks.measure_benchmark_images(empty, benchmark, NullProgress())
    for file in tmp_path.glob("*.jpg"):
        file.unlink()
    again = looks.measure_benchmark_images(empty, benchmark, NullProgress())
    actual = {name: row.tolist()[:3] for name, row in again.items()}
    assert actual == {name: row.tolist()[:3] for name, row in first.items()}


def test_a_picture_that_is_gone_or_damaged_has_no_row(empty, tmp_path):
    benchmark = pictures(tmp_path, 3)
    (tmp_path / "00.jpg").unlink()
    (tmp_path / "01.jpg").write_bytes(b"\xff\xd8\xff no picture")
    assert list(looks.measure_benchmark_images(empty, benchmark, NullProgress())) == ["02.jpg"]


def test_a_large_benchmark_is_drawn_from_and_always_alike(monkeypatch, empty):
    monkeypatch.setattr(looks, "MOST", 5)
    benchmark = empty.read(benchmarks_table.get_benchmark)
    drawn = looks.sample_paths(benchmark)
    assert (len(drawn), drawn) == (5, looks.sample_paths(benchmark))
    assert set(drawn) < {item.path for item in benchmark.items}
