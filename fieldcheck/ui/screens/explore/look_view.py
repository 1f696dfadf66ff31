"""One frame after the other on which label and model disagree, with three answers, and what they make of the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.ui.narrowing import content
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.choice import Choice
from fieldcheck.ui.widgets.fixed_lines import FixedLines
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.passing_note import PassingNote
from fieldcheck.ui.widgets.picture_grid import PictureGrid, Tile
from fieldcheck.ui.widgets.plain import card, column, label, scrolled
from fieldcheck.ui.widgets.still import Still
from fieldcheck.words.language import text

TILE = QSize(102, 58)
LIST, LIST_COMPACT, SIDE, SIDE_COMPACT = 262, 184, 296, 290
SIDES = ("field", "benchmark")


class LookView(QWidget):
    """A list on the left, the frame in the middle, the answers on the right."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.strip = JobStrip(look)
        self.on = Choice(look, text("Label source"), [("field", text("Field")), ("benchmark", text("Benchmark"))])
        self.grid = PictureGrid(look, text("Review queue"), TILE * (look.metrics.percent / 100), stacked=True)
        self.still = Still(look, text("Selected frame"))
        self.title = label(bold=True, wrap=True)
        self.truth, self.said = label(size="heading", wrap=True), label(size="heading", wrap=True)
        self.small = label(size="caption", tone="quiet", wrap=True)
        self.before, self.after, self.share, self.repeats = (label(wrap=True) for _ in range(4))
        self.warning = label(size="caption", tone="quiet", wrap=True)
        self.answers = [
            KeyButton(look, said, actions.key(one)).triggers(actions.get(one))
            for one, said in (
                ("explore.model_wrong", text("Model wrong")),
                ("explore.label_wrong", text("Label wrong")),
                ("explore.cannot_tell", text("Can't tell")),
            )
        ]
        self.instead = FixedLines(2, "caption")
        self.right = Choice(look, text("Correct class"), [])
        self.right.setProperty("elides", True)
        self.right.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._instead = ""
        self._passing = PassingNote(self)
        self._passing.changed.connect(self._show_instead)
        self.overlays = KeyButton(look, text("Overlays"), actions.key("explore.overlays")).triggers(actions.get("explore.overlays"))
        left = QVBoxLayout()
        left.setSpacing(look.metrics.px(6))
        left.addWidget(self.on)
        left.addWidget(self.grid, 1)
        self.left = QWidget()
        left.setContentsMargins(0, 0, 0, 0)
        self.left.setLayout(left)
        self.side = self._side()
        lower = QHBoxLayout()
        lower.setSpacing(look.metrics.px(12))
        lower.addWidget(self.left)
        lower.addWidget(self.still, 1)
        lower.addWidget(self.side)
        column(look, self.strip, (lower, 1), gap=6, on=self)

    def choose_side(self, on: str) -> None:
        """Whose labels are looked at: those of the `field` or of the `benchmark`."""
        self.on.choose(on)

    def allow_answers(self, can: bool) -> None:
        """Whether anything can be answered now."""
        for button in self.answers:
            button.setEnabled(can)

    def go_to(self, subject: str) -> None:
        """Looks at that one, where it is in the list."""
        at = self.grid.tiles.row_of(subject)
        if at >= 0:
            self.grid.setCurrentIndex(self.grid.tiles.index(at))

    def show_rows(self, tiles: Sequence[Tile]) -> None:
        """The list of what is to be looked at."""
        self.grid.show_tiles(tiles)

    def show_pictures(self, pictures: Mapping[str, QImage]) -> None:
        """Small pictures that have come."""
        self.grid.show_pictures(pictures)

    def show_nothing(self, said: str) -> None:
        """There is nothing to look at, and why."""
        self.show_words(said, "", "", "")
        self.show_instead("", (), "")
        self.still.show_image(None, said)

    def show_words(self, title: str, truth: str, said: str, small: str) -> None:
        """How far one is; what the label and what the model says of the frame; how sure, and what was answered."""
        for shown, words in ((self.title, title), (self.truth, truth), (self.said, said), (self.small, small)):
            shown.setText(words)

    def show_picture(self, image: QImage, said: str) -> None:
        """The frame, with or without marks."""
        self.still.show_image(image, said)

    def show_instead(self, said: str, classes: Sequence[str], chosen: str) -> None:
        """Replacement of a label that was wrong: one of the `classes`, the model's unless another is chosen, or what is
        `said`."""
        self._instead = said
        self._passing.end()
        self._show_instead()
        self.right.setVisible(bool(classes))
        if [self.right.itemText(at) for at in range(self.right.count())] != list(classes):
            self.right.clear()
            for name in classes:
                self.right.addItem(name, name)
        self.right.choose(chosen)

    def right_class(self) -> str:
        """The class that was chosen; empty where none can be."""
        return self.right.chosen_code if self.right.count() and not self.right.isHidden() else ""

    def show_note(self, said: str) -> None:
        """Why an answer was not taken: for a few seconds in the place of what is put instead of a wrong label."""
        self._passing.show(said)

    def _show_instead(self) -> None:
        self.instead.say(self._passing.text or self._instead, "warn" if self._passing.text else "")

    def show_scores(self, before: str, after: str, share: str, warning: str, repeats: str) -> None:
        """Shows the score after label review, and how far labels can be trusted; what is empty takes no room."""
        said = (before, after, share, warning, repeats)
        for shown, words in zip((self.before, self.after, self.share, self.warning, self.repeats), said, strict=True):
            shown.setText(words)
            shown.setVisible(bool(words))

    def show_boxes_key(self, shown: bool) -> None:
        """The key that hides boxes is there only where there are any."""
        self.overlays.setVisible(shown)

    def set_compact(self, compact: bool) -> None:
        """In narrow windows."""
        px = self._look.metrics.px
        self.left.setFixedWidth(px(LIST_COMPACT if compact else LIST))
        self.side.setFixedWidth(px(SIDE_COMPACT if compact else SIDE))

    def _side(self) -> QWidget:
        frame = card(self._look)
        inside = content(frame)
        inside.setSpacing(self._look.metrics.px(6))
        for part in (self.title, self.truth, self.said, self.small):
            inside.addWidget(part)
        below: list[QWidget] = [*self.answers, self.instead, self.right, self.overlays]
        for one in below:
            inside.addWidget(one)
        told = QWidget()
        lines = column(self._look, self.before, self.after, self.share, self.warning, self.repeats, gap=4)
        lines.addStretch(1)
        told.setLayout(lines)
        area = scrolled(told)
        area.setMinimumHeight(self._look.metrics.px(40))  # Qt asks for more than low windows have
        inside.addWidget(area, 1)
        return frame
