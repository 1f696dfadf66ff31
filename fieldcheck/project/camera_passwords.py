"""Addresses of cameras that an earlier version stored with passwords in them: found, and taken out of everything in the project folder."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from fieldcheck.capture.address import HIDDEN, format_redacted_source, is_address
from fieldcheck.capture.container import compute_recording_sha256
from fieldcheck.capture.entry import HEADER_BYTES, ContainerHeader, decode_header, encode_header
from fieldcheck.files import write_bytes
from fieldcheck.project.backup import list_backups
from fieldcheck.project.connect import map_database_errors, open_for_writing
from fieldcheck.project.layout import DATABASE, RECORDINGS, REPORTS
from fieldcheck.project.project import Project
from fieldcheck.project.tables import recordings, texts

SUMS = "SHA256SUMS.txt"
READABLE = (".html", ".json", ".csv", ".txt", ".xml", ".yaml")


def find_stored_passwords(project: Project) -> Mapping[str, str]:
    """Every stored address that holds more than may be shown, with its bare form; the longest first."""
    said = {*project.read(texts.list_camera_texts), *(text for _, head in _iter_headers(project.path) for text in _list_header_texts(head))}
    bare = {old: format_redacted_source(old) for old in said if is_address(old)}
    return {old: bare[old] for old in sorted(bare, key=len, reverse=True) if _is_secret_hidden(old, bare[old])}


def remove_passwords(project: Project, told: Mapping[str, str]) -> Iterator[str]:
    """Puts the bare forms in their places: in the database, its backups, the indexes of recordings and reports. Yields what was made
    anew, relative to the project. A PDF of a report that held one is deleted, for nobody can look into it."""
    forms = _list_forms(told)
    _clean_database(project.path / DATABASE, forms)
    yield DATABASE
    for backup in list_backups(project.path):
        _clean_database(backup, forms)
        yield backup.relative_to(project.path).as_posix()
    for idx, head in _iter_headers(project.path):
        if any(text in told for text in _list_header_texts(head)):
            _clean_index(project, idx, replace(head, about=_redact_metadata(dict(head.about), told)))
            yield idx.relative_to(project.path).as_posix()
    for folder in sorted(path for path in (project.path / REPORTS).glob("*") if path.is_dir() and not path.is_symlink()):
        if _clean_report(folder, forms):
            yield folder.relative_to(project.path).as_posix()


def _is_secret_hidden(old: str, bare: str) -> bool:
    """Whether the two differ by more than how the same address is written."""
    return bare.count(HIDDEN) > old.count(HIDDEN) or any(mark in old for mark in "@#")


def _list_forms(told: Mapping[str, str]) -> dict[str, str]:
    """An address as it stands in rows and in the files that are made of them."""
    ways = (
        str,
        html.escape,
        lambda one: html.escape(one).replace("&#x27;", "&#39;"),
        _to_json_form,
        _to_ascii_form,
        lambda one: one.replace('"', '""'),
    )
    return {way(old): way(new) for old, new in told.items() for way in ways}


def _to_json_form(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _to_ascii_form(text: str) -> str:
    return json.dumps(text)[1:-1]


def _clean_database(path: Path, forms: Mapping[str, str]) -> None:
    db = open_for_writing(path, "FULL")
    try:
        with map_database_errors(path):
            texts.replace_texts(db, forms)
            if path.name != DATABASE:  # a backup is one file
                db.execute("PRAGMA journal_mode = DELETE")
    finally:
        db.close()


def _iter_headers(root: Path) -> Iterator[tuple[Path, ContainerHeader]]:
    for idx in sorted((root / RECORDINGS).glob("*/*.idx")):
        if not idx.is_symlink() and not idx.parent.is_symlink():
            with idx.open("rb") as file:
                head = decode_header(file.read(HEADER_BYTES))
            if head is not None:
                yield idx, head


def _list_header_texts(head: ContainerHeader) -> tuple[str, ...]:
    return tuple(value for value in head.about.values() if isinstance(value, str))


def _redact_metadata(about: dict[str, object], told: Mapping[str, str]) -> dict[str, object]:
    return {key: told.get(value, value) if isinstance(value, str) else value for key, value in about.items()}


def _clean_index(project: Project, idx: Path, head: ContainerHeader) -> None:
    """The hash of the recording follows, where it was right before."""
    recording = project.read(lambda db: recordings.get_recording(db, head.recording_id))
    was_right = recording is not None and bool(recording.sha256) and compute_recording_sha256(idx.parent) == recording.sha256
    write_bytes(idx, encode_header(head) + idx.read_bytes()[HEADER_BYTES:])
    if was_right:
        project.write(lambda db: texts.set_sha256(db, head.recording_id, compute_recording_sha256(idx.parent))).result()


def _clean_report(folder: Path, forms: Mapping[str, str]) -> bool:
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink()]
    found = [path for path in files if path.suffix in READABLE and _clean_text(path, forms)]
    if not found:
        return False
    for path in files:
        if path.suffix == ".pdf":
            path.unlink()
    sums = [path for path in files if path.name != SUMS and path.suffix != ".pdf"]
    lines = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sums)
    write_bytes(folder / SUMS, lines.encode())
    return True


def _clean_text(path: Path, forms: Mapping[str, str]) -> bool:
    data = before = path.read_bytes()
    for old, new in forms.items():
        data = data.replace(old.encode(), new.encode())
    if data != before:
        write_bytes(path, data)
    return data != before
