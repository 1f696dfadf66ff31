"""The reports table (facts): every report that was written, oldest first."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class StoredReport:
    """`folder` is where it was written, relative where that is inside the project; `summary` the text of its summary.json."""

    folder: str
    created: str
    lang: str
    summary: str


def put_report(db: Database, report: StoredReport) -> None:
    """One more report."""
    db.execute(
        "INSERT INTO report (folder, created, lang, summary) VALUES (?, ?, ?, ?)",
        [report.folder, report.created, report.lang, report.summary],
    )


def has_report_by(db: Database, method: str) -> bool:
    """Whether a stored report gave the camera's interval by this method."""
    found = db.execute(
        "SELECT EXISTS (SELECT 1 FROM report WHERE json_valid(summary) AND json_extract(summary, '$.field.camera.method') = ?)", [method]
    )
    return bool(found.fetchone()[0])


def get_last_scores(db: Database) -> tuple[str, str, float, float | None] | None:
    """Created, name of the model, field score and gap of the newest report that measured a field score; None where none did."""
    found = db.execute(
        "SELECT created, coalesce(json_extract(summary, '$.model.name'), ''), json_extract(summary, '$.field.footage.value'),"
        " json_extract(summary, '$.gap.value') FROM report WHERE json_valid(summary)"
        " AND json_extract(summary, '$.field.footage.value') IS NOT NULL ORDER BY report_id DESC LIMIT 1"
    ).fetchone()
    return None if found is None else (str(found[0]), str(found[1]), float(found[2]), None if found[3] is None else float(found[3]))


def get_last_summary(db: Database) -> str | None:
    """`summary.json` of the newest report that measured a field score; None where none did."""
    found = db.execute(
        "SELECT summary FROM report WHERE json_valid(summary) AND json_extract(summary, '$.field.footage.value') IS NOT NULL"
        " ORDER BY report_id DESC LIMIT 1"
    ).fetchone()
    return None if found is None else str(found[0])


def list_reports(db: Database) -> tuple[StoredReport, ...]:
    """Every report, oldest first."""
    return tuple(StoredReport(*row) for row in db.execute("SELECT folder, created, lang, summary FROM report ORDER BY report_id"))
