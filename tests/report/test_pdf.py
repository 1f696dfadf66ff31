"""The PDF as a reader of PDFs finds it: text page by page, language, structure; and its pages as
pictures."""

import io
import json
import re
from dataclasses import replace
from functools import cache

import pypdf
import pytest
from PIL import Image, ImageFont

from fieldcheck.analyses.blocks import (
    Cell,
    FirstPage,
    Heading,
    Pairs,
    Paragraph,
    ReportPage,
    ResultCards,
    Section,
    Table,
)
from fieldcheck.analyses.confident_errors import get_worst_frames
from fieldcheck.analyses.failures import get_failures
from fieldcheck.analyses.report_data import Confusion
from fieldcheck.analyses.score_charts import draw_sign
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import Decision, Overlap, ReportedFinding, ReportForm
from fieldcheck.report import print_text
from fieldcheck.report.folder import build_summary
from fieldcheck.report.html_page import build_page, render_html
from fieldcheck.report.pdf import build_typst_input, render_page_images, render_pdf
from fieldcheck.report.print_text import (
    get_drawable_codepoints,
    get_font_folder,
    insert_break_points,
    split_phrases,
    to_printable,
)
from fieldcheck.safe_text import shorten_middle
from tests.counts import rows
from tests.report.example_report import (
    boxes_report,
    change_report,
    empty_report,
    estimate,
    example_report,
    slices,
    stressed,
)
from tests.report.test_html_page import fixed_numbers, known_numbers

REPORTS = {
    "whole": example_report(slices=slices()), "boxes": boxes_report(), "empty": empty_report(),
    "no benchmark": example_report(benchmark=None),
    "german": example_report(slices=slices(), language="de"),
}  # fmt: skip
LONG = "Pruefstation_unter_der_flackernden_Lampe_Halle_17_"
EVIL = (
    '#eval("1+1")', '#read("/etc/passwd")', "<b>bold</b>", "\"double\" 'single'", "中国", "x" * 300,
    "الفئة الأولى", "\\ $ * _ ` @ref <label> // /* */ \n\t\x00", "\u202eright to left",
    "Oberflächenbeschaffenheitsprüfungsabweichung", "[\U0001f600]" * 100, "",
)  # fmt: skip


@pytest.fixture(scope="module", params=REPORTS, ids=str)
def report(request):
    return REPORTS[request.param]


@pytest.fixture(scope="module")
def made(report):
    return render_pdf(report)


@pytest.fixture(scope="module")
def shown(made):
    return texts(made)


def hostile(names=EVIL, lang="en"):
    """The example with strangers' names wherever a stranger may name something."""
    report = example_report(slices=slices(), site=" ".join(names), language=lang)
    named = [f"{name}{k}" for k, name in enumerate(names)]
    rows = tuple(
        replace(get_failures(report).per_class[k % 7], name=name) for k, name in enumerate(named)
    )
    counts = tuple(tuple(i * j for j in range(len(named))) for i in range(len(named)))
    worst = tuple(
        replace(
            frame,
            truth=(names[k % len(names)],),
            prediction=(names[-k % len(names)],),
            camera=names[k % len(names)],
        )
        for k, frame in enumerate(get_worst_frames(report))
    )
    return change_report(
        report,
        per_class=rows,
        confusion=Confusion(tuple(named), counts, counts),
        worst=worst,
        slices=tuple(replace(row, value=names[k]) for k, row in enumerate(slices())),
        model=replace(
            report.model,
            name=names[-3],
            classes=tuple(named),
            preprocessing_record=dict(zip(names, names, strict=True)),
        ),
        provenance=replace(report.provenance, labelled_by=tuple(names)),
        results={**report.results, "form": ReportForm(notes=f"Noted:\n{names[1]}\n{names[7]}")},
    )


@cache
def hostile_pdf(lang):
    """Printed once for the tests that only read it."""
    return render_pdf(hostile(lang=lang))


@cache
def example_pdf():
    """The example as it is."""
    return render_pdf(example_report())


def read(made):
    return pypdf.PdfReader(io.BytesIO(made.data))


def texts(made):
    """What stands on each page; line ends are no difference."""
    pages = [page.extract_text() for page in read(made).pages]
    return [re.sub(r"\s+", " ", text.replace("\u00a0", " ")) for text in pages]


def in_order(text, *parts):
    at = [text.index(part) for part in parts]
    return at == sorted(at)


