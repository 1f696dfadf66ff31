"""State of a project from its tables: progress, hash of all inputs, files of rows, integrity check,
finished chunks, reports, evidence records."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from fieldcheck.domain.project_state import ProjectStatus, SealKind, SealRecord
from fieldcheck.project import migrations
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.migrations import TABLES, ProjectTable, TableReference
from fieldcheck.project.tables.values import RowMapper, from_json, from_place
from fieldcheck.verify_pack import hash_chain_record, to_canonical_json

if TYPE_CHECKING:
    from sqlite_utils import Database

COUNTS = """WITH own AS (SELECT run_id, subjects, recipe FROM run
    WHERE model_sha256 = (SELECT sha256 FROM model ORDER BY place DESC LIMIT 1))
SELECT
    (SELECT count(*) FROM recording WHERE closed),
    (SELECT count(*) FROM recording WHERE NOT closed),
    (SELECT coalesce(sum(seconds), 0.0) FROM recording WHERE closed)
    - (SELECT coalesce(sum(min(gap.seconds, max(0.0, recording.seconds - gap.at_s))), 0.0)
        FROM gap JOIN recording USING (recording_id) WHERE closed),
    (SELECT count(*) FROM frame),
    (SELECT count(*) FROM pick WHERE taken_out = ''),
    done, unsure, skipped,
    (SELECT count(*) FROM model),
    (SELECT count(*) FROM benchmark_item WHERE benchmark_id = (SELECT max(benchmark_id)
    FROM benchmark)),
    (SELECT count(*) FROM benchmark_item AS item
    WHERE benchmark_id = (SELECT max(benchmark_id) FROM benchmark) AND EXISTS (
        SELECT 1 FROM prediction WHERE subject = item.path
        AND run_id IN (SELECT run_id FROM own WHERE subjects = 'benchmark' AND recipe = 'none')))
    + (SELECT count(*) FROM pick WHERE taken_out = '' AND EXISTS (
        SELECT 1 FROM prediction WHERE subject = pick.frame_id
        AND run_id IN (SELECT run_id FROM own WHERE subjects = 'field' AND recipe = 'none'))),
    (SELECT count(*) FROM report),
    (SELECT count(*) FROM own WHERE recipe <> 'none' AND recipe NOT LIKE 'probe:%'
        AND EXISTS (SELECT 1 FROM prediction WHERE prediction.run_id = own.run_id)),
    (SELECT count(*) FROM model_fact WHERE kind = 'latency'
        AND model_sha256 = (SELECT sha256 FROM model ORDER BY place DESC LIMIT 1)),
    (SELECT count(*) FROM model_fact WHERE fact_id = (SELECT max(fact_id) FROM model_fact
    WHERE kind = 'latency'
        AND model_sha256 = (SELECT sha256 FROM model ORDER BY place DESC LIMIT 1))
        AND json_extract(found, '$.throttling.flag')),
    (SELECT count(DISTINCT substr(about, 1, 25)) FROM model_fact WHERE kind = 'shift'
        AND model_sha256 = (SELECT sha256 FROM model ORDER BY place DESC LIMIT 1)),
    (SELECT coalesce(sum(CAST(found AS INTEGER)), 0) FROM model_fact
    WHERE kind = 'alarms_waiting')
