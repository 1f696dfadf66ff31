"""Tables of runs: subjects, environment, provider, predictions, masks and image hashes; and the
store that MLflow opens."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import On, Run, RunEnvironment, TrackedRun
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.tables.values import (
    RowMapper,
    count_removal,
    from_blob,
    from_json,
    to_blob,
    to_json,
)

RUNS = RowMapper("run", Run, columns={"on": "subjects"})


def put_run(db: Database, run: Run) -> None:
    """Store a new run. An existing one is kept: its id is the hash of everything that decides its
    answers."""
    RUNS.insert(db, [run], otherwise="ON CONFLICT (run_id) DO NOTHING")


def get_run(db: Database, run_id: str) -> Run | None:
    """The run of that name, None where there is none."""
    return RUNS.get(db, "WHERE run_id = ?", [run_id])


@memoisable
def list_all_runs(db: Database) -> tuple[Run, ...]:
    """Every run, oldest first."""
    return RUNS.select(db, "ORDER BY rowid")


def list_run_page(db: Database, limit: int, offset: int) -> tuple[Run, ...]:
    """At most `limit` runs behind the `offset` newest, the newest first: a list of a thousand is
    not read whole."""
    return RUNS.select(db, "ORDER BY rowid DESC LIMIT ? OFFSET ?", [limit, offset])


def count_runs(db: Database) -> int:
    """How many runs there are."""
    return int(db.execute("SELECT count(*) FROM run").fetchone()[0])


def find_runs_by_prefix(db: Database, run_id: str) -> tuple[Run, ...]:
    """The run of that id alone, else at most two whose ids begin so."""
    run = get_run(db, run_id)
    if run:
        return (run,)
    return RUNS.select(db, "WHERE run_id >= ? AND run_id < ? LIMIT 2", [run_id, run_id + "g"])


def find_runs(
    db: Database, model_sha256: str, card_sha256: str, set_name: On, recipe: str = "none"
) -> tuple[Run, ...]:
    """The runs of one model with one card over one kind of subjects, oldest first."""
    where = "model_sha256 = ? AND card_sha256 = ? AND subjects = ? AND recipe = ?"
    return RUNS.select(
        db, f"WHERE {where} ORDER BY rowid", [model_sha256, card_sha256, set_name, recipe]
    )


# The run_environment table (facts): libraries and machine that answers of a run were computed with;
# several where it went on
# elsewhere.


def put_run_environment(db: Database, run_id: str, environment: RunEnvironment) -> None:
    """Record that some of the run's answers are computed there. Repeating it adds nothing."""
    db.execute(
        (
            "INSERT INTO run_environment (run_id, environment) VALUES (?, ?) ON CONFLICT (run_id, "
            "environment) DO NOTHING"
        ),
        [run_id, to_json(asdict(environment))],
    )


def get_run_environments(db: Database, run_id: str) -> tuple[RunEnvironment, ...]:
    """In a fixed order; none for a run of a version that did not keep them."""
    cursor = db.execute(
        "SELECT environment FROM run_environment WHERE run_id = ? ORDER BY environment", [run_id]
    )
    return tuple(
        RunEnvironment(**from_json(text, "run_environment.environment")) for (text,) in cursor
    )


# The run_provider table (facts): where the answers of a run were computed; several where it was
# begun on one and ended on another.


def put_run_provider(db: Database, run_id: str, provider: str) -> None:
    """Record that some of the run's answers are computed there. Repeating it adds nothing."""
    db.execute(
        (
            "INSERT INTO run_provider (run_id, provider) VALUES (?, ?) ON CONFLICT (run_id, "
            "provider) DO NOTHING"
        ),
        [run_id, provider],
    )


def get_run_providers(db: Database, run_id: str) -> tuple[str, ...]:
    """By name; none for a run of a version that knew only the processor."""
    return tuple(
        str(name)
        for (name,) in db.execute(
            "SELECT provider FROM run_provider WHERE run_id = ? ORDER BY provider", [run_id]
        )
    )


