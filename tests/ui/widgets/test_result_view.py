from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from fieldcheck.analyses.names_and_numbers import get_readiness_sign
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import GapChart, PlotAxis
from fieldcheck.paths import get_resource_path
from fieldcheck.report.summary_page import Outlook, Reason
from fieldcheck.ui.colours_and_high_contrast import THEMES
from fieldcheck.ui.widgets.result_view import (
    SIGN_ICONS,
    ErrorPicture,
    ReasonList,
    ResultContent,
    ResultView,
    get_sign_colour,
)

FIELD = Estimate(0.5, 0.4, 0.6, 100, 100.0, "wilson")
CHART = GapChart(
    FIELD, FIELD, None, ("a", "b", "c"), PlotAxis(0.0, 1.0, ((0.0, "0%"), (1.0, "100%"))),
    "Chart: all",
)  # fmt: skip
REASONS = (
    Reason("octagon", "Gap above the limit", "Gap 40 pp (24–62), limit 3 pp."),
    Reason("triangle", "Oiling station below the rest", "15% (9–29%, n = 38), 60 pp below."),
    Reason("triangle", "False-reject rate", "51% (33–69%), 18 of 33. No limit set."),
)
OUTLOOK = Outlook("± 19 pp", 12, 20, "± 15 pp", "Record 8 more clips.", "A note.", "record")
READINESS = ("not_ready", "not_judgeable", "supervised_trial", "not_enough", "not_comparable")


def error(at):
    image = QImage(320, 180, QImage.Format.Format_RGB888)
    image.fill(0xC02020)
    lines = (f"confidence 0.9{at}", "Oiling station")
    return ErrorPicture(f"f{at}", "scratch", "wrong_part", lines, image, f"Frame f{at}")


CONTENT = ResultContent(
    "Not ready", "octagon", "Benchmark 94% → Field 54% (32–69%). Gap 40 pp (24–62).",
    under="95% CI for these cameras, from 12 clips.", chart=CHART, reasons=REASONS,
    errors=tuple(map(error, range(3))), n_wrong=52, outlook=OUTLOOK,
)  # fmt: skip


@pytest.fixture
def page(look, shown):
    made = shown(ResultView(look), 1162, 542)
    made.show_result(CONTENT)
    return made


@pytest.mark.parametrize(("size", "letters"), [((1162, 542), 44), ((950, 390), 28)])
def test_the_verdict_is_the_largest_thing_and_everything_is_whole(look, shown, size, letters):
    page = shown(ResultView(look), *size)
    page.show_result(CONTENT)
    QTest.qWait(20)
    assert page.verdict.fontInfo().pixelSize() == letters
    assert page.minimumSizeHint().height() <= size[1]
    for tile in page.list_tiles():
        assert tile.get_picture_rect().height() >= 56
        assert tile.rect().contains(tile.get_picture_rect())
    assert page.outlook.button.isVisible()


def test_headings_of_both_cards_stand_on_one_line_and_the_link_inside_its_card(page):
    def middle(widget):
        return widget.mapTo(page, widget.rect().center()).y()

    reasons = page.reasons_card.findChild(QLabel)
    errors = page.errors_card.findChild(QLabel)
    assert (reasons.text(), errors.text()) == ("Reasons", "Most confident errors")
    assert abs(middle(reasons) - middle(errors)) <= 1
    link = page.show_all
    assert link.mapTo(page.errors_card, link.rect().topLeft()).y() >= 6


def test_everything_is_in_its_text(page):
    text = page.accessibleName()
    assert text == page.get_text()
    assert all(part in text for part in (CONTENT.verdict, CONTENT.headline, CONTENT.under))
    assert all(f"{one.title}. {one.text}" in text for one in REASONS)


def test_a_press_on_an_error_opens_it_and_its_link_all_of_them(page, qtbot):
    told = []
    page.frame_opened.connect(told.append)
    page.errors_opened.connect(lambda: told.append("all"))
    page.outlook_followed.connect(lambda: told.append("outlook"))
    tile = page.list_tiles()[1]
    tile.setFocus()
    QTest.keyClick(tile, Qt.Key.Key_Space)
    page.show_all.click()
    page.outlook.button.click()
    assert told == ["f1", "all", "outlook"]
    assert page.show_all.get_label() == "Show all 52"
    assert tile.accessibleName() == "Frame f1"


def test_what_is_not_known_takes_no_room(look, shown):
    page = shown(ResultView(look), 1162, 542)
    page.show_result(ResultContent("20 frames are labelled", "ring", "Field 50%.", next_step="Go."))
    for part in (page.chart, page.reasons_card, page.errors_card, page.outlook, page.change):
        assert part.isHidden()
    assert page.next.text() == "Go."
    page.show_result(CONTENT)
    assert page.next.isHidden()
    assert not page.chart.isHidden()


def test_without_an_error_a_sentence_says_so(page):
    page.show_result(
        replace(CONTENT, errors=(), no_errors="No labelled frame is wrong.", n_wrong=0)
    )
    assert page.list_tiles() == []
    assert page.no_errors.text() == "No labelled frame is wrong."
    assert page.show_all.isHidden()


def test_reasons_that_have_no_room_are_counted(look, shown):
    reasons = shown(ReasonList(look), 350, 400)
    reasons.show_reasons(REASONS)
    assert reasons.list_shown() == REASONS
    reasons.resize(350, reasons.minimumSizeHint().height())
    assert reasons.list_shown() == REASONS[:1]
    assert all(one.text in reasons.accessibleName() for one in REASONS)


def test_every_verdict_has_a_shape_of_its_own():
    assert set(SIGN_ICONS) == {get_readiness_sign(code) for code in READINESS}
    files = {get_resource_path(f"icons/{name}.svg").read_text() for name in SIGN_ICONS.values()}
    assert len(files) == len(READINESS)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_only_a_limit_that_is_not_met_is_red(theme):
    colours = {sign: get_sign_colour(theme, sign) for sign in SIGN_ICONS}
    assert [sign for sign, colour in colours.items() if colour == theme.alarm] == ["octagon"]


def test_where_more_clips_are_no_way_there_is_no_scale(page):
    outlook = replace(OUTLOOK, wanted=0, text="The gap lies on its limit.", note="", action="")
    page.show_result(replace(CONTENT, outlook=outlook))
    assert page.outlook.scale.isHidden()
    assert page.outlook.button.isHidden()
    assert page.outlook.text.text() == "The gap lies on its limit."
