"""Formats shared by several screens: time left, sizes, timestamps."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from PySide6.QtCore import QDateTime, QLocale

from fieldcheck.i18n.language import get_language, tr, tr_plural
from fieldcheck.i18n.numbers import format_number

GB, MB = 10**9, 10**6


def format_time_left(seconds: float) -> str:
    """`about 2 min left`: in steps of 5 s below a minute, of 15 s below five, else of minutes."""
    if seconds < 60:
        return tr("about {n} s left", n=max(5, ceil(seconds / 5) * 5))
    if seconds < 300:
        quarter = ceil(seconds / 15) * 15
        return tr(
            "about {minutes}:{seconds} min left",
            minutes=quarter // 60,
            seconds=f"{quarter % 60:02d}",
        )
    return tr("about {n} min left", n=ceil(seconds / 60))


def format_duration(seconds: float) -> str:
    """`about 1 h 15 min`, `about 4 min`: recording time left, rounded down, never negative."""
    whole = max(0, int(seconds // 60))
    if whole >= 60:
        return tr("about {hours} h {minutes} min", hours=whole // 60, minutes=whole % 60)
    return tr("about {n} min", n=whole)


def format_size(n_bytes: float) -> str:
    """`38 GB`, `6 MB`, `1 MB` for anything smaller."""
    if n_bytes >= 10 * GB:
        return tr("{n} GB", n=round(n_bytes / GB))
    if n_bytes >= GB:
        return tr("{n} GB", n=get_locale().toString(n_bytes / GB, "f", 1))
    return tr("{n} MB", n=max(1, round(n_bytes / MB)))


def format_timestamp(when: datetime) -> str:
    """`today 14:32`, else day and time."""
    shown = get_locale().toString(_to_qt_datetime(when), "HH:mm")
    if when.date() == datetime.now().date():
        return tr("today {time}", time=shown)
    return get_locale().toString(_to_qt_datetime(when), "d MMM yyyy HH:mm")


def format_time_of_day(when: datetime) -> str:
    """`14:32:07`."""
    return when.strftime("%H:%M:%S")


def format_frame_count(n: int) -> str:
    """`1 frame`, `1,234 frames`."""
    return tr_plural("{n} frame", "{n} frames", n, n=format_number(n))


def get_locale() -> QLocale:
    """Locale of the current language, for dates and decimals."""
    return QLocale("de_DE" if get_language() == "de" else "en_GB")


def _to_qt_datetime(when: datetime) -> QDateTime:
    return QDateTime(when.year, when.month, when.day, when.hour, when.minute, when.second)
