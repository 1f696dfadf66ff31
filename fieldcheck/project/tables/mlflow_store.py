"""An SQLite store as MLflow opens it: the tables of its oldest revision that knows steps, which every later version migrates by itself.

The statements are those that MLflow's own migrations make at that revision (`451aebb31d03`). A later one would be refused by every MLflow
that is older than it; from this one each version goes on to its own, because tables that it needs are missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from fieldcheck.domain.tracked_run import TrackedRun

REVISION = "451aebb31d03"
EXPERIMENT = 1  # 0 is MLflow's own "Default"
TABLES = (
    """CREATE TABLE experiments (experiment_id INTEGER NOT NULL, name VARCHAR(256) NOT NULL, artifact_location VARCHAR(256),
    lifecycle_stage VARCHAR(32), CONSTRAINT experiment_pk PRIMARY KEY (experiment_id),
    CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), UNIQUE (name))""",
    """CREATE TABLE runs (run_uuid VARCHAR(32) NOT NULL, name VARCHAR(250), source_type VARCHAR(20), source_name VARCHAR(500),
    entry_point_name VARCHAR(50), user_id VARCHAR(256), status VARCHAR(20), start_time BIGINT, end_time BIGINT, source_version VARCHAR(50),
    lifecycle_stage VARCHAR(20), artifact_uri VARCHAR(200), experiment_id INTEGER, CONSTRAINT run_pk PRIMARY KEY (run_uuid),
    CONSTRAINT source_type CHECK (source_type IN ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT')),
    CONSTRAINT status CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING')),
    CONSTRAINT runs_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')),
    FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id))""",
    """CREATE TABLE tags ("key" VARCHAR(250) NOT NULL, value VARCHAR(250), run_uuid VARCHAR(32) NOT NULL,
    CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid))""",
    """CREATE TABLE params ("key" VARCHAR(250) NOT NULL, value VARCHAR(250) NOT NULL, run_uuid VARCHAR(32) NOT NULL,
    CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid), FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid))""",
    """CREATE TABLE metrics ("key" VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL, run_uuid VARCHAR(32) NOT NULL,
    step BIGINT DEFAULT '0' NOT NULL, CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step, run_uuid, value),
    FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid))""",
    """CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))""",
)


def write_mlflow_store(path: Path, experiment: str, files: str, runs: Iterable[TrackedRun]) -> None:
    """A new store with one experiment; `files`: the URI below which those of its runs lie. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path)) as db, db:
        for table in TABLES:
            db.execute(table)
        db.execute("INSERT INTO alembic_version (version_num) VALUES (?)", [REVISION])
        db.execute("INSERT INTO experiments VALUES (?, ?, ?, 'active')", [EXPERIMENT, experiment, files])
        for run in runs:
            db.execute(
                "INSERT INTO runs VALUES (?, ?, 'LOCAL', 'fieldcheck', '', '', 'FINISHED', ?, ?, ?, 'active', ?, ?)",
                [run.run_id, run.name, run.began_ms, run.began_ms, run.version, run.files, EXPERIMENT],
            )
            db.executemany("INSERT INTO params VALUES (?, ?, ?)", [(key, value, run.run_id) for key, value in run.parameters.items()])
            tags = {"mlflow.runName": run.name, "mlflow.source.name": "fieldcheck", **run.tags}
            db.executemany("INSERT INTO tags VALUES (?, ?, ?)", [(key, value, run.run_id) for key, value in tags.items()])
            db.executemany(
                "INSERT INTO metrics VALUES (?, ?, ?, ?, ?)",
                [(one.name, one.value, one.at_ms, run.run_id, one.step) for one in run.metrics],
            )
