"""Parts of frames from a CSV file with the columns file and part."""

from __future__ import annotations

from pathlib import Path

from fieldcheck.domain.frame import PartRule
from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import PartsRefused
from fieldcheck.footage.parts import store_parts
from fieldcheck.labels.formats.csv_parquet import read_csv_rows
from fieldcheck.labels.import_labels import match_frames
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.safe_text import clean_name, unescape_formula

COLUMNS = ("file", "part")


def import_parts(project: Project, path: Path, rule: PartRule) -> Changes:
    """Parts as a CSV file lists them from now on, as one undoable act; names of files are matched
    as those of labels. Raises PathMissing, LabelsRefused, PartsRefused."""
    if not path.exists():
        raise PathMissing(path)
    part_by_name = read_part_list(path)
    matches = match_frames(tuple(part_by_name), project.read(frames_table.list_frame_sources))
    if twice := next((name for name, why in matches.unmatched if why == "same_frame"), ""):
        raise PartsRefused(path.name, "two_parts", twice)
    if not matches.frames:
        raise PartsRefused(path.name, "no_match", next(iter(part_by_name), ""))
    parts = {frame_id: part_by_name[name] for name, frame_id in matches.frames.items()}
    return store_parts(project, rule, parts)


def read_part_list(path: Path) -> dict[str, str]:
    """Part by name of a file; rows without a part are passed over. Raises LabelsRefused,
    PartsRefused."""
    rows = read_csv_rows(path)
    header = next(rows)
    if not set(COLUMNS) <= set(header):
        raise PartsRefused(path.name, "columns", ",".join(header))
    file_at, part_at = (header.index(name) for name in COLUMNS)
    parts: dict[str, str] = {}
    for row in rows:
        name, part = (
            unescape_formula(row[file_at]).strip(),
            clean_name(unescape_formula(row[part_at])),
        )
        if part and name and parts.setdefault(name, part) != part:
            raise PartsRefused(path.name, "two_parts", name)
    return parts
