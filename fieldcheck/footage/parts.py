"""Parts: which thing on the line each frame shows, by file name, by a pause, or by a list; and the
rule by which a part is called defective."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.frame import PART_CALLS, PART_SOURCES, ListedFrame, PartCall, PartRule
from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.imported_files import PartsRefused
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.safe_text import clean_name
from fieldcheck.verify_pack import to_canonical_json

KEY = "parts"
ACT = "parts.set"
GROUP = "part"
LONGEST_PATTERN = 200


@dataclass(frozen=True, slots=True)
class PartCounts:
    """How many parts there are, `n_frames` of which show one, and `n_without` frames that show
    none by the rule."""

    n_parts: int
    n_frames: int
    n_without: int


def get_part_rule(project: Project) -> PartRule | None:
    """The rule in effect; None where frames carry no part."""
    return _parse_rule(project.read(settings_table.list_settings).get(KEY))


def load_parts(project: Project) -> dict[str, str]:
    """Parts of the listed frames: frame id → part. Empty where frames carry none."""
    return project.read(_load_parts)


@memoisable
def _load_parts(db: Database) -> dict[str, str]:
    rule = _parse_rule(settings_table.list_settings(db).get(KEY))
    return frames_table.get_parts(db, rule.list_id) if rule else {}


def list_frames_of_part(project: Project, frame_id: str) -> tuple[str, ...]:
    """Listed frames that show the same part as this one; only itself where frames carry none."""
    rule = get_part_rule(project)
    if rule is None:
        return (frame_id,)
    return project.read(lambda db: frames_table.list_frames_of_part(db, rule.list_id, frame_id))


def count_parts(project: Project) -> PartCounts:
    """Counts of the rule in effect."""
    parts = load_parts(project)
    n_listed = project.read(frames_table.count_listed_frames)
    return PartCounts(len(set(parts.values())), len(parts), n_listed - len(parts))


def set_part_rule(project: Project, rule: PartRule) -> Changes:
    """Parts by a pattern of file names or by a pause from now on, also of footage that is imported
    later, as one undoable act. Raises PartsRefused."""
    frames = project.read(frames_table.list_frames)
    parts = assign_parts(rule, frames)
    if frames and not parts:
        raise PartsRefused(rule.definition, "no_match", frames[0].source)
    return store_parts(project, rule, parts)


def store_parts(project: Project, rule: PartRule, parts: Mapping[str, str]) -> Changes:
    """These parts, frame id → part, from now on, as one undoable act."""
    named = replace(rule, list_id=_make_list_id(rule, parts if rule.source == "csv" else {}))
    project.write(lambda db: frames_table.insert_parts(db, named.list_id, parts)).result()
    return _store_rule(project, named)


def set_part_call(project: Project, rule: PartRule, call: PartCall, least: int) -> Changes:
    """When a part of this rule is called defective from now on, as one undoable act."""
    if call not in PART_CALLS or least < 1:
        raise ValueError(f"a part is called by {PART_CALLS}, at least one frame: {call} {least}")
    return _store_rule(project, replace(rule, call=call, least=least if call == "at_least" else 1))


def clear_parts(project: Project) -> Changes:
    """Frames carry no part from now on, as one undoable act."""
    return project.edit(ACT, deletes=[settings_table.make_setting_key(KEY)])


def add_parts_of_frames(db: Database, frames: Iterable[ListedFrame]) -> None:
    """Gives frames of a recording that was just listed their parts by the rule in effect; a list
    from a file knows only the frames that it names."""
    rule = _parse_rule(settings_table.list_settings(db).get(KEY))
    if rule and rule.source != "csv":
        frames_table.insert_parts(db, rule.list_id, assign_parts(rule, frames))


def assign_parts(rule: PartRule, frames: Iterable[ListedFrame]) -> dict[str, str]:
    """Parts of frames by a pattern or a pause: frame id → part; a frame that fits no pattern is
    left out. Raises PartsRefused for a pattern that is none."""
    if rule.source == "pause":
        return _assign_by_pause(float(rule.definition), frames)
    pattern = compile_pattern(rule.definition)
    parts: dict[str, str] = {}
    for frame in frames:
        match = pattern.search(frame.source)
        if match and match[GROUP]:
            name = clean_name(match[GROUP])
            parts[frame.frame_id] = name if rule.across else f"{frame.recording_id}/{name}"
    return parts


def _assign_by_pause(pause_s: float, frames: Iterable[ListedFrame]) -> dict[str, str]:
    """A new part begins where no frame was listed for longer than the pause."""
    parts: dict[str, str] = {}
    last: ListedFrame | None = None
    number = 0
    for frame in frames:
        if last is None or frame.recording_id != last.recording_id:
            number = 1
        elif frame.t_s - last.t_s > pause_s:
            number += 1
        parts[frame.frame_id] = f"{frame.recording_id}/{number:04d}"
        last = frame
    return parts


def compile_pattern(text: str) -> re.Pattern[str]:
    """A regular expression with a group named part, searched in `folder/file`; or a template such
    as `{part}_*.png` for the file's name, where `*` is any text. Raises PartsRefused."""
    if "(?P<part>" not in text:
        if text.count("{part}") != 1:
            raise PartsRefused(text, "pattern")
        name = re.escape(PurePosixPath(text).name).replace(r"\{part\}", "{part}")
        body = name.replace(r"\*", "[^/]*").replace("{part}", "(?P<part>[^/]+?)")
        return re.compile(rf"(?:^|/){body}$")
    try:
        if len(text) > LONGEST_PATTERN:
            raise PartsRefused(text[:LONGEST_PATTERN], "pattern")
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise PartsRefused(text, "pattern", str(error)) from error


def _make_list_id(rule: PartRule, parts: Mapping[str, str]) -> str:
    """The same rule and the same list have the same name, so that undo and redo find theirs."""
    body = [rule.source, rule.definition, rule.across, sorted(parts.items())]
    return sha256(to_canonical_json(body)).hexdigest()[:16]


def _store_rule(project: Project, rule: PartRule) -> Changes:
    return project.edit(ACT, puts=[settings_table.make_setting_row(KEY, asdict(rule))])


def _parse_rule(value: Any) -> PartRule | None:
    """The rule that was stored; None for anything else."""
    names = {field.name for field in fields(PartRule)}
    if not isinstance(value, dict) or set(value) != names:
        return None
    rule = PartRule(**value)
    texts = (rule.source, rule.definition, rule.list_id, rule.by)
    if not all(isinstance(text, str) for text in texts) or rule.source not in PART_SOURCES:
        return None
    if rule.call not in PART_CALLS or not isinstance(rule.least, int) or rule.least < 1:
        return None
    try:
        if rule.source != "csv":
            assign_parts(rule, ())
    except (PartsRefused, ValueError):
        return None
    return replace(rule, by=clean_name(rule.by))
