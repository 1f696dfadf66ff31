"""Projects of many sites, generated from one that is labelled: copies whose database alone is
changed."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

LEFT_OUT = ("recordings", "backups", "reports")


def make_site_project(
    labelled: Path, folder: Path, number: int, *, site: str = "", n_labels: int | None = None
) -> Path:
    """A project of its own: site, cameras, light, and wrong labels by a draw of `number`.

    `n_labels`: how many labels it has, all where None; the same project with more of them is the
    same one, grown.
    """
    path = folder / f"site{number:02d}.fieldcheck"
    if path.exists():
        shutil.rmtree(path)
    shutil.copytree(labelled, path, ignore=lambda _, names: [*set(names) & set(LEFT_OUT)])
    for name in LEFT_OUT:
        (path / name).mkdir()
    (path / "lock").unlink(missing_ok=True)
    rng = np.random.default_rng(number)
    with closing(sqlite3.connect(path / "project.db")) as db, db:
        db.execute(
            "UPDATE _sqlite_migrations SET applied_at = ?",
            [f"2026-11-01 06:00:{number:02d}.000001+00:00"],
        )
        name = site or f"Hall {number:02d}"
        db.execute("UPDATE setting SET value = ? WHERE key = 'site'", [json.dumps(name)])
        _cut_clips(db)
        light = ("dark", "glare", "normal")[number % 3]
        db.execute(
            "UPDATE clip SET camera = ?, conditions = ?", [f"cam {number % 2}", f'["{light}"]']
        )
        db.execute(
            "UPDATE recording SET taken_at = ? WHERE taken_at <> ''",
            [f"2026-{10 + number % 2}-1{number % 10}T08:00:00+00:00"],
        )
        frames = [row[0] for row in db.execute("SELECT frame_id FROM label ORDER BY frame_id")]
        wrong = rng.random(len(frames)) < 0.1 + 0.2 * (number % 3)
        for frame_id, is_wrong in zip(frames, wrong.tolist(), strict=True):
            if is_wrong:
                db.execute(
                    "UPDATE label SET class_name = CASE class_name WHEN 'red' THEN 'blue' "
                    "ELSE 'red' END WHERE frame_id = ?",
                    [frame_id],
                )
        for frame_id in frames[n_labels:] if n_labels is not None else ():
            db.execute("DELETE FROM label WHERE frame_id = ?", [frame_id])
    return path


def _cut_clips(db: sqlite3.Connection, each: int = 10) -> None:
    """Cut every recording into clips of so many frames."""
    rows = db.execute(
        "SELECT recording_id, source_index, t_s FROM frame ORDER BY recording_id, source_index"
    ).fetchall()
    for recording_id, source_index, t_s in rows[each::each]:
        db.execute(
            "INSERT INTO clip SELECT ?, recording_id, ?, ?, camera, location, conditions FROM clip "
            "WHERE recording_id = ? LIMIT 1",
            [f"{recording_id}-{source_index:06d}", source_index, t_s, recording_id],
        )
