import shutil
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from fieldcheck.analyses.blocks import Cell
from fieldcheck.analyses.failures import ConfusionCounts
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import ScoreRow
from fieldcheck.report.explore_data import ExploreData
from fieldcheck.ui.screens.explore.breakdown import describe_missing_part
from fieldcheck.ui.screens.explore.items import MODES
from fieldcheck.ui.screens.explore.view import ExploreView
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.result_view import ResultContent
from tests.counts import rows

LINE = ScoreRow(
    "crack",
    40,
    "50% (30–70%)",
    Estimate.from_limits(0.5, 0.3, 0.7, n=40, n_eff=40, method="wilson"),
)
FOUND = ExploreData(
    "Not ready", "not_ready", "octagon", ("Benchmark 94% → Field 53% (36–69%).",
    "Gap 41 pp (24–58)."), ("Ranges.",), ("Counts.",), "because of gap 41 pp (24–58), limit 3 pp.",
    (LINE,), ConfusionCounts(("ok", "crack"), ("OK: ok", "crack"), ((Cell("3"),) * 2,) * 2),
    (), "",
)  # fmt: skip
CONTENT = ResultContent("Not ready", "octagon", " ".join(FOUND.headline), no_errors="No error.")


@pytest.fixture
def view(window, shown):
    return shown(ExploreView(window.context.theme, window.context.actions), 1170, 590)


@pytest.mark.long
def test_figures_fill_result_and_tables(view):
    view.show_figures(FOUND, CONTENT, "")
    assert view.result.verdict.text() == "Not ready"
    classes, counts = view.breakdown.classes, view.breakdown.confusion.table.counts
    assert (classes.rowCount(), classes.get_score_row(0)) == (1, LINE)
    assert (counts.rowCount(), counts.columnCount()) == (2, 3)
    assert view.note.isHidden()


def test_what_is_left_out_is_said_under_the_result(view):
    view.show_figures(FOUND, CONTENT, "2 picked frames are not labelled yet.")
    assert view.note.text() == "2 picked frames are not labelled yet."
    assert not view.note.isHidden()


@pytest.mark.long
def test_old_figures_are_greyed_while_others_are_worked_out(view):
    view.show_figures(FOUND, CONTENT, "")
    place = view.result.geometry()
    view.set_stale(True)
    QApplication.processEvents()
    assert not view.busy.isHidden()
    assert not view.result.verdict.isEnabled()
    assert view.result.geometry() == place, "the words that say so move nothing"
    view.set_stale(False)
    assert view.busy.isHidden()
    assert view.result.verdict.isEnabled()


@pytest.mark.long
def test_what_is_missing_is_said_with_its_buttons(view):
    view.show_empty("No frames are picked yet.", ["go.pick"])
    assert view.pages.current_page is view.placeholder
    view.show_figures(FOUND, CONTENT, "")
    assert view.pages.current_page is view.figures


def test_without_classes_to_compare_the_matrix_is_empty(view):
    view.show_figures(replace(FOUND, classes=(), confusion=None), CONTENT, "")
    assert view.breakdown.confusion.table.counts.rowCount() == 0
    assert view.breakdown.classes.rowCount() == 0


@pytest.mark.long
@pytest.mark.parametrize("part", ["confusion", "classes"])
def test_where_a_model_gives_no_classes_one_sentence_says_so_and_what_to_do(
    explore, every_made, tmp_path, do, window, part
):
    screen = explore(shutil.copytree(every_made["boxed"], tmp_path / "boxed.fieldcheck"))
    do(part)
    view = screen.view.breakdown
    assert view.placeholder.isVisible()
    assert not view.frames.isVisible()
    assert view.placeholder.sentence == describe_missing_part(part)
    (button,) = view.placeholder.findChildren(KeyButton)
    button.click()
    assert screen.view.frames.grid.isVisible()
    do("slices")
    assert view.frames.isVisible()


@pytest.mark.long
def test_before_there_are_figures_the_matrix_says_what_is_missing(explore, folder, do):
    screen = explore(folder("drawn"))
    do("confusion")
    assert screen.view.breakdown.placeholder.isVisible()
    assert screen.view.breakdown.placeholder.sentence == screen.view.placeholder.sentence


@pytest.mark.long
def test_each_part_has_a_tab_with_its_key_and_its_count_and_one_is_shown(explore, folder, window):
    screen = explore(folder("labelled"))
    modes, found = screen.view.modes, screen.presenter.session.explore_data
    assert list(modes.buttons) == list(MODES)
    assert modes.buttons["map"].accessibleName() == "Map, 3"
    assert modes.buttons["frames"].accessibleName() == f"Frames, {found.n_wrong}, 2"
    assert modes.buttons["look"].accessibleName() == f"Label review, {found.n_open}, 4"
    modes.show_part("look")
    assert [code for code, button in modes.buttons.items() if button.isChecked()] == ["look"]


@pytest.mark.long
def test_a_press_turns_to_the_part(explore, folder, settle):
    screen = explore(folder("labelled"))
    for mode in (*MODES[1:], "gap"):
        screen.view.modes.buttons[mode].click()
        settle()
        assert screen.presenter.session.mode == mode
    screen = explore(folder("empty"))
    assert screen.presenter.session.mode == "gap"


@pytest.mark.long
@pytest.mark.parametrize("language", rows(["de"], full=["en"]))
@pytest.mark.parametrize("size", [(1366, 690), (1092, 552)])
def test_the_verdict_is_visible_with_large_text_and_buttons(
    window, explore, folder, settle, size, language
):
    window.resize(*size)
    window.preferences.update(size=175, gloves=True, language=language)
    view = explore(folder("labelled")).view
    settle()
    QApplication.processEvents()
    verdict = view.result.verdict
    place = window._pages["explore"].viewport()
    shown = verdict.rect().translated(verdict.mapTo(place, QPoint(0, 0)))
    assert verdict.isVisible()
    assert place.rect().contains(shown)
    if size == (1366, 690):
        assert window._pages["explore"].horizontalScrollBar().maximum() == 0
