"""The stress screen: the live pictures, with corruptions on the left and answers on the right; the sweep; the probes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.domain.file_kinds import PICTURE_ENDINGS, VIDEO_ENDINGS, patterns
from fieldcheck.ui.narrowing import content, laid
from fieldcheck.ui.screens.stress.answer_bars import AnswerBars
from fieldcheck.ui.screens.stress.captions import StressContent
from fieldcheck.ui.screens.stress.charts import ConfidenceChart, UncertaintyChart, counted, heard
from fieldcheck.ui.screens.stress.favourites import Favourites, Under
from fieldcheck.ui.screens.stress.live_statistics import ConfidenceTally, TallyMoment
from fieldcheck.ui.screens.stress.ood_page import OodPage
from fieldcheck.ui.screens.stress.sets_line import SetsLine
from fieldcheck.ui.screens.stress.severity_slider import SeveritySlider
from fieldcheck.ui.screens.stress.sweep_page import SweepPage
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.chart_table import ChartTable
from fieldcheck.ui.widgets.choice import Choice
from fieldcheck.ui.widgets.choose import choose_file
from fieldcheck.ui.widgets.file_filters import with_all
from fieldcheck.ui.widgets.fixed_lines import FixedLines
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.focus import lead_focus
from fieldcheck.ui.widgets.frame_view import FrameView
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import PageButtons, Pages
from fieldcheck.ui.widgets.plain import card, column, label, plain_tip, row, rule, set_tone
from fieldcheck.words.language import text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


SIDE, SIDE_COMPACT = 312, 260
PICTURES_FIRST = 40  # more than their least height before the line of uncertainty takes room from them
LETTERS, LETTERS_COMPACT = 12, 5  # of the name of what is looked at


class StressView(QWidget):
    """Signals are a person's choices."""

    source_chosen = Signal(str)
    file_chosen = Signal(str)
    corruption_chosen = Signal(int)
    all_asked = Signal()
    taken_out = Signal(int)
    severity_chosen = Signal(float)
    class_chosen = Signal(int)

    def __init__(self, look: Look, actions: Actions, favourites: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self._compact, self._third = False, True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # keys belong to the pictures, not to the button pressed last
        self.shown: StressContent | None = None
        self.original = FrameView(look, text("Original"))
        self.corrupted = FrameView(look, text("Corrupted"))
        self.seen = FrameView(look, text("Model input"), honest=True)
        self.favourites = Favourites(look, favourites)
        self.under = Under(look)
        self.switch = PageButtons(look, actions, "stress", {"live": text("Live"), "sweep": text("Sweep"), "probes": text("OOD")})
        self.sets = SetsLine(look)
        self.sweep, self.probes = SweepPage(look, actions), OodPage(look, actions)
        self.severity = SeveritySlider(look)
        self.severity.setToolTip(text("Hold Alt to drag between two steps."))
        self.meaning = label(size="caption", tone="quiet", wrap=True)
        self.answers = AnswerBars(look)
        self.said = label(wrap=True)
        self.confidence, self.uncertainty = ConfidenceChart(look), UncertaintyChart(look)
        self.tables = (ChartTable(look, self.confidence), ChartTable(look, self.uncertainty), self.sweep.figures_of_curves)
        self.sources, self.classes = _chooser(look, text("Source")), _chooser(look, text("Histogram class"))
        self.classes.setMinimumContentsLength(7)
        self.sources.setMinimumContentsLength(LETTERS)
        self.sources.setProperty("elides", True)  # names of files are as long as they are; the tooltip has the whole of one
        self._lay_out()
        self.sources.activated.connect(self._source_activated)
        self.classes.activated.connect(self.class_chosen)
        self.favourites.chosen.connect(self.corruption_chosen)
        self.favourites.more.connect(self.all_asked)
        self.under.taken_out.connect(self.taken_out)
        self.severity.chosen.connect(self.severity_chosen)

    def turn_to(self, page: str) -> None:
        """Shows one of the three pages; keys go to what is on it."""
        self.switch.show_part(page)
        for tool in self._tools:
            tool.setVisible(page == "live")
        self._line.fill(page == "live")
        self.pages.turn_to({"live": self.live, "sweep": self.sweep, "probes": self.probes}[page])
        self._show_sets()
        to = {"live": None, "sweep": self.sweep.front, "probes": self.probes.families}[page]
        lead_focus(self, to)
        if self.isVisible():  # whatever had the keys may be hidden now
            (to or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_sets(self, sets: Sequence[tuple[str, str]]) -> None:
        """The three sets to test on, each with its score."""
        self.sets.show_sets(sets)
        self._show_sets()

    def show_swept(self, said: str) -> None:
        """Shows the sweep's result of the recipe that is looked at; nothing where it was not there."""
        self.swept.setText(said)
        self._show_swept()

    def show_result(self, shown: StressContent) -> None:
        """Pictures and answers of one frame, in one go."""
        self.shown = shown
        for view, picture in ((self.original, shown.original), (self.corrupted, shown.corrupted), (self.seen, shown.seen)):
            if picture is None:
                view.show_nothing(text("Model input"), text("No model."))
            else:
                view.show_frame(picture.rgb, picture.title, picture.description, picture.crop, picture.marks)
        self.answers.show_rows(shown.rows)
        self._say(shown.said, shown.warns)

    def show_nothing(self, sentence: str) -> None:
        """No frame, and why."""
        self.shown = None
        for view in (self.original, self.corrupted, self.seen):
            view.show_nothing(view.accessibleName(), sentence)
        self.answers.show_rows(())
        self.favourites.show_no_pictures()
        self._say(sentence, False)

    def show_sources(self, choices: Sequence[tuple[str, str]], key: str) -> None:
        """Shows the sources, as (key, name); the one of that key is chosen."""
        self.sources.clear()
        for choice, name in choices:
            self.sources.addItem(name, choice)
        self.sources.setCurrentIndex(self.sources.findData(key))
        self.sources.setEnabled(bool(choices))
        self.sources.setToolTip(plain_tip(self.sources.currentText()))

    def show_recipe(self, corruption: str, severity: float, meaning: str, under: Sequence[tuple[str, float]] = ()) -> None:
        """Shows the recipe from now on, after those that lie `under` it."""
        self.favourites.choose(corruption)
        self.severity.show_severity(severity)
        self.meaning.setText(meaning)
        self.under.show_steps(under)
        self.favourites.set_compact(self._compact, low=bool(under))

    def show_likeness(self, said: str) -> None:
        """How like the original the corrupted picture still is; nothing while that is not measured."""
        self.likeness.setText(said)

    def show_tip(self, said: str) -> None:
        """At which severity the held frame flips; nothing while none is held."""
        self.tip.setText(said)
        self.tip.setVisible(bool(said))
        self._meant.setVisible(not (self._compact and said))  # there is room for one line

    def show_difference(self, on: bool) -> None:
        """Whether the difference stands in place of the corrupted picture."""
        self.difference.setChecked(on)

    def show_thumbnails(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        """(h, w, 3) uint8 RGB each, by the name of the corruption."""
        self.favourites.show_pictures(pictures)

    def show_held(self, held: bool) -> None:
        """Whether the frame is held."""
        self.hold.setChecked(held)
        self.hold.say(text("Continue") if held else text("Pause"))

    def show_third(self, third: bool) -> None:
        """Whether what the model sees is shown. Where there is room for two pictures only, it takes the place of the original."""
        self._third = third
        self.third.setChecked(third)
        self._arrange()

    def show_classes(self, names: Sequence[str], chosen: int) -> None:
        """All classes and each of them; `chosen` 0 is all."""
        if self.classes.count() != len(names) + 1 or any(self.classes.itemText(at + 1) != name for at, name in enumerate(names)):
            self.classes.clear()
            self.classes.addItems([text("all classes"), *names])
        self.classes.setCurrentIndex(chosen)

    def show_confidence(self, confidence: ConfidenceTally) -> None:
        """The histogram."""
        self.confidence.show_confidence(confidence)
        self.counted.setText(counted(confidence.n_frames))
        self.in_words.setText(heard(confidence) if confidence.n_frames else "")

    def show_moments(self, moments: Sequence[TallyMoment], now: float) -> None:
        """The line of uncertainty."""
        if not self._uncertainty_card.isHidden():
            self.uncertainty.show_moments(moments, now)

    def turn_charts(self) -> None:
        """The charts as tables, or as charts again; a table that is shown has the keys then."""
        as_tables = [one.flip() for one in self.tables]
        if not as_tables[0]:
            self.setFocus()

    def show_numbers(self, said: str, warns: bool) -> None:
        """How the live view keeps up."""
        self.numbers.setText(said)
        set_tone(self.numbers, "warn" if warns else "quiet")

    def ask_file(self) -> None:
        """Lets a person choose a file; `file_chosen` is the answer."""
        kinds = with_all(text("Videos and images"), patterns(VIDEO_ENDINGS, PICTURE_ENDINGS))
        choose_file(self, text("Open video or image"), kinds, self._file_chosen)

    def set_compact(self, compact: bool) -> None:
        """Two pictures instead of three, lower thumbnails, a narrower panel."""
        if compact != self._compact:
            self._compact, self._third = compact, not compact
            self.third.setChecked(self._third)
            self.favourites.set_compact(compact, low=not self.under.isHidden())
            self.show_tip(self.tip.text())
            for part in (self._legend, self.in_words):  # the chart still says them to whoever asks it
                part.setVisible(not compact)
            self.sources.setMinimumContentsLength(LETTERS_COMPACT if compact else LETTERS)  # the line of tools has room in every language
            self._side.setFixedWidth(self._look.metrics.px(SIDE_COMPACT if compact else SIDE))
            self.sweep.set_compact(compact)
            self._show_sets()
            self._show_swept()
            self._arrange()

    @property
    def third_shown(self) -> bool:
        """Whether what the model sees is shown."""
        return self._third

    def heightForWidth(self, width: int) -> int:
        """The least height, not the one that would be nicest: charts and pictures take what there is, the line of uncertainty gives way."""
        top = self._line.heightForWidth(width) + self._look.metrics.px(8)
        if not self.sets.isHidden():
            top += self.sets.heightForWidth(width) + self._look.metrics.px(8)
        if self.pages.shown is not self.live:
            return top + laid(self.pages.shown).totalMinimumHeightForWidth(width)
        left = width - self._side.width() - self._look.metrics.px(12)
        uncertainty = 0 if self._uncertainty_card.isHidden() else self._uncertainty_height()
        lower = max(self._left.minimumHeightForWidth(left) - uncertainty, laid(self._side).totalMinimumHeightForWidth(self._side.width()))
        return top + lower

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        spare = self.height() - self.heightForWidth(self.width()) - self._uncertainty_height()
        self._uncertainty_card.setVisible(spare >= self._look.metrics.px(PICTURES_FIRST))

    def _uncertainty_height(self) -> int:
        """With the gap above it."""
        return self._uncertainty_card.minimumSizeHint().height() + self._look.metrics.px(8)

    def _show_sets(self) -> None:
        """In the small window the pictures need their line."""
        self.sets.setVisible(bool(self.sets.said()) and not (self._compact and self.pages.shown is self.live))

    def _show_swept(self) -> None:
        self.swept.setVisible(bool(self.swept.text()) and not self._compact)

    def _arrange(self) -> None:
        self.seen.setVisible(self._third)
        self.original.setVisible(not (self._compact and self._third))

    def _say(self, sentence: str, warns: bool) -> None:
        if sentence != self.said.text():
            self.said.setText(sentence)
        self.said.setProperty("weight", "bold" if warns else "")
        set_tone(self.said, "warn" if warns else "")

    def _file_chosen(self, path: Path) -> None:
        self.file_chosen.emit(str(path))

    def _source_activated(self, place: int) -> None:
        self.source_chosen.emit(self.sources.itemData(place))

    def _lay_out(self) -> None:
        gap = self._look.metrics.px(8)
        left = self._left = QVBoxLayout()
        left.setSpacing(gap)
        left.addLayout(row(self._look, self.original, self.corrupted, self.seen, gap=4), 3)
        left.addWidget(self.favourites)
        left.addWidget(self.under)
        left.addLayout(self._scale())
        self._uncertainty_card = self._uncertainty()
        left.addWidget(self._uncertainty_card, 2)
        self.live = QWidget()
        whole = row(self._look, gap=12, on=self.live)
        self.pages = Pages(self.live, self.sweep, self.probes)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(gap)
        self._line = self._top()
        page.addLayout(self._line)
        page.addWidget(self.sets)
        page.addWidget(self.pages, 1)
        whole.addLayout(left, 1)
        self._side = self._panel()
        self._side.setFixedWidth(self._look.metrics.px(SIDE))
        whole.addWidget(self._side)

    def _top(self) -> Flow:
        self.sources.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.open = self._button(text("Open"), "stress.open", text("Open video or image"))
        self.third = self._button(text("Model input"), "stress.third", text("Show or hide model input"))
        self.hold = self._button(text("Pause"), "stress.freeze", text("Pause on this frame"))
        self.difference = self._button(text("Difference"), "stress.difference", text("Show difference from original"))
        for button in (self.third, self.hold, self.difference):
            button.setCheckable(True)
        self.third.setChecked(True)
        self._tools = (self.sources, self.open, self.third, self.difference, self.hold)
        line = Flow(self._look.metrics.px(6), fills=True)
        for widget in (*self.switch.buttons.values(), *self._tools):
            line.addWidget(widget)
        return line

    def _button(self, said: str, action: str, tip: str, shrinks: bool = False) -> KeyButton:
        button = KeyButton(self._look, said, self._actions.key(action), shrinks=shrinks).triggers(self._actions.get(action))
        button.setToolTip(plain_tip(tip))
        return button

    def _scale(self) -> QVBoxLayout:
        self.combine = self._button(text("Combine…"), "stress.combine", text("Add a second corruption"), shrinks=True)
        self.tip = label(bold=True, wrap=True)
        self.tip.hide()
        line = row(self._look, label(text("Severity"), bold=True), self.severity, self.combine)
        line.setStretch(1, 1)
        self.likeness = label(size="caption", tone="quiet")
        said = row(self._look, self.meaning, self.likeness, gap=12)
        said.setStretch(0, 1)
        self._meant = _wrapped(said)
        return column(self._look, _wrapped(line), self._meant, self.tip, gap=2)

    def _uncertainty(self) -> QFrame:
        told = FixedLines(size="caption", tone="quiet")
        told.setAlignment(Qt.AlignmentFlag.AlignRight)
        told.say(
            text("● prediction changed: click a mark or press {key} to pause on that frame").format(key=self._actions.key("stress.back")),
            "quiet",
        )
        head = row(self._look, label(text("Uncertainty, last minute"), size="caption", bold=True), (told, 1))
        made = card(self._look)
        content(made).setSpacing(0)
        content(made).setContentsMargins(*[self._look.metrics.px(8)] * 4)
        content(made).addLayout(head)
        content(made).addWidget(self.tables[1], 1)
        return made

    def _panel(self) -> QFrame:
        self.counted = label(counted(0), bold=True, wrap=True)
        self.in_words = label(size="caption", tone="quiet", wrap=True)
        self.numbers = label(size="caption", tone="quiet", wrap=True)
        self.said.setMinimumHeight(2 * self.said.fontMetrics().height())
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        head = row(self._look, self.counted, self.classes)
        head.setStretch(0, 1)
        made = card(self._look)
        inside = content(made)
        inside.setSpacing(self._look.metrics.px(6))
        for widget in (label(text("Top predictions"), bold=True, wrap=True), self.answers, self.said, rule()):
            inside.addWidget(widget)
        inside.addLayout(head)
        inside.addWidget(self.tables[0], 1)
        self._legend = label(text("Bars: now (click to pause on a frame). Line: clean."), size="caption", tone="quiet", wrap=True)
        self.confidence.setToolTip(plain_tip(self._legend.text()))
        self.swept = label(wrap=True)
        self.swept.hide()
        for widget in (self._legend, self.in_words, rule(), self.swept, self.numbers):
            inside.addWidget(widget)
        return made


def _chooser(look: Look, name: str) -> Choice:
    made = Choice(look, name, [])
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(8)
    made.setProperty("elides", True)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def _wrapped(line: QHBoxLayout) -> QWidget:
    made = QWidget()
    made.setLayout(line)
    return made
