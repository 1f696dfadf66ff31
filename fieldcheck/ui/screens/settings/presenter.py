"""Presenter of the settings: a change is stored and holds at once; the section that was open is
open again after everything was built anew."""

from __future__ import annotations

import re
from importlib import metadata
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication

from fieldcheck.domain.project_state import Changes
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_screen_name, list_actions
from fieldcheck.ui.screens.settings.information_pages import UpdatePresenter
from fieldcheck.ui.screens.settings.view import SettingsView
from fieldcheck.ui.theme import READABLE

if TYPE_CHECKING:
    from fieldcheck.models import providers
else:
    providers = LazyModule("fieldcheck.models.providers")

SECTION, FOCUS = "settings.section", "settings.focus"
PROGRAM = "fieldcheck"
LONGEST = 60  # a licence in full instead of its name is not shown in a table
FONTS = (("DejaVu Sans", "2.37", "Bitstream Vera"), ("Inter", "4.1", "SIL Open Font License 1.1"))


class SettingsPresenter:
    """Passes changes to the preferences and shows their values."""

    def __init__(self, view: SettingsView, context: Context, header: Header) -> None:
        self._view, self._context, self._header = view, context, header
        self._update = UpdatePresenter(view.update_page, context)
        self._is_shown = self._parts_requested = False
        self._parts: list[tuple[str, ...]] = []
        self._providers: tuple[str, ...] = ()

    def enter(self) -> None:
        """Called when the screen is shown."""
        self._is_shown = True
        self._header.show_head(
            ScreenHeading(get_screen_name("settings"), tr("Changes take effect immediately."))
        )
        self._view.show_settings(self._context.preferences.settings)
        self._view.show_section(self._context.session_values.get(SECTION, ""))
        self._view.show_parts(self._parts)
        self._view.show_providers(self._providers)

    def leave(self) -> None:
        """Leaves the screen. Results of running look-ups are dropped, since the view may be deleted
        when they arrive."""
        self._is_shown = False

    def refresh(self, changes: Changes) -> None:
        """Does nothing: no project changes what is shown here."""

    def on_primary_action(self) -> None:
        """Does nothing: the screen has no primary action."""

    def change_setting(self, name: str, value: Any) -> None:
        """Stores a changed setting. Some settings rebuild the window, so the focused field is
        recorded first."""
        focus = QApplication.focusWidget()
        self._context.session_values[FOCUS] = focus.objectName() if focus is not None else ""
        self._context.preferences.update(**{name: value})

    def open_section(self, section: str) -> None:
        """Another section is looked at, here and when the screen is built anew."""
        self._context.session_values[SECTION] = section

    def look_up_section(self, section: str) -> None:
        """Packages and providers are looked up when their section is first seen."""
        if section == "about" and not self._parts_requested:
            self._parts_requested = True
            spoken = language.get_language()
            parts = self._context.runner.run_in_order(self._view, lambda: _load_parts(spoken))
            parts.on_success(self._on_parts_found)
        if section == "computing" and not self._providers:
            reading = self._context.runner.run_in_order(
                self._view, lambda: providers.list_installed_providers()
            )
            reading.on_success(self._on_providers_found)

    def _on_providers_found(self, codes: tuple[str, ...]) -> None:
        self._providers = codes
        if self._is_shown:
            self._view.show_providers(codes)

    def _on_parts_found(self, parts: list[tuple[str, ...]]) -> None:
        self._parts = parts
        if self._is_shown:
            self._view.show_parts(parts)


def _load_parts(spoken: str) -> list[tuple[str, ...]]:
    with language.use_language(spoken):
        return list_shipped_parts()


def build_screen(context: Context, header: Header) -> Screen:
    """Builds the screen."""
    view = SettingsView(
        context.theme,
        list_actions(),
        context.actions.get_action("diagnostics"),
        context.actions.get_key_text("diagnostics"),
    )
    presenter = SettingsPresenter(view, context, header)
    view.changed.connect(presenter.change_setting)
    view.section_chosen.connect(presenter.open_section)
    view.section_seen.connect(presenter.look_up_section)
    focus = view.find_field(context.session_values.pop(FOCUS, ""))
    return Screen(view, presenter, focus, max_width=READABLE)


def list_shipped_parts() -> list[tuple[str, ...]]:
    """Name, version and licence of every package that the program needs, and that these need, by
    name; then the font.

    Slow: reads some dozens of files.
    """
    parts: dict[str, tuple[str, ...]] = {}
    waiting = [PROGRAM]
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in parts:
            continue
        try:
            part = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # needed on other systems only
        parts[key] = (part.metadata["Name"], part.version, get_licence(part))
        waiting += list_requirements(part)
    parts.pop(PROGRAM, None)
    return [*(parts[key] for key in sorted(parts)), *FONTS]


def list_requirements(part: metadata.Distribution) -> list[str]:
    """Names of the packages that it always needs."""
    named = [
        re.match(r"[A-Za-z0-9._-]+", line) for line in part.requires or () if "extra ==" not in line
    ]
    return [match[0] for match in named if match]


def get_licence(part: metadata.Distribution) -> str:
    """Its licence as short as the package says it."""
    package_metadata = part.metadata
    short = _get_first_value(package_metadata, "License-Expression") or next(
        iter(_get_first_value(package_metadata, "License").strip().splitlines()), ""
    )
    classes = [
        line.rpartition(" :: ")[2]
        for line in package_metadata.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    return next(
        (text for text in (short, ", ".join(classes)) if text and len(text) <= LONGEST),
        tr("see package files"),
    )


def _get_first_value(package_metadata: metadata.PackageMetadata, field: str) -> str:
    return next(iter(package_metadata.get_all(field) or ()), "")
