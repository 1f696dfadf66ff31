"""Filters of file dialogs: which files are shown at first, and all files for who knows better."""

from __future__ import annotations

from fieldcheck.domain.file_kinds import VIDEO_ENDINGS, format_patterns
from fieldcheck.words.language import tr


def make_video_filter() -> str:
    """Videos, as Qt writes filters."""
    return add_all_files(tr("Videos"), format_patterns(VIDEO_ENDINGS))


def add_all_files(name: str, shown: str) -> str:
    """Files of the patterns `shown` under that name, and all files behind them."""
    return f"{name} ({shown});;{tr('All files')} (*)"
