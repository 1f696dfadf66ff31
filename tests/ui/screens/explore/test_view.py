from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QFontInfo, QImage
from PySide6.QtWidgets import QApplication, QLabel

from fieldcheck.analyses.blocks import Cell, ImageBlock
from fieldcheck.analyses.failures import ConfusionCounts
from fieldcheck.analyses.names_and_numbers import get_readiness_sign
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report import GapChart, PlotAxis, ScoreRow
from fieldcheck.paths import get_resource_path
from fieldcheck.report.explore_data import ExploreData
from fieldcheck.ui.screens.explore.state import MODES
from fieldcheck.ui.screens.explore.view import SHAPES, ExploreView, HeadlinePanel, VerdictBadge
from fieldcheck.ui.widgets.thumbnail_grid import Tile

LINE = ScoreRow(
    "crack",
    40,
    "50% (30–70%)",
    Estimate.from_limits(0.5, 0.3, 0.7, n=40, n_eff=40, method="wilson"),
)
FRAMES = tuple(
    ImageBlock(
        b"",
        f"Frame f{at}",
        (("Label", "crack"), ("Prediction", answer)),
        f"confidence 0.{99 - at}",
        f"f{at}",
    )
    for at, answer in enumerate(("ok", "burr"))
)
TILES = [Tile(one.frame_id, "crack → ok", one.small, one.alt) for one in FRAMES]
FOUND = ExploreData(
    "Not ready", "not_ready", "octagon", ("Benchmark 94% → Field 53% (36–69%).",
    "Gap 41 pp (24–58)."), ("Ranges.",), ("Counts.",), "because of gap 41 pp (24–58), limit 3 pp.",
    (LINE,), ConfusionCounts(("ok", "crack"), ("OK: ok", "crack"), ((Cell("3"),) * 2,) * 2),
    FRAMES, "",
)  # fmt: skip


def red():
    image = QImage(16, 9, QImage.Format.Format_RGB32)
    image.fill(QColor("#c02020"))
    return image


@pytest.fixture
def view(window, shown):
    return shown(ExploreView(window.context.theme, window.context.actions), 1170, 590)


def test_figures_fill_band_tables_and_grid(view):
    view.show_figures(FOUND, {"f0": red()}, TILES, "")
    assert view.band.verdict.verdict_text == "Not ready"
    assert view.band.open.text() == "Because of gap 41 pp (24–58), limit 3 pp."
    assert (view.tables.classes.rowCount(), view.tables.classes.get_score_row(0)) == (1, LINE)
    assert (view.tables.counts.rowCount(), view.tables.counts.columnCount()) == (2, 2)
    assert view.grid.tiles.rowCount() == 2
    assert view.note.isHidden()


def test_the_frame_that_is_looked_at_says_who_said_what(view):
    view.show_figures(FOUND, {"f0": red()}, TILES, "")
    expected = [("Label", "crack"), ("Prediction", "ok")]
    assert [(name.text(), said.text()) for name, said in view.facts] == expected
    assert view.still.image.width() == 16
    view.grid.setCurrentIndex(view.grid.tiles.index(1))
    assert view.facts[1][1].text() == "burr"
    assert view.small.text() == "confidence 0.98"
    assert view.still.accessibleDescription() == "Frame f1"
    assert view.still.image.isNull()


def test_without_wrong_answers_there_is_a_sentence(view):
    view.show_figures(FOUND, {"f0": red()}, TILES, "2 picked frames are not labelled yet.")
    assert view.note.text() == "2 picked frames are not labelled yet."
    view.show_figures(FOUND, {}, [], "")
    assert view.side.isHidden()
    assert [said.text() for _, said in view.facts] == ["", ""]


def test_old_figures_are_greyed_while_others_are_worked_out(view):
    view.show_figures(FOUND, {}, TILES, "")
    view.set_stale(True)
    assert not view.busy.isHidden()
    assert not view.band.verdict.isEnabled()
    view.set_stale(False)
    assert view.busy.isHidden()
    assert view.band.verdict.isEnabled()


