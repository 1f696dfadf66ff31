"""Page of the model card: its fields on the left, the predictions of the first frames under it on
the right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.domain.model_card import (
    COLOURS,
    INTERPOLATIONS,
    KINDS,
    LAYOUTS,
    PAD_POSITIONS,
    RESIZES,
)
from fieldcheck.domain.prediction import BY_NAME, is_plugin
from fieldcheck.errors.message_format import format_names
from fieldcheck.i18n.language import get_language, tr
from fieldcheck.models.messages import format_figure
from fieldcheck.models.plugins import list_plugin_kinds
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens.home.captions import (
    ElidedLabel,
    FormField,
    ModelInputImages,
    get_task_name,
)
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.file_dialogs import choose_file
from fieldcheck.ui.widgets.images_and_zoom import FrameView
from fieldcheck.ui.widgets.layouts import (
    make_card,
    make_column,
    make_label,
    make_row,
    make_scroll_area,
    set_tone,
)

# The fields of a model card: what stands in them for a card, and the card that is meant by what was
# typed.

TASK, KIND, SIZE, CLASSES = "task", "output.kind", "input.size", "classes"
LISTS = ("input.mean", "input.std")
FIGURES = ("input.scale", "input.crop", "input.pad", "output.threshold", "output.iou")
FINE = ("input.scale", *LISTS)  # as many digits as it has
PER_LEVEL = 255


def get_field_names() -> dict[str, str]:
    """Dotted key → what it is called, in the order of the fields."""
    return {
        TASK: tr("Task"),
        KIND: tr("Output type"),
        SIZE: tr("Input size (width × height)"),
        "input.resize": tr("Resize mode"),
        "input.colour": tr("Channel order"),
        "input.layout": tr("Tensor layout"),
        "input.scale": tr("Scale factor"),
        "input.mean": tr("Mean"),
        "input.std": tr("Standard deviation"),
        "input.interpolation": tr("Interpolation"),
        "input.crop": tr("Centre crop fraction"),
        "input.pad": tr("Padding value, 0–255"),
        "input.pad_position": tr("Padding position"),
        "output.threshold": tr("Confidence threshold"),
        "output.iou": tr("IoU threshold (NMS)"),
    }


def find_unused_fields(typed: Mapping[str, str]) -> frozenset[str]:
    """Dotted keys that mean nothing for the task, output and resize that are chosen: thresholds, a
    border where there is none."""
    names = set()
    if typed[TASK] == "classification":
        names.add("output.threshold")
    kind = typed[KIND]
    if not ((kind in BY_NAME or is_plugin(kind)) and BY_NAME[kind].suppressed_here):
        names.add("output.iou")
    if typed["input.resize"] != "letterbox":
        names |= {"input.pad", "input.pad_position"}
    return frozenset(names)


def list_options(key: str, task: str) -> list[tuple[str, str]]:
    """Code and words of each value that a key can have; none where it is typed."""
    codes: dict[str, tuple[str, ...]] = {
        TASK: tuple(KINDS),
        KIND: (
            *next((kinds for name, kinds in KINDS.items() if name == task), ()),
            *(list_plugin_kinds(task) if key == KIND else ()),
        ),
        "input.resize": RESIZES,
        "input.colour": COLOURS,
        "input.layout": LAYOUTS,
        "input.interpolation": INTERPOLATIONS,
        "input.pad_position": PAD_POSITIONS,
    }
    return [(code, _get_option_name(key, code)) for code in codes.get(key, ())]


def format_card_fields(card: Mapping[str, Any]) -> dict[str, str]:
    """Field texts of a model card, from its JSON values."""
    fields = {TASK: str(card["task"]), CLASSES: "\n".join(card["classes"])}
    for key in get_field_names():
        above, _, name = key.rpartition(".")
        value = card[above][name] if above else card[name]
        if key == SIZE:
            fields[key] = f"{value[1]} × {value[0]}"
        elif key in LISTS:
            fields[key] = "; ".join(
                _format_figure(key, item) for item in (value if len(set(value)) > 1 else value[:1])
            )
        else:
            fields[key] = _format_figure(key, value) if key in FIGURES else str(value)
    return fields


def parse_card_fields(typed: Mapping[str, str], below: Mapping[str, Any]) -> dict[str, Any]:
    """The card that is meant, as JSON values; what has no field stays as in `below`. What is no
    figure is handed on as it was typed: the card's own check says what is wrong with it."""
    card: dict[str, Any] = {**below, "input": dict(below["input"]), "output": dict(below["output"])}
    for key, text in typed.items():
        above, _, name = key.rpartition(".")
        value: Any = text
        if key == CLASSES:
            value = text.splitlines()
        elif key == SIZE:
            sides = [int(side) for side in re.findall(r"\d{1,6}", text)]
            value = sides[::-1] if len(sides) == 2 else text
        elif key in LISTS:
            value = [parse_number(part) for part in _split_list(text)] or text
        elif key in FIGURES:
            value = parse_number(text)
        (card[above] if above else card)[name] = value
    return card