FROM (SELECT coalesce(sum(state = 'done'), 0) AS done, coalesce(sum(state = 'unsure'), 0) AS unsure,
    coalesce(sum(state = 'skipped'), 0) AS skipped FROM label JOIN pick USING (frame_id)
    WHERE taken_out = '')"""


@memoisable
def read_project_status(db: Database) -> ProjectStatus:
    """The counts as they are now."""
    return ProjectStatus(*db.execute(COUNTS).fetchone())


# One hash of everything that results are computed from; it changes as soon as any of that changes.

OF_NO_FIGURE = frozenset(("version", "edit", "edit_row", "label_event", "draft", "chunk", "report"))
"""Tables that affect no number of the report: history, label events, drafts, and written reports.
"""
UPDATED = frozenset(("recording", "model", "benchmark", "draw"))
"""Small tables of facts whose rows are looked at themselves."""
NO_ROWID = "WITHOUT ROWID"


@memoisable
def compute_content_state(db: Database, without: Collection[str] = ()) -> str:
    """Hash of the state. Rows that acts change count by what they hold, facts by how many there are
    and, among the settings, how often some were deleted. `without`: keys of settings that do not
    count."""
    text = hashlib.sha256()
    for table in TABLES:
        if table.name not in OF_NO_FIGURE:
            text.update(repr((table.name, _read_table_state(db, table, without))).encode())
    return text.hexdigest()


def _read_table_state(
    db: Database, table: ProjectTable, without: Collection[str]
) -> list[tuple[object, ...]]:
    if table.edited_by or table.changing or table.name in UPDATED:
        rows = db.execute(f"SELECT * FROM {table.name} ORDER BY 1, 2").fetchall()
        return [row for row in rows if table.name != "setting" or row[0] not in without]
    if table.name == "frame":  # which of them show a sensor that stood still is told later
        return db.execute(
            "SELECT count(*), max(rowid), coalesce(sum(frozen), 0) FROM frame"
        ).fetchall()
    newest = "0" if NO_ROWID in table.sql else "max(rowid)"
    return db.execute(f"SELECT count(*), {newest} FROM {table.name}").fetchall()


# The files that rows own, as the declarations of the tables ask for them.


def list_owned_rows(db: Database) -> tuple[tuple[str, str, str], ...]:
    """List the path in the project, the hash and the kind of hash of every owned file, table by
    table. Raises UnfitValue for a path that leads out of the project."""
    rows = []
    for table in (table for table in migrations.TABLES if table.files):
        cursor = db.execute(table.files)
        column = f"{table.name}.{cursor.description[0][0]}"
        rows += [
            (from_place(where, column), str(sha256), str(about)) for where, sha256, about in cursor
        ]
    return tuple(rows)


# Integrity check of a database, by SQLite itself.


def check_quick(db: Database) -> str:
    """The first fault of the pages, empty where there is none."""
    problem = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    return "" if problem == "ok" else problem


def check_thorough(db: Database) -> tuple[str, ...]:
    """Every fault of pages and indices, at most 100."""
    problems = [str(text) for (text,) in db.execute("PRAGMA integrity_check(100)")]
    return () if problems == ["ok"] else tuple(problems)


def find_dangling_rows(db: Database) -> tuple[tuple[str, str], ...]:
    """Find rows that refer to a missing row; returns table and name, alphabetically."""
    queries = [
        (table.name, table.reference) for table in migrations.TABLES if table.reference is not None
    ]
    return tuple(
        sorted(
            (table, str(name))
            for table, refers in queries
            for (name,) in db.execute(_make_dangling_query(table, refers))
        )
    )


def _make_dangling_query(table: str, refers: TableReference) -> str:
    there = f"SELECT {refers.column} FROM {refers.target_table}"
    return (
        f"SELECT DISTINCT {refers.label_column or refers.column} FROM {table} WHERE "
        f"{refers.column} NOT IN ({there})"
    )


# The chunks table (facts): which pieces of long work are finished.


def get_finished_chunks(db: Database, job: str) -> frozenset[int]:
    """The numbers of the finished chunks of one job."""
    return frozenset(
        int(number) for (number,) in db.execute("SELECT number FROM chunk WHERE job = ?", [job])
    )


def mark_chunk_finished(db: Database, job: str, number: int) -> None:
    """Mark the chunk as finished, in the transaction that stores its rows."""
    db.execute(
        "INSERT INTO chunk (job, number) VALUES (?, ?) ON CONFLICT (job, number) DO NOTHING",
        [job, number],
    )


def remove_chunks(db: Database, job: str) -> None:
    """Mark no chunk of the job as finished, because its results were removed."""
    db.execute("DELETE FROM chunk WHERE job = ?", [job])


# The reports table (facts): every report that was written, oldest first.


@dataclass(frozen=True, slots=True)
class StoredReport:
    """`folder` is where it was written, relative where that is inside the project; `summary` the
    text of its summary.json."""

    folder: str
    created: str
    lang: str
    summary: str


REPORTS = RowMapper("report", StoredReport)


def put_report(db: Database, report: StoredReport) -> None:
    """One more report."""
    REPORTS.insert(db, [report])


def has_report_by(db: Database, method: str) -> bool:
    """Whether a stored report gave the camera's interval by this method."""
    cursor = db.execute(
        (
            "SELECT EXISTS (SELECT 1 FROM report WHERE json_valid(summary) AND "
            "json_extract(summary, '$.field.camera.method') = ?)"
        ),
        [method],
    )
    return bool(cursor.fetchone()[0])


