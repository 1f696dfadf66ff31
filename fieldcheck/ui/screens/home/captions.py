"""Texts and small widgets of the Home screen: captions, rows of a card, model input preview, and
the card itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck import paths
from fieldcheck.files import ELSEWHERE
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import format_interval, format_limit, format_percent, format_points
from fieldcheck.safe_text import shorten_middle
from fieldcheck.ui import formatting
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens import get_next_step, get_screen_name
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import EDGE, PAD, KeyButton
from fieldcheck.ui.widgets.images_and_zoom import BoxMark, FrameView
from fieldcheck.ui.widgets.layouts import (
    PlainLabel,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    set_tone,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.analyses import names_and_numbers, retraining
    from fieldcheck.domain import estimate
    from fieldcheck.domain.model_card import FieldRange, Training
    from fieldcheck.domain.project_state import RecentProject
    from fieldcheck.models import messages
    from fieldcheck.models.new_project import BenchmarkFacts, ModelSummary
else:
    estimate = LazyModule("fieldcheck.domain.estimate")
    messages = LazyModule("fieldcheck.models.messages")
    names_and_numbers = LazyModule("fieldcheck.analyses.names_and_numbers")
    retraining = LazyModule("fieldcheck.analyses.retraining")

ENDING = ".fieldcheck"
READING, THERE, MISSING, BROKEN = "reading", "there", "missing", "broken"
MOST_OFFERED = 28  # letters of a project's name on the primary button
MOST_NOTED = 120  # letters of the notes on a training


@dataclass(frozen=True, slots=True)
class RecentProjectRow:
    """One project of the list. `state`: reading, there, missing or broken; `outcome`: verdict and
    gap of its newest report, empty without one, with the `sign` before it, and `verdict` its
    sentence; `thumbnail` is a JPEG or empty, `next` the step that comes next. `done` of `total`
    picks are decided."""

    path: str
    name: str
    state: str
    when: str = ""
    labelled: str = ""
    outcome: str = ""
    sign: str = ""
    verdict: str = ""
    thumbnail: bytes = b""
    next: str = ""
    done: int = 0
    total: int = 0

    @property
    def is_unfinished(self) -> bool:
        """Whether frames were picked and some of them wait for a label."""
        return self.state == THERE and self.done < self.total

    @property
    def share(self) -> float | None:
        """How much of the labels is there; None where none is missing, or nothing known."""
        return self.done / self.total if self.is_unfinished else None


def build_loading_row(path: str) -> RecentProjectRow:
    """A project nobody has looked into yet."""
    return RecentProjectRow(path, get_project_name(path), READING, tr("analysing …"))


def build_found_row(recent_project: RecentProject) -> RecentProjectRow:
    """A project that can be opened, with how far it is."""
    standing, path = recent_project.standing, str(recent_project.path)
    done, total = standing.n_picked - standing.n_left, standing.n_picked
    labelled = tr("nothing picked yet")
    if total:
        text = tr("{done} of {all} labelled") if standing.n_left else tr("{all} labelled")
        labelled = text.format(done=done, all=total)
    goes_on = tr("Next: {screen}", screen=get_screen_name(get_next_step(standing)))
    return RecentProjectRow(
        path,
        get_project_name(path),
        THERE,
        formatting.format_timestamp(recent_project.changed),
        labelled,
        format_outcome(recent_project.gap, recent_project.readiness),
        get_sign(recent_project.readiness),
        recent_project.verdict,
        recent_project.thumbnail,
        goes_on,
        done,
        total,
    )


def format_outcome(gap: float | None, code: str) -> str:
    """Verdict of the newest report with its gap; empty without a report."""
    if gap is None or not code:
        return messages.get_readiness_name(code) if code else ""
    points = format_points(gap)
    text = tr_points("{verdict}, gap {points} pp", points)
    return text.format(points=points, verdict=messages.get_readiness_name(code))


def get_sign(code: str) -> str:
    """The shape before a verdict; of a code that a later version wrote, none."""
    if not code or code not in get_args(estimate.Readiness):
        return ""
    return names_and_numbers.get_readiness_sign(cast("estimate.Readiness", code))


def format_offer(row: RecentProjectRow | None) -> str:
    """The primary action of the start page: what it opens."""
    if row is None:
        return tr("Open demo project")
    name = shorten_middle(row.name, MOST_OFFERED)
    if not row.is_unfinished:
        return tr("Open {name}", name=name)
    text = tr("Continue: {name}, {done} of {all}")
    return text.format(name=name, done=row.done, all=row.total)


def build_missing_row(path: str, missing: Path) -> RecentProjectRow:
    """A project whose folder is missing, with what of its path is: the folder itself, or one above
    it."""
    return RecentProjectRow(
        path, get_project_name(path), MISSING, tr("{folder} not found", folder=str(missing))
    )


def build_broken_row(path: str, sentence: str) -> RecentProjectRow:
    """Row of a project that cannot be opened, with the reason."""
    return RecentProjectRow(path, get_project_name(path), BROKEN, labelled=sentence)


def get_project_name(path: str) -> str:
    """The folder's name without its ending."""
    return Path(path).name.removesuffix(ENDING)