def parse_number(text: str) -> float | str:
    """`0.5`, `0,5` or `1/255` as a figure; anything else as it was typed."""
    above, slash, below = text.strip().replace(",", ".").replace("−", "-").partition("/")
    try:
        return float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        return text


def _split_list(text: str) -> list[str]:
    """Figures of a list: between semicolons or blanks, or between commas where these are no decimal
    ones."""
    parts = [part.strip(",") for part in re.split(r"[;\s]+", text.strip()) if part.strip(",")]
    return [
        item
        for part in parts
        for item in (part.split(",") if "." in part or part.count(",") > 1 else [part])
    ]


def _format_figure(key: str, value: float) -> str:
    """As short as it reads back the same; a scale of one by 255 as that."""
    if key == "input.scale" and abs(value * PER_LEVEL - 1) < 1e-9:
        return f"1/{PER_LEVEL}"
    text = f"{value:.10g}" if key in FINE else format_figure(value)
    return text.replace(".", ",") if get_language() == "de" else text


def _get_option_name(key: str, code: str) -> str:
    named = {
        "input.resize": {
            "stretch": tr("stretch"),
            "letterbox": tr("letterbox (pad)"),
            "centre_crop": tr("centre crop"),
            "short_side": tr("shorter side"),
        },
        "input.colour": {"GRAY": tr("greyscale")},
        "input.pad_position": {"centre": tr("both sides"), "top_left": tr("bottom right")},
    }
    return get_task_name(code) if key == TASK else named.get(key, {}).get(code, code)


def format_proposal(
    keys: Sequence[str], recipe: str, n_recipes: int, finding_lines: Sequence[str] = ()
) -> str:
    """Proposed fields of a card in words: `keys` nobody said, the known export that it is fed like,
    and what the doctor `finding_lines` on it; empty where nothing is proposed."""
    names = get_field_names() | {CLASSES: tr("Classes")}
    field_names = [names[key] for key in keys if key in names]
    if not field_names:
        return ""
    fields = format_names(field_names, len(field_names))
    proposed = tr(
        "Proposed values, not confirmed: {fields}. Check whether the predictions make sense.",
        fields=fields,
    )
    if not n_recipes:
        return " ".join([proposed, *finding_lines])
    fed = tr(
        "Preprocessing as in {recipe}: none of {n} known variants is clearly better on the "
        "first frames."
    )
    return " ".join([fed.format(recipe=recipe, n=n_recipes), proposed, *finding_lines])


EXAMPLES = {
    SIZE: "640 × 640",
    "input.scale": "1/255",
    "input.mean": "0.485; 0.456; 0.406",
    "input.std": "0.229; 0.224; 0.225",
    "input.crop": "1",
    "input.pad": "114",
    "output.threshold": "0.25",
    "output.iou": "0.45",
}
"""What stands in an empty field, so that nobody looks up how it is written."""
TILES, ACROSS = 6, 3
FORM, LOWEST = 456, 88  # pixels
LETTERS = 5  # of a choice that are seen at least
CLASSES_HIGH = 84


@dataclass(frozen=True, slots=True, eq=False)
class TilePreview:
    """A frame with the part of it that goes in, what the model says of it, and whether that is
    wrong."""

    images: ModelInputImages
    prediction: str
    wrong: bool = False