@memoisable
def get_last_scores(db: Database) -> tuple[str, str, float, float | None] | None:
    """Created, name of the model, field score and gap of the newest report that measured a field
    score; None where none did."""
    row = db.execute(
        "SELECT created, coalesce(json_extract(summary, '$.model.name'), ''), "
        "json_extract(summary, '$.field.footage.value'), "
        "json_extract(summary, '$.gap.value') FROM report WHERE json_valid(summary) "
        "AND json_extract(summary, '$.field.footage.value') IS NOT NULL ORDER BY report_id "
        "DESC LIMIT 1"
    ).fetchone()
    return (
        None
        if row is None
        else (str(row[0]), str(row[1]), float(row[2]), None if row[3] is None else float(row[3]))
    )


@memoisable
def list_last_summaries(db: Database, most: int) -> tuple[str, ...]:
    """`summary.json` of the newest reports that measured a field score, the newest first."""
    rows = db.execute(
        "SELECT summary FROM report WHERE json_valid(summary) AND json_extract(summary, "
        "'$.field.footage.value') IS NOT NULL "
        "ORDER BY report_id DESC LIMIT ?",
        [most],
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


@memoisable
def list_reports(db: Database) -> tuple[StoredReport, ...]:
    """Every report, oldest first."""
    return REPORTS.select(db, "ORDER BY report_id")


def get_newest_report(db: Database) -> StoredReport | None:
    """The report that was written last; None without one."""
    return REPORTS.get(db, "ORDER BY report_id DESC LIMIT 1")


# Rows of a project as records of evidence: frames, picks, labels and runs, each as one JSON value
# in a fixed order.

# The seal table (facts): a hash chain of the criteria set before the first label, and of every
# later change.


def add_seal(db: Database, kind: SealKind, body: Mapping[str, Any], edge: str) -> SealRecord:
    """Append a link to the chain. Links are never removed."""
    last = db.execute("SELECT sha256 FROM seal ORDER BY place DESC LIMIT 1").fetchone()
    sha256 = hash_chain_record(
        str(last[0]) if last else "", {"at": edge, "body": dict(body), "kind": kind}
    )
    db.execute(
        "INSERT INTO seal (at, kind, body, sha256) VALUES (?, ?, ?, ?)",
        [edge, kind, to_canonical_json(dict(body)).decode(), sha256],
    )
    return SealRecord(kind, edge, body, sha256)


@memoisable
def list_seals(db: Database) -> tuple[SealRecord, ...]:
    """Every link, oldest first."""
    cursor = db.execute("SELECT kind, at, body, sha256 FROM seal ORDER BY place")
    return tuple(
        SealRecord(kind, time, from_json(body, "seal.body"), sha256)
        for kind, time, body, sha256 in cursor
    )


def has_seals(db: Database) -> bool:
    """Whether anything was sealed yet."""
    return db.execute("SELECT 1 FROM seal WHERE kind = 'sealed'").fetchone() is not None


KINDS = {
    "frame": "frame_id",
    "pick": "frame_id",
    "label": "frame_id",
    "repeat": "repeat_id",
    "second_look": "subject",
    "run": "run_id",
}
"""Table → its key, in the order of the log."""


def iter_evidence_records(db: Database) -> Iterator[dict[str, Any]]:
    """`kind`, `key` and `body` of every row; of a frame its hash alone, of a run also the hash of
    all its answers."""
    for kind, key in KINDS.items():
        wanted = "frame_id, sha256" if kind == "frame" else "*"
        cursor = db.execute(f"SELECT {wanted} FROM {kind} ORDER BY {key}")
        names = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            body = {name: _to_plain(value) for name, value in zip(names, row, strict=True)}
            if kind == "run":
                body["answers_sha256"] = _hash_answers(db, str(body[key]))
            yield {"kind": kind, "key": str(body[key]), "body": body}


def _hash_answers(db: Database, run_id: str) -> str:
    digest = hashlib.sha256()
    for table, columns in (
        ("prediction", "subject, n_rows, n_columns, answer, nan"),
        ("mask", "subject, packed"),
    ):
        for row in db.execute(
            f"SELECT {columns} FROM {table} WHERE run_id = ? ORDER BY subject", [run_id]
        ):
            digest.update(repr(row).encode())
    return digest.hexdigest()


def _to_plain(value: Any) -> Any:
    """Bytes as their hash, and a figure that JSON cannot hold as its text."""
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    return repr(value) if isinstance(value, float) and not isfinite(value) else value
