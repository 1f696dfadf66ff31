from dataclasses import replace

from fieldcheck.analyses.releases import build_release_section
from tests.analyses.test_releases_statistics import of, rights
from tests.report.example_report import example_report


def page(found):
    return build_release_section(replace(example_report(), facts={"releases": found})).blocks


def words(blocks):
    return [block.text for block in blocks if hasattr(block, "text")]


def test_what_is_missing_is_said():
    expected = ["Not measured. Requires two models run on the same labelled frames."]
    assert words(build_release_section(example_report()).blocks) == expected


def test_a_brittle_win_is_named_with_its_range():
    lines = words(page(of(rights(range(10), range(60, 70)))))
    assert lines[0] == "All values on the same 100 labelled frames."
    assert lines[1].startswith("v0 → v1: 10 frames newly correct, 10 newly wrong, 0 pp (−10")
    assert lines[1].endswith("No change demonstrated.")
    expected = "Unstable: crack ranged over 75–100% in 2 releases; 10 of 40 frames changed. One"
    assert lines[3].startswith(expected)
    assert "No drop observed in any release." in lines[2]


def test_a_change_beyond_chance_is_called_so():
    assert words(page(of(rights(range(50), []))))[1].endswith("Demonstrated.")


def test_each_class_has_its_recall_in_every_release():
    blocks = page(of(rights([0], [1], [60])))
    table = blocks[-1]
    assert [cell.text for cell in table.heads] == ["Class", "n", "v0", "v1", "v2", "changed"]
    expected = ["crack", "40", "100% (82–100%)", "100% (82–100%)", "98% (78–100%)", "1"]
    assert [cell.text for cell in table.rows[0]] == expected
