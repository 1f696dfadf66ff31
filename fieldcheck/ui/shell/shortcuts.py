"""The table of actions with their keys, from which menus, buttons, tooltips, key sheet, palette,
docs and tests are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from shiboken6 import isValid

from fieldcheck.ui.qt_types import get_application
from fieldcheck.ui.screen import GLOBAL, ActionSpec

AZERTY = dict(zip("1234567890", "&é\"'(-è_çà", strict=True))
"""What the digit keys give without Shift on a French keyboard: a label must not need Shift there.
"""
NAVIGATION_KEYS = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
)
"""What a widget with the property `walks` takes for itself: its parts are one stop for Tab."""
# by name: no window needs one for its first paint
TEXT_INPUT_CLASSES, LIST = ("QLineEdit", "QPlainTextEdit", "QSpinBox"), "QComboBox"
PRESSES_BUTTONS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(slots=True)
class _BoundAction:
    """An action with what it is given, which is None until the screen is built."""

    action: QAction
    entry: ActionSpec
    presenter: object = None


ScreenTables = Mapping[str, Callable[[], Sequence[ActionSpec]]]


class Actions(QObject):
    """Every action of `table` as a QAction of the window. One of a screen works while that screen
    is shown and was built.

    `screen_tables` list the actions of a screen, by its name. They are made when the screen is
    shown or one of them is asked for: of some three hundred only forty work on every screen, and
    all of them took an eighth of the time to the first paint.
    """

    changed = Signal()
    """The set of enabled actions changed."""

    def __init__(
        self,
        window: QWidget,
        table: Sequence[ActionSpec],
        screen_tables: ScreenTables = MappingProxyType({}),
    ) -> None:
        super().__init__(window)
        self._window = window
        self._screen = ""
        self._blocked = False
        self._wanted = ""  # what is done as soon as it can be
        self._all: dict[str, _BoundAction] = {}
        self._unmade = dict(screen_tables)
        self._french = QGuiApplication.inputMethod().locale().name().startswith(("fr_FR", "fr_BE"))
        self._add_actions(table)
        self._watched: QWidget | None = None
        get_application().focusChanged.connect(self._on_focus_change)
        window.installEventFilter(self)  # keys come here while nothing has the focus
        self._on_focus_change(None, QApplication.focusWidget())

    def _add_actions(self, table: Sequence[ActionSpec]) -> None:
        for entry in table:
            action = QAction(entry.text, self)
            action.setObjectName(entry.id)
            if not entry.hold:
                action.setShortcuts(_make_key_sequences(entry, self._french))
            action.setAutoRepeat(entry.repeats)
            action.setEnabled(False)
            action.triggered.connect(self._on_trigger)
            self._window.addAction(action)
            self._all[entry.id] = _BoundAction(action, entry)

    def _add_screen(self, screen: str) -> None:
        """Makes the actions of a screen where they are not made yet."""
        if screen in self._unmade:
            self._add_actions(self._unmade.pop(screen)())

    def _get_bound(self, identity: str) -> _BoundAction:
        """An action by its name, also one of a screen that was never shown."""
        while identity not in self._all and self._unmade:
            self._add_screen(next(iter(self._unmade)))
        return self._all[identity]

    def remove_all(self) -> None:
        """Takes every action off the window at once: new ones with the same keys are about to
        come."""
        get_application().focusChanged.disconnect(self._on_focus_change)
        self._window.removeEventFilter(self)
        self._on_focus_change(self._watched, None)
        for bound in self._all.values():
            self._window.removeAction(bound.action)
        self.setParent(None)
        self.deleteLater()

    def bind_screen(self, screen: str, presenter: object) -> None:
        """The actions of a screen, or with `GLOBAL` those that are valid everywhere, are done by
        this presenter from now on."""
        self._add_screen(screen)
        for bound in self._all.values():
            if bound.entry.screen == screen:
                bound.presenter = presenter
                self._update_action(bound)

    def get_action(self, identity: str) -> QAction:
        """The action, for a button or a menu."""
        return self._get_bound(identity).action

    def get_entry(self, identity: str) -> ActionSpec:
        """Its row of the table."""
        return self._get_bound(identity).entry

    def get_key_text(self, identity: str) -> str:
        """Its first key as it is written on a button, empty where it has none."""
        return self._get_bound(identity).entry.shown_key

    def set_enabled(self, identity: str, enabled: bool) -> None:
        """Whether the action can be done now."""
        bound = self._get_bound(identity)
        bound.action.setProperty("off", not enabled)
        self._update_action(bound)

    def trigger_soon(self, identity: str) -> None:
        """Does it now, or as soon as it can be done: a screen that was just entered may still read
        what it is done with. Nothing comes of it once something else is done, or another screen is
        entered."""
        action = self.get_action(identity)
        if action.isEnabled():
            action.trigger()
        else:
            self._wanted = identity

    def set_screen(self, screen: str) -> None:
        """Another screen is shown: its actions work, the others' do not."""
        self._screen, self._wanted = screen, ""
        self._add_screen(screen)
        for bound in self._all.values():
            self._update_action(bound)
        self.changed.emit()

    def set_blocked(self, blocked: bool) -> None:
        """While something lies over the screen (finder, key sheet) only the actions that are valid
        everywhere work."""
        self._blocked = blocked
        self.set_screen(self._screen)

    def list_available(self) -> list[tuple[ActionSpec, QAction]]:
        """Actions for the key sheet and the finder: this screen's actions, then those that are
        valid everywhere."""
        available = [
            (bound.entry, bound.action)
            for bound in self._all.values()
            if bound.entry.screen in (self._screen, GLOBAL)
        ]
        return sorted(available, key=lambda pair: pair[0].screen == GLOBAL)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space and Enter act on the button that has the focus, not on the screen; held keys are
        told when they go down and up."""
        kind = event.type()
        if (
            kind == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._is_for_focus_widget(event)
        ):
            event.accept()
            return True
        if (
            kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QWidget)
        ):
            return self._handle_hold(event, kind == QEvent.Type.KeyPress)
        return False

    def _on_focus_change(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Listens to the widget that has the focus and to no other: a filter for all events of the
        program would hold up every one."""
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = now if now is not self._window else None
        if self._watched is not None:
            self._watched.installEventFilter(self)

    def _is_for_focus_widget(self, event: QKeyEvent) -> bool:
        """Plain keys belong to a field that is written into, Enter and arrows too; of a button only
        those that press it."""
        if event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        ):
            return False
        if is_text_input_focused():
            return (
                event.key() != Qt.Key.Key_Escape
                and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
            )
        focus = QApplication.focusWidget()
        if focus is not None and focus.property("walks") and event.key() in NAVIGATION_KEYS:
            return True
        return event.key() in PRESSES_BUTTONS and (
            isinstance(focus, QAbstractButton) or (focus is not None and focus.inherits(LIST))
        )

    def _handle_hold(self, event: QKeyEvent, down: bool) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or is_text_input_focused():
            return False
        for bound in self._all.values():
            if (
                bound.entry.hold is not None
                and bound.action.isEnabled()
                and QKeySequence(event.key()) == QKeySequence(bound.entry.keys[0])
            ):
                if not event.isAutoRepeat():
                    bound.entry.hold(bound.presenter, down)
                return True
        return False

    def _on_trigger(self) -> None:
        bound = self._all[self.sender().objectName()]
        self._wanted = ""
        if bound.entry.run is not None:
            bound.entry.run(bound.presenter)

    def _update_action(self, bound: _BoundAction) -> None:
        shown = bound.entry.screen == GLOBAL or (
            bound.entry.screen == self._screen and not self._blocked
        )
        can = bound.entry.run is not None or bound.entry.hold is not None
        built = bound.presenter is not None
        bound.action.setEnabled(shown and can and built and not bound.action.property("off"))
        if bound.entry.id == self._wanted and bound.action.isEnabled():
            self._wanted = ""
            # whoever allows it is still about to show why
            QTimer.singleShot(0, bound.action, bound.action.trigger)


def is_text_input_focused() -> bool:
    """Whether keys go into a text field."""
    focus = QApplication.focusWidget()
    return focus is not None and (
        any(map(focus.inherits, TEXT_INPUT_CLASSES))
        or (focus.inherits(LIST) and bool(focus.property("editable")))
    )


def _make_key_sequences(entry: ActionSpec, french: bool) -> list[QKeySequence]:
    """The keys of an action: a digit also on the keypad, and on a French keyboard without Shift; a
    sign also with Shift."""
    sequences = []
    for key in entry.keys:
        sequences.append(QKeySequence(key))
        if len(key) == 1 and key.isdigit():
            sequences.append(QKeySequence(f"Num+{key}"))
            if french:
                sequences.append(QKeySequence(AZERTY[key]))
        if key == "?":
            # but never Shift+/, which is how ? is typed on many keyboards
            sequences.append(QKeySequence("Shift+?"))
        if key.endswith("Return"):
            sequences.append(QKeySequence(key.replace("Return", "Enter")))
    return sequences