@pytest.mark.long
def test_the_first_page_begins_with_verdict_then_benchmark_field_and_gap():
    first = texts(example_pdf())[0]
    assert in_order(
        first, "Not ready", "Benchmark 97.1% → Field 61% (39–79%).", "Gap 36 pp (18–58).", "95% CI",
        "Correct on 18",
    )  # fmt: skip
    before = first[: first.index("Not ready")]
    expected = "Field report · Line 4 night · 2026-11-25 00:31 UTC Report line4, revision 1"
    assert before.strip().startswith(expected)


@pytest.mark.long
def test_the_pages_are_a4_and_numbered(report, made, shown):
    pages = read(made).pages
    assert {
        (round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pages
    } == {(595, 842)}
    for number, text in enumerate(shown, 1):
        assert text.rstrip().endswith(
            f"{number} von {len(shown)}"
            if report.language == "de"
            else f"Page {number} of {len(shown)}"
        )


def test_the_file_says_its_language_title_and_structure(report, made):
    found = read(made)
    assert made.tagged
    assert found.trailer["/Root"]["/Lang"] == report.language
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in found.trailer["/Root"]
    assert (report.site or report.project) in found.metadata.title
    assert b"pdfuaid:part" in found.trailer["/Root"]["/Metadata"].get_data()


def test_every_number_in_the_pdf_stands_in_the_summary(report, shown):
    printed = {
        number
        for text in shown
        for number in re.findall(r"\d+(?:\.\d+)?", re.sub(r"(\d),(\d)", r"\1.\2", text))
    }
    pages = {str(number) for number in range(1, 20)}
    summary = build_summary(report)
    actual = printed - known_numbers(json.loads(json.dumps(summary))) - fixed_numbers() - pages
    assert actual == set()


@pytest.mark.long
def test_html_and_pdf_say_the_same_headings():
    shown = " ".join(texts(render_pdf(whole(example_report(slices=slices())))))
    headings = (
        "Error analysis", "Most confident errors", "Benchmark", "Checklist", "Provenance",
        "Appendix",
    )  # fmt: skip
    assert all(heading in shown for heading in headings)


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "de"])
def test_strangers_names_come_out_as_text_and_break_nothing(lang):
    made = hostile_pdf(lang)
    assert made.tagged
    shown = " ".join(texts(made))
    for name in (
        '#eval("1+1")', '#read("/etc/passwd")', "<b>bold</b>", "\"double\" 'single'",
        print_text.to_printable("中国"), "x" * 300,
    ):  # fmt: skip
        assert name.replace(" ", "") in shown.replace(" ", "")
    assert f"Noted:{EVIL[1]}" in shown.replace(" ", "")
    assert "root:" not in shown


@pytest.mark.long
def test_a_place_of_a_hundred_thousand_letters_is_printed_shortened():
    long = example_report()
    visits = tuple(replace(visit, locations=("x" * 100_000,)) for visit in long.visits)
    long = replace(long, visits=visits)
    assert len("".join(texts(render_pdf(long)))) < 60_000


@pytest.mark.long
def test_fifteen_classes_with_long_names_fit_the_sheet():
    names = tuple(f"Oberflächenbeschaffenheitsprüfungsabweichung Nummer {k}" for k in range(30))
    for image in render_page_images(hostile(names, "de"), 40):
        ink = Image.open(io.BytesIO(image)).convert("L").point(lambda level: 255 * (level < 128))
        left, top, right, bottom = ink.getbbox()
        width, height = ink.size
        assert left >= 0.07 * width  # 15 mm of 210
        assert right <= 0.93 * width
        assert top >= 0.04 * height  # 13 mm of 297
        assert bottom <= 0.97 * height


def whole(report):
    """The report with every section on paper."""
    return change_report(report, results={**report.results, "form": ReportForm(everything=True)})


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "de"])
def test_paper_is_five_sheets_and_has_no_sha_256(lang):
    """Verdict, evidence, slices and errors, method and checklist, classes; a heading with nothing
    below it is on none of them."""
    heads = {
        "en": ("Evidence", "Slices and errors", "Method and checklist", "All classes"),
        "de": ("Nachweise", "Teilmengen und Fehler", "Methode und Prüfliste", "Alle Klassen"),
    }[lang]
    shown = texts(render_pdf(change_report(stressed(), slices=slices(), language=lang)))
    assert len(shown) == 5
    assert all(page.startswith(head) for page, head in zip(shown[1:], heads, strict=True))
    word = {"en": "Not measured: ", "de": "Nicht gemessen: "}[lang]
    assert sum(page.count(word) for page in shown) == 1
    assert not re.search(r"[0-9a-f]{12}", " ".join(shown))
    empty = texts(render_pdf(replace(empty_report(), language=lang)))
    assert len(empty) == 3
    every = texts(render_pdf(whole(replace(stressed(), language=lang))))
    assert len(every) > 5
    assert not re.search(r"[0-9a-f]{64}", "".join(every).replace("\n", ""))


