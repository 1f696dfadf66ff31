import json

from fieldcheck.analyses.blocks import (
    Cell,
    FirstPage,
    Heading,
    KeyFigures,
    Pairs,
    Paragraph,
    ReportPage,
    Section,
    Table,
)
from fieldcheck.analyses.score_charts import draw_sign
from fieldcheck.report.html_page import build_page
from fieldcheck.report.pdf import build_typst_input
from tests.report.example_report import empty_report, example_report, slices


def page_with(*blocks):
    opening = FirstPage(
        "", (), draw_sign("ring"), "Inconclusive", "", (), (), None, "", (), KeyFigures(()), ()
    )
    evidence = Section("evidence", "Evidence", "Evidence", ())
    return ReportPage(
        "en", "Title", "Contents", opening, evidence, (Section("one", "One", "One", blocks),),
        "foot", "Page {page} of {pages}",
    )  # fmt: skip


def first(block):
    return build_typst_input(page_with(block)).document["sections"][0]["blocks"][0]


def files_named(value):
    if isinstance(value, dict):
        own = {value["file"]} if "file" in value else set()
        return own.union(*map(files_named, value.values()))
    return set().union(*map(files_named, value)) if isinstance(value, list) else set()


def test_what_is_handed_on_is_json_and_names_every_file_once():
    for report in (example_report(slices=slices()), empty_report()):
        given = build_typst_input(build_page(report))
        assert json.loads(json.dumps(given.document)) == given.document
        assert files_named(given.document) == set(given.files)


def test_the_pictures_are_the_files_of_the_report():
    report = example_report()
    assert {frame.jpeg for frame in report.worst} <= set(
        build_typst_input(build_page(report)).files.values()
    )


def test_sentences_come_in_pieces_and_headings_whole():
    expected = {"kind": "paragraph", "text": [["kept", "61%"], ["plain", " right"]], "quiet": False}
    assert first(Paragraph("61% right")) == expected
    assert first(Heading("A heading")) == {"kind": "heading", "text": "A heading"}


def test_a_sha_256_stays_whole_and_a_longer_word_does_not():
    rows = first(Pairs((("SHA-256", "ab12" * 16), ("Name", "x" * 300))))["rows"]
    assert rows[0][1] == [["plain", "ab12" * 16]]
    assert "\u200b" in rows[1][1][0][1]


def test_names_are_shortened_in_a_table_of_counts_and_whole_in_a_plain_one():
    row = (Cell("class " * 20, head=True), Cell("3", figure=True))
    counts, plain = (first(Table("Caption", row, (row,), kind)) for kind in ("counts", "plain"))
    assert counts["rows"][0][0]["text"][0][1].count("…") == 1
    assert plain["rows"][0][0]["text"] == [["plain", "class " * 20]]


def test_a_name_at_the_head_of_a_row_or_column_keeps_its_backticks():
    table = first(
        Table(
            "Caption",
            (Cell("`a` 5%", figure=True),),
            ((Cell("`b`", head=True),), (Cell("run `c`"),)),
        )
    )
    assert table["heads"][0]["text"] == [["plain", "`a` 5%"]]
    assert table["rows"][0][0]["text"] == [["plain", "`b`"]]
    assert table["rows"][1][0]["text"] == [["plain", "run "], ["code", "c"]]