def test_a_narrow_window_shows_one_table_at_a_time(view):
    view.show_figures(FOUND, {}, TILES, "")
    assert not view.tables.class_part.isHidden()
    assert not view.tables.count_part.isHidden()
    assert view.tables.to_counts.isHidden()
    view.set_compact(True)
    assert not view.tables.to_counts.isHidden()
    assert view.tables.count_part.isHidden()
    view.tables.to_counts.click()
    assert (view.tables.class_part.isHidden(), view.tables.count_part.isHidden()) == (True, False)
    assert (view.tables.to_classes.isChecked(), view.tables.to_counts.isChecked()) == (False, True)
    view.tables.to_classes.click()
    assert (view.tables.class_part.isHidden(), view.tables.count_part.isHidden()) == (False, True)
    view.set_compact(False)
    assert not view.tables.count_part.isHidden()


def test_what_is_missing_is_said_with_its_buttons(view):
    view.show_empty("No frames are picked yet.", ["go.pick"])
    assert view.pages.current_page is view.placeholder
    view.show_figures(FOUND, {}, TILES, "")
    assert view.pages.current_page is view.figures


def test_without_classes_to_compare_there_are_no_empty_tables(view):
    view.show_figures(replace(FOUND, classes=(), confusion=None), {}, TILES, "")
    assert view.tables.isHidden()
    view.show_figures(FOUND, {}, TILES, "")
    assert not view.tables.isHidden()


def test_each_part_has_a_button_with_its_key_and_one_is_shown(explore, folder):
    modes = explore(folder("labelled")).view.modes
    assert list(modes.buttons) == list(MODES)
    assert modes.buttons["map"].accessibleName() == "Similarity map, 3"
    modes.show_part("look")
    assert [code for code, button in modes.buttons.items() if button.isChecked()] == ["look"]


def test_a_press_turns_to_the_part(explore, folder, settle):
    screen = explore(folder("labelled"))
    for mode in (*MODES[1:], "gap"):
        screen.view.modes.buttons[mode].click()
        settle()
        assert screen.presenter.session.mode == mode
    screen = explore(folder("empty"))
    assert screen.presenter.session.mode == "gap"


def test_the_nearest_benchmark_image_stands_under_the_current_frame_alone(view):
    view.show_figures(FOUND, {"f0": red()}, TILES, "")
    assert view.other.isHidden()
    assert view.nearest.isHidden()
    view.show_comparison("f0", red(), "Nearest in the benchmark: crack/dim/1.jpg")
    assert view.other.image.width() == 16
    assert view.other.accessibleDescription() == "Nearest in the benchmark: crack/dim/1.jpg"
    assert view.nearest.isVisible()
    sentence = "Nearest in the benchmark: of a frame that was left meanwhile"
    view.show_comparison("f1", red(), sentence)
    assert view.nearest.text() == "Nearest in the benchmark: crack/dim/1.jpg"
    view.show_comparison("f0", None, "")
    assert view.other.isHidden()
    assert view.nearest.isHidden()


@pytest.mark.parametrize("size", [(1366, 690), (1092, 552)])
def test_the_verdict_is_visible_with_large_text_and_buttons(window, explore, folder, settle, size):
    window.resize(*size)
    window.preferences.update(size=175, gloves=True)
    view = explore(folder("labelled")).view
    settle()
    QApplication.processEvents()
    verdict = view.band.verdict
    place = window._pages["explore"].viewport()
    shown = verdict.rect().translated(verdict.mapTo(place, QPoint(0, 0)))
    assert verdict.isVisible()
    assert place.rect().contains(shown)
    if size == (1366, 690):
        assert window._pages["explore"].horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", [(1366, 690), (1092, 552)])
def test_no_caption_of_the_headline_lies_under_the_tables_however_large_it_is(
    window, explore, folder, settle, size, language
):
    window.resize(*size)
    window.preferences.update(size=175, gloves=True, language=language)
    view = explore(folder("labelled")).view
    settle()
    QApplication.processEvents()
    foot = view.band.counts.mapTo(view, view.band.counts.rect().bottomLeft()).y()
    assert view.band.counts.isVisible()
    assert foot < min(part.mapTo(view, QPoint(0, 0)).y() for part in (view.tables, view.worst))


