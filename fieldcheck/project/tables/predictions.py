"""The predictions table (facts): what a model said, by run and subject."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.prediction import Prediction
from fieldcheck.project.tables import asked_pictures as asked_table
from fieldcheck.project.tables import masks as masks_table
from fieldcheck.project.tables.values import from_blob, to_blob


def insert_predictions(db: Database, run_id: str, predictions: Iterable[Prediction]) -> None:
    """Answers of one run. One that is there already stays as it is, so a chunk may be done again."""
    kept = list(predictions)
    db.conn.executemany(
        """INSERT INTO prediction (run_id, subject, n_rows, n_columns, answer, nan) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (run_id, subject) DO NOTHING""",
        [_get_prediction_values(run_id, prediction) for prediction in kept],
    )
    masks_table.insert_masks(db, run_id, kept)
    asked_table.insert_asked_pictures(db, run_id, kept)


def get_predictions(db: Database, run_id: str) -> dict[str, Prediction]:
    """Every answer of the run: subject → prediction, in order of the subjects' names."""
    found = db.execute("SELECT subject, n_rows, n_columns, answer, nan FROM prediction WHERE run_id = ? ORDER BY subject", [run_id])
    masks = masks_table.get_masks_of_run(db, run_id)
    return {row[0]: _parse_prediction(row, masks.get(row[0], b"")) for row in found}


def get_predicted_subjects(db: Database, run_id: str) -> frozenset[str]:
    """Subjects that the run has answered already."""
    return frozenset(str(subject) for (subject,) in db.execute("SELECT subject FROM prediction WHERE run_id = ?", [run_id]))


def get_nan_flags(db: Database, run_id: str) -> dict[str, bool]:
    """Subject → whether its answer came with a figure that was not finite."""
    return {str(subject): bool(nan) for subject, nan in db.execute("SELECT subject, nan FROM prediction WHERE run_id = ?", [run_id])}


def count_predictions(db: Database, run_ids: Sequence[str]) -> dict[str, int]:
    """Run → how many answers it has; without those that have none."""
    marks = ", ".join("?" * len(run_ids))
    found = db.execute(f"SELECT run_id, count(*) FROM prediction WHERE run_id IN ({marks}) GROUP BY run_id", list(run_ids))
    return {str(run_id): int(n) for run_id, n in found}


def remove_predictions(db: Database, model_sha256: str, card_sha256: str, subjects: Sequence[str]) -> None:
    """Takes out what one model with one card answered of pictures of the benchmark, as they were and under corruptions."""
    runs = "SELECT run_id FROM run WHERE model_sha256 = ? AND card_sha256 = ? AND subjects = 'benchmark'"
    for table in ("prediction", "mask", "asked_picture"):
        question = f"DELETE FROM {table} WHERE subject = ? AND run_id IN ({runs})"
        db.conn.executemany(question, [(subject, model_sha256, card_sha256) for subject in subjects])


def list_models_asked(db: Database, subjects: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Models with their cards, by SHA-256, that have answered any of these subjects as they are, the first one first."""
    marks = ", ".join("?" * len(subjects))
    found = db.execute(
        f"""SELECT model_sha256, card_sha256 FROM run WHERE recipe = 'none' AND EXISTS
        (SELECT 1 FROM prediction WHERE prediction.run_id = run.run_id AND subject IN ({marks}))
        GROUP BY model_sha256, card_sha256 ORDER BY min(run.rowid)""",
        list(subjects),
    )
    return tuple((str(model), str(card)) for model, card in found)


def _get_prediction_values(run_id: str, prediction: Prediction) -> tuple[object, ...]:
    shape = prediction.answer.shape
    return run_id, prediction.subject, shape[0], shape[1] if len(shape) == 2 else None, to_blob(prediction.answer), int(prediction.nan)


def _parse_prediction(row: tuple[Any, ...], masks: bytes) -> Prediction:
    subject, n_rows, n_columns, blob, nan = row
    shape = (n_rows,) if n_columns is None else (n_rows, n_columns)
    return Prediction(subject, from_blob(blob, shape, "prediction.answer"), bool(nan), masks)
