from fieldcheck.domain.items import benchmark_subject
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.workflows.explore.similar import set_tags
from fieldcheck.workflows.report.coverage import facts_of


def axes(found):
    return {axis.key: axis for axis in found.axes}


def test_nothing_labelled_is_nothing_to_cover(drawn):
    assert facts_of(drawn) is None


def test_light_is_known_of_both_sides_and_the_clock_of_the_field_only(labelled):
    found = facts_of(labelled)
    of = axes(found)
    n = len(labelled.read(benchmarks_table.get).items)
    assert (of["light"].n_benchmark, found.n_benchmark) == (n, n)
    assert (of["daytime"].n_field, of["daytime"].n_benchmark) == (found.n_field, 0)
    assert (of["season"].n_field, of["condition"].n_field) == (found.n_field, found.n_field)
    assert not any(cell.hole for key in ("daytime", "season", "condition") for cell in of[key].cells)


def test_a_tag_on_both_sides_names_the_class_that_was_never_shown_so(labelled):
    labels = labelled.read(labels_table.all)
    rare = next(iter(labels)).class_name
    set_tags(labelled, [one.frame_id for one in labels], add=["wet"])
    items = labelled.read(benchmarks_table.get).items
    set_tags(labelled, [benchmark_subject(item.path) for item in items if item.class_name != rare], add=["wet"])
    holes = [(cell.class_name, cell.value, cell.field) for cell in axes(facts_of(labelled))["tag"].cells if cell.hole]
    assert holes == [(rare, "wet", sum(one.class_name == rare for one in labels))]


def test_a_tag_of_a_benchmark_picture_may_be_the_name_of_a_condition(labelled):
    item = labelled.read(benchmarks_table.get).items[0]
    set_tags(labelled, [benchmark_subject(item.path)], add=["Dark"])
    condition = axes(facts_of(labelled))["condition"]
    assert condition.n_benchmark == 1
    assert {(cell.class_name, cell.benchmark) for cell in condition.cells if cell.value == "dark"} >= {(item.class_name, 1)}
