"""Filters of file dialogs: which files are shown at first, and all files for who knows better."""

from __future__ import annotations

from fieldcheck.domain.file_kinds import VIDEO_ENDINGS, patterns
from fieldcheck.words.language import text


def video_filter() -> str:
    """Videos, as Qt writes filters."""
    return with_all(text("Videos"), patterns(VIDEO_ENDINGS))


def with_all(name: str, shown: str) -> str:
    """Files of the patterns `shown` under that name, and all files behind them."""
    return f"{name} ({shown});;{text('All files')} (*)"
