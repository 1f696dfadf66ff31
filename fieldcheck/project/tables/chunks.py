"""The chunks table (facts): which pieces of long work are finished."""

from __future__ import annotations

from sqlite_utils import Database


def get_finished_chunks(db: Database, job: str) -> frozenset[int]:
    """The numbers of the finished chunks of one job."""
    return frozenset(int(number) for (number,) in db.execute("SELECT number FROM chunk WHERE job = ?", [job]))


def mark_chunk_finished(db: Database, job: str, number: int) -> None:
    """The chunk is finished; say so in the transaction that stores its rows."""
    db.execute("INSERT INTO chunk (job, number) VALUES (?, ?) ON CONFLICT (job, number) DO NOTHING", [job, number])


def remove_chunks(db: Database, job: str) -> None:
    """The job left nothing that stands, so none of its chunks is finished any more."""
    db.execute("DELETE FROM chunk WHERE job = ?", [job])
