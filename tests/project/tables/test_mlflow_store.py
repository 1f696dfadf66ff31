import sqlite3
from contextlib import closing

from fieldcheck.domain.run import TrackedMetric, TrackedRun
from fieldcheck.project.tables import runs as mlflow_store

RUN = TrackedRun(
    "a" * 32, "net field", 5, "0.1.0", "file:///x", {"seed": "0"}, {"k": "v"},
    (TrackedMetric("loss", 0.5, 5, 3),),
)  # fmt: skip


def test_a_store_says_its_revision_and_holds_a_run_with_its_figures(tmp_path):
    mlflow_store.write_mlflow_store(tmp_path / "mlflow.db", "Hall 3", "file:///out", [RUN])
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as db:
        actual = db.execute("SELECT version_num FROM alembic_version").fetchall()
        assert actual == [(mlflow_store.REVISION,)]
        expected = [(1, "Hall 3")]
        assert db.execute("SELECT experiment_id, name FROM experiments").fetchall() == expected
        actual = db.execute("SELECT run_uuid, name, status, start_time FROM runs").fetchall()
        assert actual == [("a" * 32, "net field", "FINISHED", 5)]
        assert db.execute("SELECT key, value, step FROM metrics").fetchall() == [("loss", 0.5, 3)]
        tags = dict(db.execute("SELECT key, value FROM tags"))
    assert tags == {"k": "v", "mlflow.runName": "net field", "mlflow.source.name": "fieldcheck"}
