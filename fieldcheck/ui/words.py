"""Words that several screens say: how long something still takes, how large something is, when something was."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from PySide6.QtCore import QDateTime, QLocale

from fieldcheck.words.language import current, plural, text

GB, MB = 10**9, 10**6


def time_left(seconds: float) -> str:
    """`about 2 min left`: in steps of 5 s below a minute, of 15 s below five, else of minutes."""
    if seconds < 60:
        return text("about {n} s left").format(n=max(5, ceil(seconds / 5) * 5))
    if seconds < 300:
        quarter = ceil(seconds / 15) * 15
        return text("about {minutes}:{seconds} min left").format(minutes=quarter // 60, seconds=f"{quarter % 60:02d}")
    return text("about {n} min left").format(n=ceil(seconds / 60))


def lasts(seconds: float) -> str:
    """`about 1 h 15 min`, `about 4 min`: how long room lasts, rounded down, never below nothing."""
    whole = max(0, int(seconds // 60))
    if whole >= 60:
        return text("about {hours} h {minutes} min").format(hours=whole // 60, minutes=whole % 60)
    return text("about {n} min").format(n=whole)


def size(n_bytes: float) -> str:
    """`38 GB`, `6 MB`, `1 MB` for anything smaller."""
    if n_bytes >= 10 * GB:
        return text("{n} GB").format(n=round(n_bytes / GB))
    if n_bytes >= GB:
        return text("{n} GB").format(n=locale().toString(n_bytes / GB, "f", 1))
    return text("{n} MB").format(n=max(1, round(n_bytes / MB)))


def moment(when: datetime) -> str:
    """`today 14:32`, else day and time."""
    shown = locale().toString(_qt(when), "HH:mm")
    if when.date() == datetime.now().date():
        return text("today {time}").format(time=shown)
    return locale().toString(_qt(when), "d MMM yyyy HH:mm")


def clock(when: datetime) -> str:
    """`14:32:07`."""
    return when.strftime("%H:%M:%S")


def n_frames(n: int) -> str:
    """`1 frame`, `100 frames`."""
    return plural("{n} frame", "{n} frames", n).format(n=n)


def locale() -> QLocale:
    """Dates and decimals as they are written in the language that is spoken."""
    return QLocale("de_DE" if current() == "de" else "en_GB")


def _qt(when: datetime) -> QDateTime:
    return QDateTime(when.year, when.month, when.day, when.hour, when.minute, when.second)
