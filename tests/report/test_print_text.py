import re

import pytest
from PIL import ImageFont

from fieldcheck.report.print_text import (
    get_drawable_codepoints,
    get_font_folder,
    insert_break_points,
    shorten_middle,
    split_phrases,
    to_printable,
)


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
