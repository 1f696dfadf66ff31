from dataclasses import replace

from fieldcheck.analyses.blocks import (
    Columns,
    Gallery,
    Lines,
    LinkLine,
    OptionalBlock,
    Panels,
    Paragraph,
    Table,
)
from fieldcheck.analyses.report_data import Confusion
from fieldcheck.report.html_page import build_evidence_page
from fieldcheck.report.registry import SECTIONS
from tests.report.example_report import empty_report, example_report, probed, slices, stressed
from tests.report.made_facts import decision, finding


def blocks(report):
    found = []
    for block in build_evidence_page(report).blocks:
        found += (
            [*block.left, *block.right]
            if isinstance(block, Columns)
            else [block.block if isinstance(block, OptionalBlock) else block]
        )
    return found


def said(report):
    return " ".join(block.text for block in blocks(report) if isinstance(block, Paragraph))


def test_slices_of_metadata_stand_before_classes_and_too_few_is_one_line():
    report = example_report(
        slices=slices(),
        facts={"decision": decision(findings=(finding(key="light", value="dark"),))},
    )
    (table,) = [
        block for block in blocks(report) if isinstance(block, Table) and block.kind == "slices"
    ]
    names = [row[0].text for row in table.rows]
    assert names[0] == "dark (light)"
    assert all(name.endswith("(class)") for name in names[1:])
    assert table.rows[0][0].sign == "▲"
    expected = "Too few frames (under 10): camera 3 (camera), missing hole, burr, wrong part."
    assert expected in said(report)


def test_the_confusion_matrix_stands_beside_the_slices_and_the_confidence_below():
    report = example_report(facts={"decision": decision()})
    columns, confidence = build_evidence_page(report).blocks[:2]
    assert columns.left[0].kind == "slices"
    assert columns.right[0].kind == "counts"
    assert confidence.block.panels[0].title == "Confidence of correct and wrong predictions"


def test_a_matrix_of_many_classes_is_a_link_into_the_appendix():
    names = tuple(f"class {k}" for k in range(9))
    counts = tuple(tuple(1 for _ in names) for _ in names)
    found = blocks(example_report(confusion=Confusion(names, counts, counts)))
    assert not [block for block in found if isinstance(block, Table) and block.kind == "counts"]
    assert [block.anchor for block in found if isinstance(block, LinkLine)] == ["where"]


def test_many_names_with_too_few_frames_are_cut_and_counted():
    row = example_report().per_class[-1]
    report = example_report(per_class=tuple(replace(row, name=f"rare {k}") for k in range(60)))
    (few,) = [block for block in blocks(report) if isinstance(block, Paragraph) and block.short]
    assert few.short.endswith("rare 11 and 48 more.")
    assert few.text.endswith("rare 58, rare 59."), "HTML has the whole list"


def test_every_part_that_may_give_way_leads_to_a_section_that_stands():
    anchors = {one.blocks(stressed()).anchor for one in SECTIONS if one.blocks}
    spared = [
        block
        for block in build_evidence_page(stressed()).blocks
        if isinstance(block, OptionalBlock)
    ]
    assert spared
    assert {block.instead.anchor for block in spared} <= anchors


def test_at_most_six_severity_curves_with_the_costliest_first():
    (curves,) = [block for block in blocks(stressed()) if isinstance(block, Panels)]
    assert len(curves.panels) == 2
    assert "40%" in curves.panels[0].drawing
    assert "▼: severity that the field resembles." in curves.said


def test_six_pictures_are_shown():
    (gallery,) = [block for block in blocks(example_report()) if isinstance(block, Gallery)]
    assert len(gallery.pictures) == 6


def test_blank_pictures_have_their_line_with_its_interval():
    assert "on 110 of 200 (49–61%)." in said(probed())


def test_the_checklist_is_four_counts_and_the_failed_lines():
    report = example_report()
    assert "1 met, 1 not met, 1 too few, 1 not measured." in said(report)
    failed, still = (block for block in blocks(report) if isinstance(block, Lines))
    assert [line.rest for line in failed.lines] == ["The gap is within the project's limit: 36 pp"]
    assert [line.mark for line in still.lines] == ["◔", "–"]
    assert all(line.name and line.rest for line in still.lines)


def test_a_project_without_anything_says_how_much_is_labelled():
    assert said(empty_report()).startswith("0 of 0 sampled frames labelled")
