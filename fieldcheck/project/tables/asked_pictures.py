"""The asked_picture table (facts): SHA-256 of each picture file that a run showed to the model, where it is no frame of the project."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from fieldcheck.domain.prediction import Prediction


def insert_asked_pictures(db: Database, run_id: str, predictions: Iterable[Prediction]) -> None:
    """The hashes of those answers that carry one. One that is there already stays as it is, as its answer does."""
    db.conn.executemany(
        "INSERT INTO asked_picture (run_id, subject, sha256) VALUES (?, ?, ?) ON CONFLICT (run_id, subject) DO NOTHING",
        [(run_id, prediction.subject, prediction.picture) for prediction in predictions if prediction.picture],
    )


def get_asked_of_clean_runs(db: Database, model_sha256: str, card_sha256: str) -> dict[str, str]:
    """Subject → SHA-256 as a model with one card was last shown it, undamaged: a sweep shows the pictures that its clean run hashed."""
    found = db.execute(
        """SELECT subject, sha256 FROM asked_picture JOIN run USING (run_id) WHERE model_sha256 = ? AND card_sha256 = ?
        AND subjects = 'benchmark' AND recipe = 'none' ORDER BY run.rowid""",
        [model_sha256, card_sha256],
    )
    return {str(subject): str(sha256) for subject, sha256 in found}


def get_first_asked(db: Database, model_sha256: str, card_sha256: str) -> str:
    """Time, ISO 8601, at which a model with one card was first shown the benchmark, undamaged; empty where it never was."""
    found = db.execute(
        "SELECT min(created) FROM run WHERE model_sha256 = ? AND card_sha256 = ? AND subjects = 'benchmark' AND recipe = 'none'",
        [model_sha256, card_sha256],
    )
    return str(found.fetchone()[0] or "")


def get_asked_of_run(db: Database, run_id: str) -> dict[str, str]:
    """Subject → SHA-256 of the files of one run."""
    found = db.execute("SELECT subject, sha256 FROM asked_picture WHERE run_id = ?", [run_id])
    return {str(subject): str(sha256) for subject, sha256 in found}