def get_providers_of_model(db: Database, model_sha256: str) -> tuple[str, ...]:
    """Of all runs of one model, by name."""
    cursor = db.execute(
        (
            "SELECT DISTINCT provider FROM run_provider JOIN run USING (run_id) WHERE "
            "model_sha256 = ? ORDER BY provider"
        ),
        [model_sha256],
    )
    return tuple(str(name) for (name,) in cursor)


# The mask table (facts): which pixels an answer covers, packed, by run and subject; kept where
# labels are points.


def insert_masks(db: Database, run_id: str, predictions: Iterable[Prediction]) -> None:
    """The masks of those answers that carry some. One that is there already stays as it is."""
    db.conn.executemany(
        (
            "INSERT INTO mask (run_id, subject, packed) VALUES (?, ?, ?) ON CONFLICT (run_id, "
            "subject) DO NOTHING"
        ),
        [
            (run_id, prediction.subject, prediction.masks)
            for prediction in predictions
            if prediction.masks
        ],
    )


def get_masks_of_run(db: Database, run_id: str) -> dict[str, bytes]:
    """Subject → packed masks, in order of the subjects' names."""
    cursor = db.execute(
        "SELECT subject, packed FROM mask WHERE run_id = ? ORDER BY subject", [run_id]
    )
    return {str(subject): bytes(packed) for subject, packed in cursor}


def get_masked_subjects(db: Database, run_id: str) -> frozenset[str]:
    """Subjects for which the run stores masks."""
    return frozenset(
        str(subject)
        for (subject,) in db.execute("SELECT subject FROM mask WHERE run_id = ?", [run_id])
    )


# The asked_picture table (facts): SHA-256 of each picture file that a run showed to the model,
# where it is no frame of the project.


def insert_asked_pictures(db: Database, run_id: str, predictions: Iterable[Prediction]) -> None:
    """The hashes of those answers that carry one. One that is there already stays as it is, as its
    answer does."""
    db.conn.executemany(
        (
            "INSERT INTO asked_picture (run_id, subject, sha256) VALUES (?, ?, ?) ON CONFLICT "
            "(run_id, subject) DO NOTHING"
        ),
        [
            (run_id, prediction.subject, prediction.picture)
            for prediction in predictions
            if prediction.picture
        ],
    )


def get_asked_of_clean_runs(db: Database, model_sha256: str, card_sha256: str) -> dict[str, str]:
    """Subject → SHA-256 as a model with one card was last shown it, undamaged: a sweep shows the
    pictures that its clean run hashed."""
    cursor = db.execute(
        """SELECT subject, sha256 FROM asked_picture JOIN run USING (run_id)
        WHERE model_sha256 = ? AND card_sha256 = ?
        AND subjects = 'benchmark' AND recipe = 'none' ORDER BY run.rowid""",
        [model_sha256, card_sha256],
    )
    return {str(subject): str(sha256) for subject, sha256 in cursor}


def get_first_asked(db: Database, model_sha256: str, card_sha256: str) -> str:
    """Time, ISO 8601, at which a model with one card was first shown the benchmark, undamaged;
    empty where it never was."""
    cursor = db.execute(
        (
            "SELECT min(created) FROM run WHERE model_sha256 = ? AND card_sha256 = ? AND subjects "
            "= 'benchmark' AND recipe = 'none'"
        ),
        [model_sha256, card_sha256],
    )
    return str(cursor.fetchone()[0] or "")


def get_asked_of_run(db: Database, run_id: str) -> dict[str, str]:
    """Subject → SHA-256 of the files of one run."""
    cursor = db.execute("SELECT subject, sha256 FROM asked_picture WHERE run_id = ?", [run_id])
    return {str(subject): str(sha256) for subject, sha256 in cursor}


# The predictions table (facts): a model's predictions by run and subject.


