import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fieldcheck.i18n import language
from fieldcheck.settings import Settings
from fieldcheck.ui.screens.settings.view import ComputingPage, LabellingPage, LanguagePage


def listening(page, qtbot):
    qtbot.addWidget(page)
    told = []
    page.changed.connect(lambda name, value: told.append((name, value)))
    return told


def test_the_languages_are_those_that_can_be_chosen_under_their_own_names(look, qtbot):
    page = LanguagePage(look)
    qtbot.addWidget(page)
    for box in (page.language, page.report_language):
        assert [box.itemData(at) for at in range(box.count())] == ["", *language.LANGUAGES]
        assert [box.itemText(at) for at in range(1, box.count())] == ["English", "Deutsch"]


def test_the_reports_language_is_apart_from_the_windows(look, qtbot):
    page = LanguagePage(look)
    told = listening(page, qtbot)
    page.show_settings(Settings(language="de", report_language="en"))
    assert (page.language.chosen_code, page.report_language.chosen_code) == ("de", "en")
    QTest.keyClick(page.report_language, Qt.Key.Key_Down)
    assert told == [("report_language", "de")]


@pytest.mark.parametrize(
    ("stored", "shown"), [(200, "200"), (0, "0"), (210, "200"), (9000, "500"), (-5, "0")]
)
def test_the_guard_goes_from_nothing_to_half_a_second(look, qtbot, stored, shown):
    page = LabellingPage(look)
    told = listening(page, qtbot)
    page.show_settings(Settings(too_fast_ms=stored))
    assert page.too_fast.chosen_code == shown
    assert told == []


def test_the_guard_can_be_switched_off(look, qtbot):
    page = LabellingPage(look)
    told = listening(page, qtbot)
    page.show_settings(Settings(too_fast_ms=50))
    QTest.keyClick(page.too_fast, Qt.Key.Key_Up)
    assert page.too_fast.currentText() == "off"
    assert told == [("too_fast_ms", 0)]


def test_a_name_is_told_when_it_is_finished_and_without_spaces_around_it(look, qtbot):
    page = LabellingPage(look)
    told = listening(page, qtbot)
    page.show_settings(Settings(name="K. M."))
    assert page.name.text() == "K. M."
    page.name.clear()
    QTest.keyClicks(page.name, " A. B. ")
    assert told == []
    QTest.keyClick(page.name, Qt.Key.Key_Return)
    assert told == [("name", "A. B.")]


def test_what_computes_is_chosen_among_what_is_installed(look, qtbot):
    page = ComputingPage(look)
    told = listening(page, qtbot)
    page.show_settings(Settings(provider="cuda"))
    expected = ["Processor (CPU)", "CUDA (NVIDIA) (not installed)"]
    assert [page.provider.itemText(at) for at in range(2)] == expected
    assert page.provider.chosen_code == "cuda"
    page.show_providers(("cpu", "cuda"))
    assert page.provider.itemText(1) == "CUDA (NVIDIA)"
    QTest.keyClick(page.provider, Qt.Key.Key_Up)
    assert told == [("provider", "cpu")]