@pytest.mark.long
def test_where_nothing_fails_no_slice_is_listed():
    right = tuple(replace(row, estimate=estimate(1.0, 0.9, 1.0, row.n)) for row in slices())
    page = texts(render_pdf(change_report(stressed(), slices=right)))[2]
    assert "No slice with ten labelled frames or more has an error." in " ".join(page.split())
    assert "dark (light)" not in page
    some = (slices()[0], *right[1:])
    page = " ".join(texts(render_pdf(change_report(stressed(), slices=some)))[2].split())
    assert "dark (light)" in page
    assert "glare (light)" not in page
    assert "2 more slices in report.html." in page


@pytest.mark.long
@pytest.mark.parametrize("lang", rows(["de"], full=["en"]))
def test_one_page_is_the_first_sheet_alone(lang):
    for report in (stressed(), boxes_report(), empty_report(), hostile(lang=lang)):
        form = ReportForm(one_page=True, notes="Lamp 2 was off.")
        alone = replace(report, language=lang, results={**report.results, "form": form})
        (page,) = texts(render_pdf(alone))
        usual = texts(render_pdf(replace(report, language=lang)))
        assert page[:150] == usual[0][:150]


@pytest.mark.long
def test_a_section_left_out_leaves_its_sheet_out_too():
    report = example_report(slices=slices())
    form = ReportForm(left_out=("where", "ready"))
    shown = texts(render_pdf(change_report(report, results={**report.results, "form": form})))
    assert len(shown) == 4
    assert not any(page.startswith("Slices and errors") for page in shown)
    assert "Before a supervised trial:" not in " ".join(shown[1:])


@pytest.mark.long
@pytest.mark.parametrize("lang", rows(["de"], full=["en"]))
def test_decision_and_evidence_are_a_sheet_each(lang):
    contents = {"en": "In this report", "de": "In diesem Bericht"}[lang]
    heads = {"en": "Evidence", "de": "Nachweise"}[lang]
    made = [
        render_pdf(whole(replace(report, language=lang)))
        for report in (stressed(), boxes_report(), empty_report())
    ]
    for one in (render_pdf(whole(hostile(lang=lang))), *made):
        shown = texts(one)
        assert shown[1].startswith(heads)
        assert shown[2].startswith(contents)


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_decision_is_one_sheet_where_every_name_has_fifty_letters(lang):
    """Findings give way: their pictures first. Nothing of them is lost to HTML."""
    report = of_fifty_letters(lang)
    sheets = read(render_pdf(report)).pages
    assert sheets[1].extract_text().startswith({"en": "Evidence", "de": "Nachweise"}[lang])
    assert {"en": "Released", "de": "Freigegeben"}[lang] in sheets[0].extract_text()
    assert render_html(report).count(f"{LONG}7") >= 3


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_first_sheet_keeps_its_chart_where_much_limits_the_result(lang):
    """Owners of limits, and many limitations: the chart's key and the checklist give way before
    it."""
    made = of_fifty_letters(lang)
    notes = ("rendered_sample", "borders_changed", "intervals_recomputed")
    field = replace(made.field, n_nan=3, blind=False, n_clips=5)
    decision = made.results["decision"]
    results = {"decision": replace(decision, findings=decision.findings[:1])}
    long = replace(made, notes=notes, field=field, line="", author="", results=results)
    sheet = read(render_pdf(long)).pages[0].extract_text()
    assert "0%25%50%75%100%" in re.sub(r"\s", "", sheet)
    assert {"en": "Released", "de": "Freigegeben"}[lang] in sheet