def insert_predictions(db: Database, run_id: str, predictions: Iterable[Prediction]) -> None:
    """Answers of one run. One that is there already stays as it is, so a chunk may be done
    again."""
    kept = list(predictions)
    db.conn.executemany(
        """INSERT INTO prediction (run_id, subject, n_rows, n_columns, answer, nan) VALUES (?, ?,
        ?, ?, ?, ?)
        ON CONFLICT (run_id, subject) DO NOTHING""",
        [_get_prediction_values(run_id, prediction) for prediction in kept],
    )
    insert_masks(db, run_id, kept)
    insert_asked_pictures(db, run_id, kept)


def get_predictions(db: Database, run_id: str) -> dict[str, Prediction]:
    """Every answer of the run: subject → prediction, in order of the subjects' names."""
    cursor = db.execute(
        (
            "SELECT subject, n_rows, n_columns, answer, nan FROM prediction WHERE run_id = ? "
            "ORDER BY subject"
        ),
        [run_id],
    )
    masks = get_masks_of_run(db, run_id)
    return {row[0]: _parse_prediction(row, masks.get(row[0], b"")) for row in cursor}


def get_predicted_subjects(db: Database, run_id: str) -> frozenset[str]:
    """Subjects that the run has answered already."""
    return frozenset(
        str(subject)
        for (subject,) in db.execute("SELECT subject FROM prediction WHERE run_id = ?", [run_id])
    )


def get_nan_flags(db: Database, run_id: str) -> dict[str, bool]:
    """Subject → whether its answer contained a number that was not finite."""
    return {
        str(subject): bool(nan)
        for subject, nan in db.execute(
            "SELECT subject, nan FROM prediction WHERE run_id = ?", [run_id]
        )
    }


def count_predictions(db: Database, run_ids: Sequence[str]) -> dict[str, int]:
    """Run → how many answers it has; without those that have none."""
    marks = ", ".join("?" * len(run_ids))
    cursor = db.execute(
        f"SELECT run_id, count(*) FROM prediction WHERE run_id IN ({marks}) GROUP BY run_id",
        list(run_ids),
    )
    return {str(run_id): int(n) for run_id, n in cursor}


def remove_predictions(
    db: Database, model_sha256: str, card_sha256: str, subjects: Sequence[str]
) -> None:
    """Delete what one model with one card predicted on benchmark images, clean and corrupted."""
    runs = (
        "SELECT run_id FROM run WHERE model_sha256 = ? AND card_sha256 = ? AND subjects = "
        "'benchmark'"
    )
    for table in ("prediction", "mask", "asked_picture"):
        question = f"DELETE FROM {table} WHERE subject = ? AND run_id IN ({runs})"
        db.conn.executemany(
            question, [(subject, model_sha256, card_sha256) for subject in subjects]
        )
    count_removal(db)