def get_task_name(task: str) -> str:
    """Task name: what a model does."""
    return {
        "classification": tr("classification"),
        "multilabel": tr("multi-label classification"),
        "detection": tr("object detection"),
        "segmentation": tr("semantic segmentation"),
        "instance": tr("instance segmentation"),
        "anomaly": tr("anomaly detection"),
    }.get(task, task)


def format_model_file(facts: ModelSummary) -> str:
    """Name and size of a model's file."""
    size = formatting.format_size(facts.n_bytes) if facts.n_bytes else tr("file not found")
    return f"{facts.file} · {size}"


def list_training_lines(
    training: Training | None, ranges: Sequence[FieldRange] | None
) -> tuple[str, ...]:
    """How the model was trained, and the first line of its notes; empty where nobody told."""
    if training is None:
        return ()
    first = training.notes.partition("\n")[0][:MOST_NOTED]
    return (
        *retraining.list_training_lines(training, ranges),
        *([tr("Notes: {first}", first=first)] if first else []),
    )


def format_model_summary(task: str, size: tuple[int, int] | None, n_classes: int) -> str:
    """Model summary: task, input size, and number of classes. `size`: None where the model runs
    elsewhere."""
    if size is None:
        text = tr_plural(
            "{task}, predictions from a file, {n} class",
            "{task}, predictions from a file, {n} classes",
            n_classes,
        )
        return text.format(task=get_task_name(task), n=n_classes)
    height, width = size
    text = tr_plural(
        "{task}, input {width} × {height}, {n} class",
        "{task}, input {width} × {height}, {n} classes",
        n_classes,
    )
    return text.format(task=get_task_name(task), width=width, height=height, n=n_classes)


def format_score(facts: BenchmarkFacts) -> tuple[str, str, str]:
    """The score in figures, what it counts, and its range; while it was not run, that."""
    if facts.score is None or not facts.score.measured:
        return (
            "–",
            tr("not run on this computer yet"),
            tr_plural("{n} image", "{n} images", facts.n, n=facts.n),
        )
    score = facts.score
    right = round(score.value * score.n)
    shares = {
        "accuracy": tr("correct: {right} of {n}"),
        "frame_score": tr("frames without errors: {right} of {n}"),
    }
    score_name = shares.get(facts.metric, messages.get_metric_name(facts.metric))
    spread = tr("95% CI {range}", range=format_interval(score, 1))
    if facts.spot:
        spread += "\n" + tr(
            "spot check of {n} of {all} images",
            n=score.n,
            all=formatting.get_locale().toString(facts.n),
        )
    return (
        format_percent(score.value, 1),
        score_name.format(
            right=formatting.get_locale().toString(right),
            n=formatting.get_locale().toString(score.n),
        ),
        spread,
    )


def format_benchmark_source(root: str) -> str:
    """Where the benchmark's pictures lie; those that came with the program have no place a person
    would look for, and those of a project out of a pack lie on the computer that made it."""
    if root.startswith(ELSEWHERE):
        return tr("{name}, on the computer that created the pack", name=Path(root).name)
    return tr("demo project images") if paths.is_shipped(Path(root)) else root


def format_reference_score(facts: BenchmarkFacts) -> str:
    """Reference score as stated, and whether it came out here."""
    if facts.claimed is None:
        return tr("no reference score stated")
    claimed = format_percent(facts.claimed, 1) + (
        f" ({messages.get_metric_name(facts.metric)})" if facts.metric in messages.FURTHER else ""
    )
    if facts.reproduced is None:
        return claimed
    if facts.reproduced:
        return tr("✓ {claimed}: reproduced", claimed=claimed)
    return tr("▲ {claimed}: not reproduced; preprocessing may differ", claimed=claimed)