def of_fifty_letters(lang):
    report = example_report(slices=slices(), language=lang, site=LONG, line=LONG, author=LONG)
    apart = Estimate.from_limits(0.4, 0.2, 0.6, n=100, n_eff=100.0, method="bootstrap")
    half = tuple(range(10))
    overlaps = tuple(Overlap("tag", f"{LONG}{at}", 15) for at in (7, 8))
    findings = tuple(
        ReportedFinding(
            "location", f"{LONG}{k}", True, 25, 6, apart, apart, overlaps, frame.frame_id
        )
        for k, frame in enumerate(get_worst_frames(report)[:3])
    )
    decision = Decision(apart, apart, None, None, half, half, findings, None, 3, 0, ())
    return change_report(
        report,
        results={"decision": decision},
        pictures=get_worst_frames(report),
        visits=tuple(replace(one, locations=(LONG, LONG[::-1])) for one in report.visits),
        per_class=tuple(
            replace(row, name=f"{LONG}{k}") for k, row in enumerate(get_failures(report).per_class)
        ),
        model=replace(report.model, name=LONG),
    )


@pytest.mark.long
def test_evidence_that_a_sheet_has_no_room_for_is_a_link_into_the_appendix():
    names = tuple(f"Oberflächenbeschaffenheit {k}" for k in range(8))
    counts = tuple(tuple(1 for _ in names) for _ in names)
    long = stressed()
    confusion = Confusion(names, counts, counts)
    made = change_report(long, confusion=confusion, checklist=long.checklist * 8)
    shown = texts(render_pdf(whole(made)))
    assert "in the appendix under" in shown[1]
    assert shown[2].startswith("In this report")


@pytest.mark.long
def test_a_search_finds_names_whole_where_they_may_break():
    name = "c2_outfeed_under_the_flickering_light_of_the_third_shift"
    report = example_report(site=f"{name} hall", worst=())
    report = replace(report, model=replace(report.model, name=name, classes=(name,)))
    shown = [sheet.extract_text() for sheet in read(render_pdf(report)).pages]
    assert not [text for text in shown if "\u200b" in text]
    assert name in shown[0]
    assert sum(text.count(name) for text in shown) >= len(shown)


def test_every_character_that_the_fonts_have_can_be_tagged():
    known = "".join(map(chr, sorted(print_text.get_drawable_codepoints())))
    preprocessing_record = {str(at): known[at : at + 50] for at in range(0, len(known), 50)}
    report = example_report()
    model = replace(report.model, preprocessing_record=preprocessing_record)
    assert render_pdf(replace(report, model=model)).tagged


def test_what_cannot_be_tagged_is_printed_without_tags(monkeypatch, caplog):
    known = print_text.get_drawable_codepoints() | {ord("中")}
    monkeypatch.setattr(print_text, "get_drawable_codepoints", lambda: known)
    made = render_pdf(example_report(site="中"))
    assert not made.tagged
    assert "/StructTreeRoot" not in read(made).trailer["/Root"]
    assert "without tags" in caplog.text


def test_the_same_report_gives_the_same_bytes_twice():
    assert render_pdf(example_report()).data == example_pdf().data


@pytest.mark.long
def test_the_pages_are_pictures_of_the_size_asked_for(report, made):
    images = render_page_images(report, 72)
    assert len(images) == len(read(made).pages)
    assert {Image.open(io.BytesIO(image)).size for image in images} == {(595, 842)}


