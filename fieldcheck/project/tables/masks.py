"""The mask table (facts): which pixels an answer covers, packed, by run and subject; kept where labels are points."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from fieldcheck.domain.prediction import Prediction


def insert_masks(db: Database, run_id: str, predictions: Iterable[Prediction]) -> None:
    """The masks of those answers that carry some. One that is there already stays as it is."""
    db.conn.executemany(
        "INSERT INTO mask (run_id, subject, packed) VALUES (?, ?, ?) ON CONFLICT (run_id, subject) DO NOTHING",
        [(run_id, prediction.subject, prediction.masks) for prediction in predictions if prediction.masks],
    )


def get_masks_of_run(db: Database, run_id: str) -> dict[str, bytes]:
    """Subject → packed masks, in order of the subjects' names."""
    found = db.execute("SELECT subject, packed FROM mask WHERE run_id = ? ORDER BY subject", [run_id])
    return {str(subject): bytes(packed) for subject, packed in found}


def get_masked_subjects(db: Database, run_id: str) -> frozenset[str]:
    """Of what the run keeps masks."""
    return frozenset(str(subject) for (subject,) in db.execute("SELECT subject FROM mask WHERE run_id = ?", [run_id]))