READINESS = ("not_ready", "not_judgeable", "supervised_trial", "not_enough", "not_comparable")
HEADLINE = (
    "Benchmark 94% → Field 53% (36–69%).",
    "Gap 41 pp (24–58).",
    "Inconclusive: label about 12 more frames.",
)


def test_every_verdict_has_a_shape_of_its_own():
    assert set(SHAPES) == {get_readiness_sign(code) for code in READINESS}
    assert len(
        {get_resource_path(f"icons/{name}.svg").read_text() for name in SHAPES.values()}
    ) == len(READINESS)


@pytest.mark.parametrize(("sign", "ground"), [
    ("octagon", "alarm"),
    ("triangle", "warn"),
    ("unequal", "warn"),
    ("tick", "panel"),
    ("ring", "panel"),
])  # fmt: skip
def test_only_not_ready_is_red(qtbot, look, sign, ground):
    verdict = VerdictBadge(look)
    qtbot.addWidget(verdict)
    verdict.show_verdict("Not ready", sign)
    verdict.resize(verdict.sizeHint())
    painted = verdict.grab().toImage()
    actual = painted.pixelColor(6, painted.height() // 2).name()
    assert actual == QColor(getattr(look.tokens, ground)).name()
    assert (verdict.accessibleName(), verdict.verdict_text) == ("Not ready", "Not ready")


def test_an_old_verdict_is_grey(qtbot, look):
    verdict = VerdictBadge(look)
    qtbot.addWidget(verdict)
    verdict.show_verdict("Not ready", "octagon")
    verdict.setEnabled(False)
    painted = verdict.grab().toImage()
    assert painted.pixelColor(6, painted.height() // 2).name() == QColor(look.tokens.panel).name()


def test_the_sentences_stand_as_they_are(qtbot, look):
    band = HeadlinePanel(look)
    qtbot.addWidget(band)
    under = ("95% ranges.", "On this footage alone.")
    band.show_headline(
        "Inconclusive", "ring", HEADLINE, "because of x.", under, ("Right on 3 of 9.",)
    )
    assert band.scores.text() == " ".join(HEADLINE[:2])
    assert band.open.text() == f"Because of x. {HEADLINE[2]}"
    assert band.get_text() == " ".join(
        (
            *HEADLINE[:2],
            "Because of x.",
            HEADLINE[2],
            "95% ranges.",
            "On this footage alone.",
            "Right on 3 of 9.",
        )
    )
    band.show_headline("Not ready", "octagon", HEADLINE[:2], "", (), ())
    assert band.open.isHidden()
    assert band.counts.isHidden()
    assert band.get_text() == " ".join(HEADLINE[:2])


def test_the_verdict_is_the_largest_and_the_chart_stands_beside_it_where_there_is_room(qtbot, look):
    band = HeadlinePanel(look)
    qtbot.addWidget(band)
    band.resize(1170, 200)
    band.show()
    field, camera = (
        Estimate.from_limits(0.53, lo, hi, n=100, n_eff=100, method="wilson")
        for lo, hi in ((0.43, 0.62), (0.36, 0.69))
    )
    band.show_headline("Not ready", "octagon", HEADLINE[:2], "", ("95% ranges.",), ())
    benchmark = Estimate.from_limits(0.94, 0.91, 0.96, n=400, n_eff=400, method="wilson")
    axis = PlotAxis(0.0, 1.0, ((0.0, "0%"), (1.0, "100%")))
    labels = ("B 94%", "F 53%", "41 pp")
    band.show_chart(GapChart(benchmark, field, camera, labels, axis, "Chart: F 53%"))
    assert band.chart.isVisible()
    assert "F 53%" in band.chart.accessibleName()
    assert band.verdict.y() < band.scores.y()
    heights = [QFontInfo(one.font()).pixelSize() for one in band.findChildren(QLabel)]
    assert band.verdict._make_font().pixelSize() > max(heights)
    band.set_compact(True)
    QApplication.processEvents()
    assert not band.chart.isVisible()
    assert band.verdict.x() > band.scores.x()
    assert band.verdict._make_font().pixelSize() > max(heights)
    band.show_chart(None)
    band.set_compact(False)
    assert not band.chart.isVisible()
