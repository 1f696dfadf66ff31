import pytest
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication, QLabel

from fieldcheck.analyses.names_and_numbers import get_readiness_sign
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.plot import GapChart, PlotAxis
from fieldcheck.ui.screens.explore.view import SHAPES, HeadlinePanel, VerdictBadge
from fieldcheck.ui.theme import get_glyph

READINESS = ("not_ready", "not_shown", "supervised_trial", "not_enough", "not_comparable")
HEADLINE = (
    "Benchmark 94% → Field 53% (36–69%).",
    "Gap 41 pp (24–58).",
    "Inconclusive: label about 12 more frames.",
)


def test_every_verdict_has_a_shape_of_its_own():
    assert set(SHAPES) == {get_readiness_sign(code) for code in READINESS}
    assert len({get_glyph(name) for name in SHAPES.values()}) == len(READINESS)


@pytest.mark.parametrize(
    ("sign", "ground"),
    [
        ("octagon", "alarm"),
        ("triangle", "warn"),
        ("unequal", "warn"),
        ("tick", "panel"),
        ("ring", "panel"),
    ],
)
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
    band.show_headline(
        "Inconclusive",
        "ring",
        HEADLINE,
        ("95% ranges.", "On this footage alone."),
        ("Right on 3 of 9.",),
    )
    assert band.scores.text() == " ".join(HEADLINE[:2])
    assert band.open.text() == HEADLINE[2]
    assert band.get_text() == " ".join(
        (*HEADLINE, "95% ranges.", "On this footage alone.", "Right on 3 of 9.")
    )
    band.show_headline("Not ready", "octagon", HEADLINE[:2], (), ())
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
    band.show_headline("Not ready", "octagon", HEADLINE[:2], ("95% ranges.",), ())
    benchmark = Estimate.from_limits(0.94, 0.91, 0.96, n=400, n_eff=400, method="wilson")
    axis = PlotAxis(0.0, 1.0, ((0.0, "0%"), (1.0, "100%")))
    band.show_chart(
        GapChart(benchmark, field, camera, ("B 94%", "F 53%", "41 pp"), axis, "Chart: F 53%")
    )
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