def page_with(*blocks):
    sign = draw_sign("ring")
    cards = ResultCards(("Reasons", "Errors"), (), "", (), "", None)
    opening = FirstPage("", (), sign, "Inconclusive", (), (), None, "", "", cards, (), ())
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
    assert {frame.jpeg for frame in get_worst_frames(report)} <= set(
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
    heads = (Cell("`a` 5%", figure=True),)
    table = first(Table("Caption", heads, ((Cell("`b`", head=True),), (Cell("run `c`"),))))
    assert table["heads"][0]["text"] == [["plain", "`a` 5%"]]
    assert table["rows"][0][0]["text"] == [["plain", "`b`"]]
    assert table["rows"][1][0]["text"] == [["plain", "run "], ["code", "c"]]


def test_the_longest_share_stands_on_one_line_beside_its_chart():
    wide = Estimate.from_limits(478 / 480, 0.985, 0.9989, n=480, n_eff=480.0, method="wilson")
    report = example_report(
        slices=tuple(replace(one, estimate=wide) for one in slices()), language="de"
    )
    report = change_report(
        report, per_class=tuple(replace(one, recall=wide) for one in get_failures(report).per_class)
    )
    page = read(render_pdf(report)).pages[1]
    lines = page.extract_text(extraction_mode="layout").replace("\u00a0", " ").splitlines()
    rows = [line.split() for line in lines if "480" in line.split() and "=" not in line]
    assert len(rows) >= 3
    assert all(row[row.index("480") + 1 :][:4] == ["99,6", "%", "(99–99,9", "%)"] for row in rows)


@pytest.mark.parametrize(("said", "shown"), [
    ("Prüfstand → ▲ ✓ – 61 %", "Prüfstand → ▲ ✓ – 61 %"),
    ("中国 class", "[U+4E2D][U+56FD] class"),
    ("한 あ", "han a"),
    ("\U0001f44d", "[U+1F44D]"),
    ("\ud800", "[U+D800]"),
    ("الفئة", "الفئة"),
    ("two\nlines\tand\x00nul", "two lines and nul"),
    ("a\u2028b", "a b"),
    ("exe\u202egpj", "exegpj"),
    ("\u2066hidden\u2069\u200b\ufeff", "hidden"),
    (" a  b ", " a b "),
    ("97\u00a0%", "97\u00a0%"),
])  # fmt: skip
def test_text_becomes_one_line_of_what_the_fonts_have(said, shown):
    assert to_printable(said) == shown


def test_the_table_of_the_fonts_says_what_a_second_reader_of_fonts_draws():
    font = ImageFont.truetype(str(get_font_folder() / "DejaVuSans.ttf"), 20)
    missing = bytes(font.getmask("\ua000"))
    for one in "aÖß→▲✓□−–’ш":
        assert ord(one) in get_drawable_codepoints()
        assert bytes(font.getmask(one)) != missing or one == "□"
    for one in "中あ한\U0001f44d":
        assert ord(one) not in get_drawable_codepoints()
        assert bytes(font.getmask(one)) == missing


def test_a_word_that_would_run_off_the_paper_gets_places_to_break():
    assert insert_break_points("short words stay", 8) == "short words stay"
    broken = insert_break_points("a " + "x" * 100, 10)
    assert broken.replace("\u200b", "") == "a " + "x" * 100
    assert max(len(part) for part in broken.replace(" ", "\u200b").split("\u200b")) <= 10


def test_a_file_name_breaks_at_its_joints():
    expected = "c2_\u200binfeed_\u200bdark.mp4 night/\u200bhall-\u200b3.png"
    assert insert_break_points("c2_infeed_dark.mp4 night/hall-3.png", 12) == expected


def test_a_name_of_a_hundred_thousand_letters_has_no_more_places_to_break_than_the_typesetting_bears():
    found = insert_break_points("x" * 100_000, 10)
    assert "…" in found
    assert 100 < found.count("\u200b") <= 400
    assert insert_break_points("x" * 1000, 10).replace("\u200b", "") == "x" * 1000


def test_a_cut_is_seen():
    assert shorten_middle("porosity", 8) == "porosity"
    assert shorten_middle("wrong part here", 12) == "wrong pa…ere"
    about = "Report Hall 3, revision 2 · line 1 · 2026-11-25 08:30 – 2026-11-28 17:05"
    for most in range(12, len(about)):
        short = shorten_middle(about, most)
        assert len(short) <= most
        for date in re.findall(r"[\d-]*\d-[\d-]*", short):
            assert date in ("2026-11-25", "2026-11-28"), (most, short)
    assert shorten_middle("camera_left_0001", 12) != shorten_middle("camera_left_0002", 12)


@pytest.mark.parametrize(("said", "pieces"), [
    ("", []),
    ("Nothing here.", [("plain", "Nothing here.")]),
    (
        "Field 61% (51–70%).",
        [
            ("plain", "Field "),
            ("kept", "61%"),
            ("plain", " "),
            ("kept", "(51–70%)"),
            ("plain", "."),
        ],
    ),
    ("run `fieldcheck pick`", [("plain", "run "), ("code", "fieldcheck pick")]),
    ("(18–58%, n = 100)", [("kept", "(18–58%"), ("plain", ", "), ("kept", "n = 100)")]),
    ("a ` alone", [("plain", "a ` alone")]),
])  # fmt: skip
def test_figures_and_commands_are_pieces_of_their_own(said, pieces):
    assert list(split_phrases(said)) == pieces


def test_a_number_longer_than_any_figure_may_be_broken():
    assert all(len(piece) < 20 for kind, piece in split_phrases("7" * 300 + " %") if kind == "kept")


def test_nothing_of_a_sentence_is_lost():
    said = "Benchmark 97.1% → Field 61% (39–79%). Gap 36 pp (18–58), n = 100."
    assert "".join(piece for _, piece in split_phrases(said)) == said