def format_claim_input(claimed: float | None) -> str:
    """A claimed score as it stands in the field, in per cent."""
    return "" if claimed is None else f"{claimed * 100:.6g}"


def list_metric_options(metrics: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Metrics that a score may be stated in: code and name of each."""
    return tuple((code, messages.get_metric_name(code)) for code in metrics)


def parse_claim(text: str) -> float | None:
    """`97.1` or `97,1 %` as a fraction, NaN for an empty field: nothing is claimed; None for what
    is no share of pictures."""
    bare = text.strip().removesuffix("%").strip()
    share = parse_tolerance(bare)
    return nan if not bare else share


def format_tolerance(tolerance: float) -> str:
    """The largest gap that is accepted."""
    points = format_limit(tolerance)
    return tr_points("{points} pp", points).format(points=points)


def format_gap_limit(tolerance: float, confirmed: bool) -> str:
    """The largest gap that is accepted, and that it is the program's where nobody set it."""
    shown = format_tolerance(tolerance)
    return shown if confirmed else tr("{gap}, default limit, not confirmed", gap=shown)


def format_ok_classes(names: tuple[str, ...], is_confirmed: bool) -> str:
    """Classes that mean a good part, and whether they are only proposed; empty where nobody named
    any and no name tells."""
    if not names:
        return tr("none") if is_confirmed else ""
    text = ", ".join(names)
    return text if is_confirmed else tr("proposed: {classes}", classes=text)


def format_tolerance_input(tolerance: float) -> str:
    """Tolerance as it stands in the field."""
    return format_limit(tolerance)


def parse_tolerance(text: str) -> float | None:
    """`3`, `2.5` or `2,5` points as a fraction; None for what is no number from 0 to 100."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value / 100 if 0 <= value <= 100 else None


def parse_milliseconds(text: str) -> float | None:
    """`40`, `12.5` or `12,5` milliseconds; None for what is no time of a frame."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if 0 < value <= 3_600_000 else None


# Rows of a card: what something is called, and what it is.


class ElidedLabel(QLabel):
    """Data on one line, cut where there is no room; the whole of it is the tooltip."""

    def __init__(self, bold: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if bold:
            self.setProperty("weight", "bold")
        self.whole = ""

    def setText(self, text: str) -> None:
        self.whole = text
        self._update_elided_text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_elided_text()

    def _update_elided_text(self) -> None:
        fitting = QFontMetrics(self.font()).elidedText(
            self.whole, Qt.TextElideMode.ElideMiddle, max(0, self.width() - 1)
        )
        super().setText(fitting)
        self.setToolTip(make_plain_tip(self.whole if fitting != self.whole else ""))
        self.setAccessibleDescription(self.whole)


class FactsGrid(QGridLayout):
    """Name on the left, value on the right, line by line. Values are data on one line, but for
    those of `wrapped`, which are words."""

    def __init__(
        self, theme: Theme, names: tuple[str, ...], bold: int = -1, wrapped: tuple[int, ...] = ()
    ) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(theme.metrics.scale_px(12))
        self.setVerticalSpacing(theme.metrics.scale_px(4))
        self.setColumnMinimumWidth(0, theme.metrics.scale_px(104))
        self.setColumnStretch(1, 1)
        self.values: list[QLabel] = []
        for index, name in enumerate(names):
            value = make_label(wrap=True) if index in wrapped else ElidedLabel(bold=index == bold)
            value.setAccessibleName(name)
            self.addWidget(
                make_label(name, size="caption", tone="quiet"), index, 0, Qt.AlignmentFlag.AlignTop
            )
            self.addWidget(value, index, 1, Qt.AlignmentFlag.AlignTop)
            self.values.append(value)

    def show_values(self, *values: str) -> None:
        """One value for every name; an empty one is a dash."""
        for shown, value in zip(self.values, values, strict=True):
            shown.setText(value or "–")
            set_tone(shown, "" if value else "quiet")


class ErrorLabel(QLabel):
    """Why something was not taken; hidden while nothing is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("tone", "warn")
        self.wrong = ""
        self.hide()

    def show_error(self, reason: str) -> None:
        """Shows an error; empty when nothing is."""
        self.wrong = reason
        self.setText(f"▲ {reason}" if reason else "")
        self.setVisible(bool(reason))


class FormField(QWidget):
    """A field with its name above and, while it is wrong, the reason below it."""

    def __init__(
        self, theme: Theme, name: str, field: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.field = field
        field.setAccessibleName(name)
        self._wrong = ErrorLabel()
        self._name = name
        self._named = make_label(name, size="caption", tone="quiet", wrap=True)
        self._named.setBuddy(field)
        make_column(theme, self._named, field, self._wrong, gap=2, parent=self)

    def show_error(self, reason: str) -> None:
        """Shows an error of the field; empty when nothing is."""
        self._wrong.show_error(reason)
        self.field.setAccessibleDescription(reason)

    def set_mark(self, mark: str) -> None:
        """A word behind its name that asks for a look; none for an empty one."""
        self._named.setText(f"{self._name}  ▲ {mark}" if mark else self._name)
        set_tone(self._named, "warn" if mark else "quiet")
        self.field.setAccessibleName(f"{self._name}, {mark}" if mark else self._name)

    @property
    def error_text(self) -> str:
        """The reason that stands below it."""
        return self._wrong.wrong


# One frame beside what the model sees of it: the crop on the frame, an arrow, and the model's input
# pixel by pixel.

ARROW, HEAD = 36, 9
FRAME_SHARE, INPUT_SHARE = 16, 10


@dataclass(frozen=True, slots=True, eq=False)
class ModelInputImages:
    """`rgb`: (H, W, 3) uint8, `seen`: (h, w, 3) uint8; `crop`: x1, y1, x2, y2 in pixels of the
    frame; `source` names it; `marks` are boxes over it; `kind`: a frame of a camera, an image of
    the benchmark, or another image."""

    rgb: NDArray[np.uint8]
    seen: NDArray[np.uint8]
    crop: tuple[float, float, float, float]
    source: str
    marks: tuple[BoxMark, ...] = ()
    kind: Literal["frame", "benchmark", "image"] = "frame"


class ModelInputView(QWidget):
    """Camera frame → model input."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.frame = FrameView(theme, tr("Camera frame"))
        self.input = FrameView(theme, tr("Model input"), honest=True)
        line = make_row(theme, parent=self)
        line.addWidget(self.frame, FRAME_SHARE)
        line.addWidget(_Arrow(theme))
        line.addWidget(self.input, INPUT_SHARE)

    def show_images(self, pair: ModelInputImages) -> None:
        """From now on this frame."""
        height, width = pair.rgb.shape[:2]
        text = tr(
            "{source}, {width} × {height} pixels", source=pair.source, width=width, height=height
        )
        title = {
            "frame": tr("Camera frame {width} × {height}"),
            "benchmark": tr("Benchmark image {width} × {height}"),
            "image": tr("Image {width} × {height}"),
        }[pair.kind].format(width=width, height=height)
        self.frame.show_frame(pair.rgb, title, text, pair.crop, pair.marks)
        tall, wide = pair.seen.shape[:2]
        text = tr(
            "{source}, {width} × {height} pixels", source=pair.source, width=wide, height=tall
        )
        self.input.show_frame(
            pair.seen, tr("Model input {width} × {height}", width=wide, height=tall), text
        )


class _Arrow(QWidget):
    """From the one picture to the other."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(ARROW), self._theme.metrics.scale_px(ARROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        head, middle, colour = (
            self._theme.metrics.scale_px(HEAD),
            self.height() / 2,
            QColor(self._theme.tokens.text),
        )
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, self._theme.metrics.scale_px(2)))
        painter.drawLine(QPointF(0, middle), QPointF(self.width() - head, middle))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        tip = [QPointF(self.width(), middle), QPointF(self.width() - head, middle - head / 2 - 1)]
        painter.drawPolygon(QPolygonF([*tip, QPointF(self.width() - head, middle + head / 2 + 1)]))
        painter.end()


# A card of an open project: its heading with buttons, rows, and where it can be edited the fields
# that stand in their place
# meanwhile.


class CardHeading(PlainLabel):
    """Asks for its line and for `spare` pixels more, because a layout that is too narrow takes the
    same from each."""

    spare = 0

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setWordWrap(True)
        self.setProperty("textSize", "heading")

    def sizeHint(self) -> QSize:
        return QSize(self.measure_line() + self.spare, super().sizeHint().height())

    def measure_line(self) -> int:
        """Pixels of the heading in one line."""
        return QFontMetrics(self.font()).horizontalAdvance(self.text())


class ProjectCard(QFrame):
    """`column` takes what stands below the heading."""

    def __init__(self, theme: Theme, heading: str, *buttons: KeyButton, gap: int = 6) -> None:
        super().__init__()
        self._theme, self._heading, self._buttons = theme, CardHeading(heading), buttons
        self._heading.spare = 2 * theme.metrics.scale_px(PAD - EDGE)
        self.setProperty("card", True)
        self.column = QVBoxLayout(self)
        self._gap = theme.metrics.scale_px(gap)
        self.set_compact(False)
        self._head = QHBoxLayout()
        self._head.addWidget(self._heading, 1)
        for button in buttons:
            self._head.addWidget(button)
        self.column.addLayout(self._head)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons give the room at their sides to a heading that keeps its line by it. Where that
        is too little they keep it with their keys, and the heading wraps."""
        super().resizeEvent(event)
        shown = [button for button in self._buttons if not button.isHidden()]
        whole = self._heading.measure_line() + len(shown) * self._head.spacing()
        whole += sum(button.sizeHint().width() for button in shown)
        least = whole - len(shown) * self._heading.spare
        around = self.column.contentsMargins()
        is_shared = least <= self.width() - around.left() - around.right() < whole
        self._head.setStretch(0, 0 if is_shared else 1)

    def set_compact(self, compact: bool) -> None:
        """Less padding where there is little room."""
        px = self._theme.metrics.scale_px
        side, high = px(8 if compact else 12), px(3 if compact else 12)
        get_box_layout(self).setContentsMargins(side, high, side, high)
        self.column.setSpacing(px(2) if compact else self._gap)


class EditableCard(ProjectCard):
    """A card with rows, or a form in their place. `cancelled`: the form was closed without
    saving."""

    cancelled = Signal()
    _form: QWidget
    _rows: tuple[QWidget, ...] = ()

    @property
    def editing(self) -> bool:
        """Whether the fields are shown."""
        return not self._form.isHidden()

    def end_editing(self) -> None:
        """Turns back into rows."""
        self._set_editing(False)

    @property
    def focused_field(self) -> int:
        """Which field has the keys, counted from 0; -1 where none has."""
        fields = enumerate(self._form.findChildren(QLineEdit))
        return next((index for index, field in fields if field.hasFocus()), -1)

    def focus_field(self, index: int) -> None:
        """Gives the keys to a field, and selects nothing of what stands in it."""
        fields = self._form.findChildren(QLineEdit)
        for field in fields:
            field.deselect()
        if 0 <= index < len(fields):
            fields[index].setFocus()

    def _start_editing(self, first: QLineEdit) -> None:
        """Turns into fields; the first one takes the keys."""
        self._set_editing(True)
        first.setFocus()
        first.selectAll()

    def _set_editing(self, editing: bool) -> None:
        for part in self._rows:
            part.setVisible(not editing)
        self._form.setVisible(editing)

    def _add_form(
        self, *parts: QWidget | QLayout, hides: tuple[QWidget, ...], save: Callable[[], None]
    ) -> None:
        """Fields with two buttons below them, one of which, like Enter in a field, is to `save`.
        They take the place of what it `hides`."""
        self._rows, self._form = hides, QWidget()
        inside = make_column(self._theme, gap=6)
        self._form.setLayout(inside)
        for part in parts:
            if isinstance(part, QLayout):
                inside.addLayout(part)
            else:
                inside.addWidget(part)
        keep = KeyButton(self._theme, tr("Save"), "Enter")
        cancel = KeyButton(self._theme, tr("Cancel"), "Esc")
        keep.clicked.connect(save)
        cancel.clicked.connect(self.cancelled)
        for field in self._form.findChildren(QLineEdit):
            field.returnPressed.connect(save)
        buttons = QHBoxLayout()
        buttons.addWidget(keep)
        buttons.addWidget(cancel)
        buttons.addStretch()
        inside.addLayout(buttons)
        self._form.setVisible(False)
        self.column.addWidget(self._form)
        self.column.addStretch()


def make_action_button(theme: Theme, text: str, actions: Actions, action: str) -> KeyButton:
    """A button of a card, with the key of its action."""
    return KeyButton(theme, text, actions.get_key_text(action)).bind_action(
        actions.get_action(action)
    )
