from dataclasses import replace

import pytest
from PIL import Image

from fieldcheck.analyses.coverage import compute_coverage
from fieldcheck.analyses.similar_items import set_tags
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as benchmarks_table

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
def test_a_season_of_the_site_that_no_benchmark_picture_was_taken_in_is_named(
    labelled, tmp_path, month, missed
):
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
