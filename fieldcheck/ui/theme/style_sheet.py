"""The one style sheet, generated from the tokens. Widgets ask by a property: `textSize`, `tone`, `role`, `card`, `surface`, `roomy`."""

from __future__ import annotations

from string import Template

from fieldcheck.ui.theme.tokens import CAPTION, CLASS_NAME, NUMBER, TITLE, VERDICT, Metrics, Tokens

SHEET = Template("""
QToolTip { color: $text; background: $panel; border: 1px solid $border; padding: 4px; }
QWidget[surface="sunken"] { background: $sunken; }
QWidget[surface="panel"] { background: $panel; }
QFrame[card="true"] { background: $panel; border: 1px solid $hairline; border-radius: 4px; }
QFrame[rule="true"] { background: $hairline; border: none; max-height: 1px; min-height: 1px; }

QLabel[textSize="caption"] { font-size: ${caption}px; }
QLabel[textSize="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[textSize="heading"] { font-size: ${heading}px; font-weight: 600; }
QLabel[textSize="number"] { font-size: ${number}px; font-weight: 600; }
QLabel[textSize="verdict"] { font-size: ${verdict}px; font-weight: 600; }
QLabel[weight="bold"] { font-weight: 600; }
QLabel[tone="quiet"] { color: $text2; }
QLabel[tone="warn"] { color: $warn_text; }
QLabel[tone="alarm"] { color: $alarm; }

QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox, QDateTimeEdit {
    min-height: ${inner}px; padding: 0 ${pad}px; color: $text; background: $raised;
    border: 1px solid $border; border-radius: 4px; selection-background-color: $selection; selection-color: $on_selection; }
QPushButton:hover, QToolButton:hover, QComboBox:hover { border-color: $accent; }
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked {
    background: $selection; color: $on_selection; border: 2px solid $accent; }
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled, QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled {
    color: $disabled; border-color: $disabled; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus,
#reader:focus, QListView:focus, QTableView:focus, QTreeView:focus { border: 3px solid $focus; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateTimeEdit:focus {
    border: 3px solid $focus; min-height: ${focused}px; padding: 0 ${focused_pad}px; }
QPushButton[role="primary"] {
    min-height: ${primary_inner}px; padding: 0 ${pad}px; color: $on_accent; background: $accent;
    border: 1px solid $accent; font-weight: 600; }
QPushButton[role="primary"]:disabled { color: $disabled; background: $panel; border-color: $disabled; }
QPushButton[role="primary"]:focus { border: 3px solid $text; }
QPushButton[role="alarm"] { color: $on_alarm; background: $alarm; border-color: $alarm; font-weight: 600; }
QPushButton[role="status"] { min-height: 0; padding: 0 6px; background: transparent; border: none; font-size: ${caption}px; }
QPushButton[role="status"]:focus { border: 3px solid $focus; }
QPushButton[role="chip"] { padding: 0 10px; }

QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QComboBox::drop-down { width: ${drop}px; border: none; }
QComboBox QAbstractItemView { background: $panel; color: $text; border: 1px solid $border;
    selection-background-color: $selection; selection-color: $on_selection; outline: none; }
QPlainTextEdit, QListView, QTableView, QTreeView { color: $text; background: $panel; border: 1px solid $border; border-radius: 4px;
    selection-background-color: $selection; selection-color: $on_selection; outline: none; }
QPlainTextEdit { background: $raised; }
QFrame[card="true"] QListView, QFrame[card="true"] QTableView, QFrame[card="true"] QTreeView { border-color: $panel; }
QFrame[card="true"] QListView:focus, QFrame[card="true"] QTableView:focus, QFrame[card="true"] QTreeView:focus { border: 3px solid $focus; }
QListView::item { padding: ${item}px 4px; }
QTableView { gridline-color: $hairline; }
QTableView[roomy="true"]::item { padding: 0 5px; }
QHeaderView::section { color: $text2; background: $panel; border: none; border-bottom: 1px solid $border; padding: 4px 8px;
    font-weight: 600; }
QTableCornerButton::section { background: $panel; border: none; border-bottom: 1px solid $border; }
QCheckBox, QRadioButton { min-height: ${check}px; spacing: 8px; border: 3px solid transparent; border-radius: 4px; }
QCheckBox:focus, QRadioButton:focus { border: 3px solid $focus; }

QProgressBar { min-height: 6px; max-height: 6px; border: none; border-radius: 0; background: $border; }
QProgressBar::chunk { background: $accent; }

QSlider:horizontal { min-height: ${target}px; border: 3px solid transparent; border-radius: 4px; }
QSlider:focus { border: 3px solid $focus; }
QSlider::groove:horizontal { height: 6px; background: $border; border-radius: 3px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 3px; }
QSlider::handle:horizontal { width: 22px; height: 22px; margin: -10px 0; border: 2px solid $accent; border-radius: 13px;
    background: $panel; }

QScrollArea { border: none; background: transparent; }
QScrollBar:vertical { width: 14px; background: transparent; margin: 0; }
QScrollBar:horizontal { height: 14px; background: transparent; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 4px; min-height: 32px; min-width: 32px; margin: 3px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { color: $text; background: $panel; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 24px; }
QMenu::item:selected { color: $on_selection; background: $selection; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QFrame[banner="warn"] { background: $warn; border: none; border-radius: 4px; }
QFrame[banner="warn"] QLabel { color: $on_warn; }
QFrame[banner="alarm"] { background: $alarm; border: none; border-radius: 4px; }
QFrame[banner="alarm"] QLabel { color: $on_alarm; }
QFrame[banner="info"] { background: $panel; border: 2px solid $accent; border-radius: 4px; }
QFrame[toast="true"] { background: $text; border: 1px solid $panel; border-radius: 4px; }
QFrame[toast="true"] QLabel { color: $panel; }
QFrame[popover="true"] { background: $panel; border: 2px solid $border; border-radius: 4px; }
""")


def build_style_sheet(tokens: Tokens, metrics: Metrics) -> str:
    """The whole sheet for a theme and a size."""
    colours = {name: getattr(tokens, name) for name in Tokens.__dataclass_fields__ if isinstance(getattr(tokens, name), str)}
    sizes = {
        "caption": metrics.scale_px(CAPTION),
        "title": metrics.scale_px(TITLE),
        "heading": metrics.scale_px(CLASS_NAME),
        "number": metrics.scale_px(NUMBER),
        "verdict": metrics.scale_px(VERDICT),
        "target": metrics.target,
        "inner": metrics.target - 2,
        "primary_inner": metrics.primary - 2,
        "pad": metrics.scale_px(12),
        "focused": metrics.target - 6,  # the thicker border takes its room inside, so that nothing moves
        "focused_pad": metrics.scale_px(12) - 2,
        "drop": metrics.scale_px(24),
        "item": metrics.scale_px(14 if metrics.gloves else 5),
        "check": metrics.target - 6 if metrics.gloves else metrics.scale_px(24),
    }
    return SHEET.substitute(colours | {name: str(size) for name, size in sizes.items()})