def list_models_asked(db: Database, subjects: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Models with their cards, by SHA-256, that have answered any of these subjects as they are,
    the first one first."""
    marks = ", ".join("?" * len(subjects))
    cursor = db.execute(
        f"""SELECT model_sha256, card_sha256 FROM run WHERE recipe = 'none' AND EXISTS
        (SELECT 1 FROM prediction WHERE prediction.run_id = run.run_id AND subject IN ({marks}))
        GROUP BY model_sha256, card_sha256 ORDER BY min(run.rowid)""",
        list(subjects),
    )
    return tuple((str(model), str(card)) for model, card in cursor)


def _get_prediction_values(run_id: str, prediction: Prediction) -> tuple[object, ...]:
    shape = prediction.answer.shape
    return (
        run_id,
        prediction.subject,
        shape[0],
        shape[1] if len(shape) == 2 else None,
        to_blob(prediction.answer),
        int(prediction.nan),
    )


def _parse_prediction(row: tuple[Any, ...], masks: bytes) -> Prediction:
    subject, n_rows, n_columns, blob, nan = row
    shape = (n_rows,) if n_columns is None else (n_rows, n_columns)
    return Prediction(subject, from_blob(blob, shape, "prediction.answer"), bool(nan), masks)


# An SQLite store as MLflow opens it: the tables of its oldest revision that knows steps, which
# every later version migrates by
# itself.

REVISION = "451aebb31d03"
EXPERIMENT = 1  # 0 is MLflow's own "Default"
TABLES = (
    """CREATE TABLE experiments (experiment_id INTEGER NOT NULL, name VARCHAR(256) NOT NULL,
    artifact_location VARCHAR(256),
    lifecycle_stage VARCHAR(32), CONSTRAINT experiment_pk PRIMARY KEY (experiment_id),
    CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')),
    UNIQUE (name))""",
    """CREATE TABLE runs (run_uuid VARCHAR(32) NOT NULL, name VARCHAR(250),
    source_type VARCHAR(20), source_name VARCHAR(500),
    entry_point_name VARCHAR(50), user_id VARCHAR(256), status VARCHAR(20), start_time BIGINT,
    end_time BIGINT, source_version VARCHAR(50),
    lifecycle_stage VARCHAR(20), artifact_uri VARCHAR(200), experiment_id INTEGER,
    CONSTRAINT run_pk PRIMARY KEY (run_uuid),
    CONSTRAINT source_type CHECK (source_type IN ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN',
    'PROJECT')),
    CONSTRAINT status CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING')),
    CONSTRAINT runs_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')),
    FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id))""",
    """CREATE TABLE tags ("key" VARCHAR(250) NOT NULL, value VARCHAR(250),
    run_uuid VARCHAR(32) NOT NULL,
    CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid),
    FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid))""",
    """CREATE TABLE params ("key" VARCHAR(250) NOT NULL, value VARCHAR(250) NOT NULL,
    run_uuid VARCHAR(32) NOT NULL,
    CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid),
    FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid))""",
    """CREATE TABLE metrics ("key" VARCHAR(250) NOT NULL, value FLOAT NOT NULL,
    timestamp BIGINT NOT NULL, run_uuid VARCHAR(32) NOT NULL,
    step BIGINT DEFAULT '0' NOT NULL, CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step,
    run_uuid, value),
    FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid))""",
    """CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))""",
)


def write_mlflow_store(path: Path, experiment: str, files: str, runs: Iterable[TrackedRun]) -> None:
    """A new store with one experiment; `files`: the URI below which those of its runs lie. Raises
    sqlite3.Error."""
    with closing(sqlite3.connect(path)) as db, db:
        for table in TABLES:
            db.execute(table)
        db.execute("INSERT INTO alembic_version (version_num) VALUES (?)", [REVISION])
        db.execute(
            "INSERT INTO experiments VALUES (?, ?, ?, 'active')", [EXPERIMENT, experiment, files]
        )
        for run in runs:
            db.execute(
                (
                    "INSERT INTO runs VALUES (?, ?, 'LOCAL', 'fieldcheck', '', '', 'FINISHED', ?, "
                    "?, ?, 'active', ?, ?)"
                ),
                [
                    run.run_id,
                    run.name,
                    run.began_ms,
                    run.began_ms,
                    run.version,
                    run.files,
                    EXPERIMENT,
                ],
            )
            db.executemany(
                "INSERT INTO params VALUES (?, ?, ?)",
                [(key, value, run.run_id) for key, value in run.parameters.items()],
            )
            tags = {"mlflow.runName": run.name, "mlflow.source.name": "fieldcheck", **run.tags}
            db.executemany(
                "INSERT INTO tags VALUES (?, ?, ?)",
                [(key, value, run.run_id) for key, value in tags.items()],
            )
            db.executemany(
                "INSERT INTO metrics VALUES (?, ?, ?, ?, ?)",
                [
                    (metric.name, metric.value, metric.at_ms, run.run_id, metric.step)
                    for metric in run.metrics
                ],
            )