class ModelCardPage(QWidget):
    """`edited`: a field holds something else; `classes_requested`: they shall come from a file;
    `cancelled`: leave the card as it was; `chosen`: the number of the reading of the outputs that
    is right."""

    edited = Signal()
    chosen = Signal(int)
    classes_requested = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.fields: dict[str, QLineEdit | ComboBox] = {}
        self.choices: list[KeyButton] = []
        self._named: dict[str, FormField] = {}
        self._folded: frozenset[str] = frozenset()
        self.strip = JobStrip(theme)
        self._wrong = make_label(tone="warn", wrap=True)
        self._proposed = make_label(tone="quiet", wrap=True)
        self._preprocessing_record = make_label(wrap=True)
        self.tiles = [_TileWidget(theme) for _ in range(TILES)]
        back = KeyButton(theme, tr("Cancel"), "Esc")
        back.clicked.connect(self.cancelled)
        self._form = self._make_form()
        left, right = make_card(theme), make_card(theme)
        self._file = make_label(size="heading", wrap=True)
        for part in (self._file, self._proposed):
            get_box_layout(left).addWidget(part)
        get_box_layout(left).addWidget(self._form, 1)
        self.from_file = KeyButton(theme, tr("Load classes from file…"))
        self.from_file.clicked.connect(self.classes_requested)
        below = make_row(theme, back, self.from_file)
        below.addStretch()
        get_box_layout(left).addLayout(below)
        self._offered = QWidget()
        self._choices = make_column(theme, parent=self._offered)
        self._tiles = QWidget()
        self._tiles.setLayout(self._build_grid())
        self._answers = make_label(tr("Predictions on the first frames"), size="heading", wrap=True)
        self._no_frames = make_label(
            tr("No frames yet: import footage or set a benchmark to see predictions."),
            tone="quiet",
            wrap=True,
        )
        for part in (self._answers, self._preprocessing_record, self._wrong, self._no_frames):
            get_box_layout(right).addWidget(part)
        get_box_layout(right).addWidget(self._offered, 1)
        get_box_layout(right).addWidget(self._tiles, 1)
        self._offered.hide()
        left.setFixedWidth(theme.metrics.scale_px(FORM))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.strip)
        self._body = QWidget()
        beside = make_row(theme, left, gap=12)
        beside.addWidget(right, 1)
        self._body.setLayout(beside)
        whole.addWidget(self._body, 1)
        whole.addStretch()

    def show_job(self, job: Job | None) -> None:
        """The file being looked at: there is nothing to write yet."""
        self.strip.show_job(job)
        if job is not None:
            self._body.setVisible(False)

    def fill_fields(
        self,
        file: str,
        typed: dict[str, str],
        proposed: str,
        n_frames: int,
        keys: Sequence[str] = (),
    ) -> None:
        """Puts this into the fields; `proposed` says which of them nobody had said, `keys` marks
        those; what is known is folded beside them. The first field has the focus."""
        self._folded = frozenset(set(self.fields) - set(keys)) if keys else frozenset()
        for key, named in self._named.items():
            named.set_mark(tr("proposed") if key in keys else "")
        self.strip.show_job(None)
        self._body.setVisible(True)
        self._file.setText(file)
        self._proposed.setText(proposed)
        self._proposed.setVisible(bool(proposed))
        for key, field in self.fields.items():
            if isinstance(field, ComboBox):
                self._set_options(key, typed[TASK])
                field.select_code(typed[key])
            else:
                field.setText(typed[key])
                field.setCursorPosition(0)
        before = self.classes.blockSignals(True)
        self.classes.setPlainText(typed[CLASSES])
        self.classes.blockSignals(before)
        for index, tile in enumerate(self.tiles):
            tile.setVisible(index < n_frames)
        self._no_frames.setVisible(n_frames == 0)
        self.show_error("", "")
        self._show_used_fields()
        next(
            (field for key, field in self.fields.items() if not self._named[key].isHidden()),
            self.classes,
        ).setFocus()

    def unfold_fields(self) -> None:
        """Every field that means something is there, the known ones too."""
        self._folded = frozenset()
        self._show_used_fields()

    def set_choices(self, choices: tuple[tuple[str, TilePreview | None], ...]) -> None:
        """Readings of the outputs to choose from, each with the first frame and its boxes, in place
        of the answers; none: the answers."""
        while (item := self._choices.takeAt(0)) is not None:
            if (part := item.widget()) is not None:
                part.hide()
                part.deleteLater()
        self.choices = [
            self._build_choice(index, label_, tile) for index, (label_, tile) in enumerate(choices)
        ]
        if choices:
            self._choices.insertWidget(
                0,
                make_label(
                    tr(
                        "The outputs fit several types. Choose the one with the correct prediction."
                    ),
                    wrap=True,
                ),
            )
        self._offered.setVisible(bool(choices))
        self._tiles.setVisible(not choices)
        self._form.setEnabled(not choices)

    def _build_choice(self, index: int, name: str, shown: TilePreview | None) -> KeyButton:
        """A reading's frame and its button."""
        if shown is not None:
            tile = _TileWidget(self._theme)
            tile.show_prediction(shown)
            self._choices.addWidget(tile, 1)
        button = KeyButton(self._theme, tr("Use {kind}", kind=name))
        button.clicked.connect(lambda: self.chosen.emit(index))
        self._choices.addWidget(button)
        return button

    def prompt_for_classes(self, then: Callable[[Path], None]) -> None:
        """Lets a person choose the file that names the classes."""
        choose_file(
            self,
            tr("Choose class list"),
            f"{tr('Class lists')} (*.txt *.names);;{tr('All files')} (*)",
            then,
        )

    def show_classes(self, classes: Sequence[str]) -> None:
        """These classes stand in their field from now on."""
        self.classes.setPlainText("\n".join(classes))

    def get_field_texts(self) -> dict[str, str]:
        """Texts typed into the fields."""
        texts = {
            key: field.chosen_code if isinstance(field, ComboBox) else field.text()
            for key, field in self.fields.items()
        }
        return texts | {CLASSES: self.classes.toPlainText()}

    def show_predictions(self, preprocessing_record: str, tiles: tuple[TilePreview, ...]) -> None:
        """Shows the preprocessing and the answers to the frames that are through."""
        self._preprocessing_record.setText(preprocessing_record)
        for tile, shown in zip(self.tiles, tiles, strict=False):
            tile.show_prediction(shown)

    def show_error(self, key: str, sentence: str) -> None:
        """Shows an error of the card: below the field it is about, else above the frames; empty
        where nothing is."""
        for name, field in self._named.items():
            field.show_error(sentence if name == key else "")
        if key in self._folded:
            self.unfold_fields()
        elsewhere = sentence if key not in self._named else ""
        self._wrong.setText(f"▲ {elsewhere}" if elsewhere else "")
        self._wrong.setVisible(bool(elsewhere))

    @property
    def error_texts(self) -> tuple[str, ...]:
        """All that is said to be wrong."""
        above = "" if self._wrong.isHidden() else self._wrong.text().removeprefix("▲ ")
        return tuple(
            text for text in (above, *(field.error_text for field in self._named.values())) if text
        )

    def _make_form(self) -> QScrollArea:
        form = QWidget()
        self._fields_grid = grid = QGridLayout(form)
        self._headings = {
            make_label(text, bold=True, parent=form): inside
            for text, inside in ((tr("Prediction out"), False), (tr("Image in"), True))
        }
        grid.setContentsMargins(0, 0, self._theme.metrics.scale_px(8), 0)
        grid.setHorizontalSpacing(self._theme.metrics.scale_px(8))
        grid.setVerticalSpacing(self._theme.metrics.scale_px(6))
        for key, name in get_field_names().items():
            offered = list_options(key, "classification")
            field: QLineEdit | ComboBox = (
                ComboBox(self._theme, name, offered) if offered else QLineEdit()
            )
            if isinstance(field, ComboBox):
                field.setSizeAdjustPolicy(
                    ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
                )
                field.setMinimumContentsLength(LETTERS)
                field.currentIndexChanged.connect(
                    self._on_task_chosen if key == TASK else self._on_option_chosen
                )
            else:
                field.textEdited.connect(self.edited)
                field.setPlaceholderText(EXAMPLES.get(key, ""))
            self.fields[key] = field
            self._named[key] = FormField(self._theme, name, field, form)
        self.classes = QPlainTextEdit()
        self.classes.setTabChangesFocus(True)
        self.classes.setMinimumHeight(self._theme.metrics.scale_px(CLASSES_HIGH))
        self.classes.textChanged.connect(self.edited)
        self._named[CLASSES] = FormField(
            self._theme, tr("Classes, one per line, in output order"), self.classes
        )
        self._known_fields = make_label(size="caption", tone="quiet", wrap=True, parent=form)
        self.show_all = KeyButton(self._theme, tr("Show all fields"), parent=form)
        self.show_all.clicked.connect(lambda _checked=False: self.unfold_fields())
        self._show_used_fields()
        for index in range(2):
            grid.setColumnStretch(index, 1)
        area = make_scroll_area(form)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        area.setMinimumHeight(2 * self._theme.metrics.scale_px(LOWEST))
        return area

    def _show_used_fields(self) -> None:
        """Two beside each other in two groups: those that mean something for what is chosen, then
        the classes."""
        left_out = find_unused_fields(
            {
                key: field.chosen_code
                for key, field in self.fields.items()
                if isinstance(field, ComboBox)
            }
        )
        shown = [key for key in self.fields if key not in left_out | self._folded]
        for key in left_out | self._folded:
            self._fields_grid.removeWidget(self._named[key])
            self._named[key].hide()
        row = 0
        for heading, inside in self._headings.items():
            group = [key for key in shown if key.startswith("input.") == inside]
            heading.setVisible(bool(group))
            self._fields_grid.addWidget(heading, row, 0, 1, 2)
            for index, key in enumerate(group):
                self._fields_grid.addWidget(self._named[key], row + 1 + index // 2, index % 2)
                self._named[key].show()
            row += 1 + (len(group) + 1) // 2
        self._fields_grid.addWidget(self._named[CLASSES], row, 0, 1, 2)
        self._fields_grid.addWidget(self._known_fields, row + 1, 0, 1, 2)
        self._fields_grid.addWidget(self.show_all, row + 2, 0, 1, 2)
        self._show_known_fields([key for key in self.fields if key in self._folded - left_out])

    def _show_known_fields(self, keys: list[str]) -> None:
        """Names and values of the folded fields, and what shows them."""
        texts, names = self.get_field_texts(), get_field_names()
        values = [
            (names[key], dict(list_options(key, texts[TASK])).get(texts[key], texts[key]))
            for key in keys
        ]
        fields = " · ".join(f"{name}: {value}" for name, value in values)
        self._known_fields.setText(tr("Known: {fields}", fields=fields))
        for part in (self._known_fields, self.show_all):
            part.setVisible(bool(keys))

    def _on_option_chosen(self) -> None:
        self._show_used_fields()
        self.edited.emit()

    def _build_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(self._theme.metrics.scale_px(8))
        for index, tile in enumerate(self.tiles):
            grid.addWidget(tile, index // ACROSS, index % ACROSS)
        for index in range(ACROSS):
            grid.setColumnStretch(index, 1)
        return grid

    def _on_task_chosen(self) -> None:
        """Another task has other outputs: the first of them, where the one that stands is none."""
        task = self.fields[TASK]
        assert isinstance(task, ComboBox), "tasks are chosen"
        self._set_options(KIND, task.chosen_code)
        self._on_option_chosen()

    def _set_options(self, key: str, task: str) -> None:
        field = self.fields[key]
        assert isinstance(field, ComboBox), "only choices offer anything"
        stands, before = field.currentData(), field.blockSignals(True)
        field.clear()
        for code, text in list_options(key, task):
            field.addItem(text, code)
        field.blockSignals(before)
        field.select_code(stands)


class _TileWidget(QWidget):
    """One frame and what the model says of it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.frame = FrameView(theme, tr("Camera frame"))
        # as low as the window wants it
        self.frame.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.frame.setMinimumHeight(theme.metrics.scale_px(LOWEST))
        self._answers = ElidedLabel()
        make_column(theme, (self.frame, 1), self._answers, gap=2, parent=self)

    def show_prediction(self, shown: TilePreview) -> None:
        """From now on this."""
        pair = shown.images
        height, width = pair.rgb.shape[:2]
        self.frame.show_frame(
            pair.rgb,
            pair.source,
            tr(
                "{source}, {width} × {height} pixels",
                source=pair.source,
                width=width,
                height=height,
            ),
            pair.crop,
            pair.marks,
        )
        self._answers.setText(shown.prediction)
        set_tone(self._answers, "warn" if shown.wrong else "")

    @property
    def prediction_text(self) -> str:
        """What stands below the frame."""
        return self._answers.whole
