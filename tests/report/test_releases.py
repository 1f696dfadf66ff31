from dataclasses import replace

from fieldcheck.report.releases import section
from tests.report.example_report import example_report
from tests.scoring.test_releases import of, rights


def page(found):
    return section(replace(example_report(), facts={"releases": found})).blocks


def words(blocks):
    return [block.text for block in blocks if hasattr(block, "text")]


def test_what_is_missing_is_said():
    assert words(section(example_report()).blocks) == ["Not measured: it takes two models that were run on the same labelled frames."]


def test_a_brittle_win_is_named_with_its_range():
    lines = words(page(of(rights(range(10), range(60, 70)))))
    assert lines[0] == "All of it on the same 100 labelled frames."
    assert lines[1].startswith("v0 → v1: 10 frames became right and 10 became wrong, 0 pp (")
    assert lines[1].endswith("No change was shown that is more than chance.")
    assert lines[3].startswith("Brittle: crack lay between 75–100% over 2 releases; 10 of its 40 frames flipped. It once fell by 25 pp (")
    assert "It never fell." in lines[2]


def test_a_change_beyond_chance_is_called_so():
    assert words(page(of(rights(range(50), []))))[1].endswith("That is more than chance.")


def test_each_class_has_its_recall_in_every_release():
    blocks = page(of(rights([0], [1], [60])))
    table = blocks[-1]
    assert [cell.text for cell in table.heads] == ["Class", "n", "v0", "v1", "v2", "flipped"]
    assert [cell.text for cell in table.rows[0]] == ["crack", "40", "100% (82–100%)", "100% (82–100%)", "98% (78–100%)", "1"]
