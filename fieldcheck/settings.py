"""Settings that the program remembers about a person between two starts; losing it costs nobody any
work."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from fieldcheck.files import write_text
from fieldcheck.safe_json_yaml import parse_json_file
from fieldcheck.safe_text import clean_name

NAME = "settings.json"
BROKEN = "settings.broken.json"
MOST_BYTES = 1 << 20
GLOVES_TOO_FAST_MS = 300
LONGEST = 4096  # of a text, as of a path
MOST_PATHS = 100
BETWEEN = {"size": (50, 400), "too_fast_ms": (0, 10_000)}


@dataclass(frozen=True, slots=True)
class Settings:
    """`language`, `report_language`: `en`, `de`, or empty for the system's. `recent`: project
    folders, the last opened first.

    `theme`: `light`, `dark`, `hc_dark`, `hc_light`, or empty for the system's. `size`: interface
    size in percent. `too_fast_ms`: a label key this soon after a frame appeared is not taken.
    `name`: who labels, as it stands on the labels and in the report. `provider`: where models are
    computed, a code of `domain.run`. `background`: the model is run and tested while somebody
    labels. `folder`: of the file that was chosen last. `show_keys`: every button shows its
    key. `first_visit`: so it does too, since no report was made yet. `outage_sound`: the
    computer sounds when a camera stops sending.
    """

    language: str = ""
    recent: tuple[str, ...] = ()
    theme: str = ""
    size: int = 100
    gloves: bool = False
    too_fast_ms: int = 200
    name: str = ""
    report_language: str = ""
    provider: str = "cpu"
    background: bool = True
    folder: str = ""
    show_keys: bool = False
    first_visit: bool = True
    outage_sound: bool = False

    @property
    def are_keys_shown(self) -> bool:
        """Whether every button shows its key without being asked."""
        return self.show_keys or self.first_visit

    @property
    def min_view_ms(self) -> int:
        """How long a frame must have been on the screen before a key counts as an answer to it; a
        hand in a glove bounces."""
        return (
            max(self.too_fast_ms, GLOVES_TOO_FAST_MS)
            if self.gloves and self.too_fast_ms
            else self.too_fast_ms
        )


def load_settings(folder: Path) -> Settings:
    """The stored settings, with the usual value for each one that is missing, unknown, of another
    kind or beyond all measure.

    A file that cannot be read as settings at all is kept beside as settings.broken.json, so that
    nothing typed by hand is lost.
    """
    path = folder / NAME
    try:
        document = parse_json_file(path, MOST_BYTES)
    except OSError:
        return Settings()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        with suppress(OSError):  # a read-only place keeps the broken file where it is
            path.replace(folder / BROKEN)
        return Settings()
    usual = Settings()
    return replace(
        usual,
        **{
            field.name: _validate_value(
                field.name, document.get(field.name), getattr(usual, field.name)
            )
            for field in fields(Settings)
        },
    )


def _validate_value(name: str, value: Any, usual: Any) -> Any:
    """`value` where it is of the usual one's kind and within its bounds, else the usual one."""
    if isinstance(usual, tuple):
        return (
            tuple(item for item in value if _is_text(item))[:MOST_PATHS]
            if isinstance(value, list)
            else usual
        )
    if isinstance(usual, str):
        return (clean_name(value) if name == "name" else value) if _is_text(value) else usual
    if type(value) is not type(usual):
        return usual
    lowest, highest = BETWEEN.get(name, (value, value))
    return value if lowest <= value <= highest else usual


def _is_text(value: Any) -> bool:
    """Whether it is a text that a path, a name or a code may be: of some length, and of letters
    that can be written down."""
    if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def save_settings(folder: Path, settings: Settings) -> None:
    """Store the settings, whole or not at all. Raises DiskFull, ReadOnlyPlace."""
    text = (
        json.dumps(
            asdict(replace(settings, name=clean_name(settings.name))), indent=2, ensure_ascii=False
        )
        + "\n"
    )
    write_text(folder / NAME, text, private=True)
