"""Programs killed at any moment: nothing that was acknowledged is lost, and the project opens."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from fieldcheck import __version__
from fieldcheck.errors import projects
from fieldcheck.errors.files import DiskFull, PathMissing, PathRefused, ReadOnlyPlace
from fieldcheck.paths import CACHE, DATABASE, FOLDERS
from fieldcheck.project import migrations
from fieldcheck.project.backup import list_backups
from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.tables import frames, labels, project_state, recordings
from fieldcheck.project.tables import values as settings
from tests.programs import run_python
from tests.project.made import dump, fill, label
from tests.project.test_migrations import one_step_more

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.fixture
def path(project):
    """A closed project with a little of everything in it."""
    project.write(lambda db: fill(db, n=50)).result()
    project.edit("label.set", [labels.make_label_row(label("rec-000000"))])
    project.close()
    return project.path


def run_sql(path, *statements):
    conn = sqlite3.connect(path / "project.db", isolation_level=None)
    for statement in statements:
        conn.execute(statement)
    conn.close()


def test_a_new_project_has_all_its_folders_and_nothing_beside_it(project):
    assert {one.name for one in project.path.iterdir() if one.is_dir()} == set(FOLDERS)
    assert [one.name for one in project.path.parent.iterdir()] == [project.path.name]


def test_a_new_project_takes_no_place_that_is_taken(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    for name in ("file", "folder"):
        with pytest.raises(projects.ProjectExists):
            create_project(tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"


def test_what_is_no_project_is_told_apart(tmp_path):
    with pytest.raises(PathMissing):
        open_project(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(projects.NotAProject) as caught:
        open_project(tmp_path / "empty")
    assert caught.value.problem == "no_database"
    (tmp_path / "empty" / "project.db").write_text("hello")
    with pytest.raises(projects.NotAProject) as caught:
        open_project(tmp_path / "empty")
    assert caught.value.problem == "not_sqlite"
    assert [one.name for one in (tmp_path / "empty").iterdir()] == ["project.db"]


def test_a_folder_around_a_project_is_told_with_what_lies_in_it(path):
    with pytest.raises(projects.NotAProject) as caught:
        open_project(path.parent)
    assert (caught.value.problem, caught.value.detail) == ("around", path.name)


@pytest.mark.short_cases(4)
@pytest.mark.parametrize("write", [True, False])
@pytest.mark.parametrize(
    "statement",
    ["CREATE VIEW peek AS SELECT * FROM label", "CREATE TABLE more (a)", "DROP TABLE label"],
)
def test_a_foreign_schema_is_refused_and_not_written(path, statement, write):
    run_sql(path, statement)
    before = (path / "project.db").read_bytes()
    with pytest.raises(projects.NotAProject) as caught:
        open_project(path, write=write)
    assert caught.value.problem == "foreign_schema"
    assert (path / "project.db").read_bytes() == before


def test_a_newer_project_can_be_read_but_not_written(path):
    conn = sqlite3.connect(path / "project.db", isolation_level=None)
    conn.execute("ALTER TABLE setting ADD COLUMN note TEXT")
    conn.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('fieldcheck', '99_more')"
    )
    conn.execute("INSERT INTO version VALUES (9, '9.9.9')")
    conn.close()
    with open_project(path, write=False) as again:
        assert again.read(settings.list_settings) == {"site": "Hall 3"}
        assert again.read(labels.count_labels) == 1
    before = (path / "project.db").read_bytes()
    with pytest.raises(projects.ProjectNewer) as caught:
        open_project(path)
    assert (caught.value.its_version, caught.value.our_version) == ("9.9.9", __version__)
    assert (path / "project.db").read_bytes() == before


@pytest.mark.parametrize("write", [True, False])
def test_an_older_project_is_backed_up_and_brought_up_to_date(path, monkeypatch, write):
    before = dump(path)
    n_backups = len(list_backups(path))
    monkeypatch.setattr(
        migrations, "MIGRATIONS", one_step_more(statement="CREATE TABLE more (a TEXT) STRICT")
    )
    with open_project(path, write=write) as again:
        assert again.read(labels.count_labels) == 1
        assert again.read(migrations.schema_state) == "current"
    assert len(list_backups(path)) == n_backups + 1
    actual = dump(path, without=("more", "_sqlite_migrations"))
    assert actual == {k: v for k, v in before.items() if k != "_sqlite_migrations"}


def test_the_version_that_writes_is_noted(path):
    run_sql(path, "UPDATE version SET version = '0.0.1'")
    with open_project(path, write=False) as again:
        assert again.read(migrations.get_newest_version) == "0.0.1"
    with open_project(path) as again:
        assert again.read(migrations.get_newest_version) == __version__


@pytest.mark.parametrize("write", [True, False])
def test_a_damaged_database_is_refused_and_not_written(path, write):
    database = path / "project.db"
    data = bytearray(database.read_bytes())
    data[8192:] = os.urandom(len(data) - 8192)
    database.write_bytes(data)
    with pytest.raises(projects.ProjectDamaged) as caught:
        open_project(path, write=write)
    assert caught.value.problem
    assert database.read_bytes() == data


def test_a_database_without_its_head_is_damaged_not_foreign(path):
    data = (path / "project.db").read_bytes()
    (path / "project.db").write_bytes(b"\0" * 100 + data[100:])
    with pytest.raises(projects.ProjectDamaged):
        open_project(path)


def test_what_was_closed_in_good_order_is_not_looked_through_again(path):
    """Damage that changes neither size nor time is found by `check` only: opening stays quick."""
    database = path / "project.db"
    stat = database.stat()
    data = bytearray(database.read_bytes())
    data[-4096:] = os.urandom(4096)
    database.write_bytes(data)
    os.utime(database, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    open_project(path, write=False).close()
    os.utime(database)
    with pytest.raises(projects.ProjectDamaged):
        open_project(path, write=False)


def test_a_project_is_written_by_one_at_a_time_and_read_by_many(path):
    with open_project(path) as one:
        with pytest.raises(projects.ProjectLocked):
            open_project(path, wait_s=0.1)
        one.edit("label.set", [labels.make_label_row(label("new"))])
        with open_project(path, write=False) as reader:
            assert reader.read(labels.count_labels) == 2
    open_project(path, wait_s=0).close()


@pytest.mark.long
def test_two_processes_that_come_at_once_both_get_their_turn(path):
    script = (
        "import sys; from tests.project.test_folder import add_label; add_label(sys.argv[1], "
        "sys.argv[2])"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", script, str(path), name], cwd=CHECKOUT)
        for name in ("one", "two")
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    with open_project(path, write=False) as again:
        expected = {"rec-000000", "one", "two"}
        assert {one.frame_id for one in again.read(labels.list_labels)} == expected


def add_label(path, name):
    with open_project(Path(path)) as project:
        project.edit("label.set", [labels.make_label_row(label(name))])


def test_half_written_files_of_a_dead_process_are_swept_away(path):
    (path / "lock").write_text("{}")
    (path / "frames" / "a.png.part").write_text("half")
    (path / "recordings" / "x" / "film.part").mkdir(parents=True)
    (path / "recordings" / "x" / "film.part" / "1.png").write_text("half")
    (path / "models" / "whole.onnx").write_text("whole")
    (path / "backups" / "project-1.db.part-journal").write_text("half")
    (path / "exports").mkdir()
    (path / "exports" / "net.int8.part.onnx").write_text("half")
    (path / "reports" / ".fieldcheck-abcd1234").mkdir()
    (path / "reports" / ".fieldcheck-abcd1234" / "report.html").write_text("half")
    (path / ".home.abcd1234.part").mkdir()
    open_project(path, write=False).close()
    assert (path / "frames" / "a.png.part").exists()
    open_project(path).close()
    assert not [one for one in path.rglob("*") if ".part" in one.name or ".fieldcheck-" in one.name]
    assert (path / "models" / "whole.onnx").exists()


def test_old_temporary_folders_and_unfinished_projects_are_swept_away(path, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    leftovers = (
        "temporary/fieldcheck-old",
        "temporary/fieldcheck-new",
        ".b.fieldcheck.0a1b2c3d.part",
    )
    left = {name: tmp_path / name for name in leftovers}
    kept = [tmp_path / "temporary" / "somebody-else", tmp_path / ".b.fieldcheck.2.0a1b2c3d.part"]
    for folder in (*left.values(), *kept):
        folder.mkdir(parents=True)
        (folder / "file").write_text("half")
        os.utime(folder, (1e9, 1e9))
    os.utime(left["temporary/fieldcheck-new"])
    (path / "lock").write_text("{}")
    open_project(path).close()
    create_project(tmp_path / "b.fieldcheck").close()
    expected = ["temporary/fieldcheck-new"]
    assert [name for name, folder in left.items() if folder.exists()] == expected
    assert all(folder.exists() for folder in kept)


@pytest.mark.short_cases(4)
@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize(
    "name", ["project.db", "cache.db", "lock", "frames", "backups", "project.db-wal"]
)
def test_a_project_that_points_outside_itself_is_refused(path, tmp_path, name):
    outside = tmp_path / "outside"
    outside.mkdir()
    if (path / name).exists():
        shutil.move(path / name, outside / name)
    (path / name).symlink_to(outside / name)
    with pytest.raises(PathRefused) as caught:
        open_project(path)
    assert caught.value.problem == "link"


def test_a_copied_project_is_the_same_project(path, tmp_path):
    shutil.copytree(path, tmp_path / "copy # 2?")
    with open_project(tmp_path / "copy # 2?") as again:
        assert again.read(labels.count_labels) == 1
    assert dump(tmp_path / "copy # 2?") == dump(path)


def test_a_full_disk_is_told_and_keeps_what_was_acknowledged(small_disk):
    acknowledged = []

    def label_on_and_on():
        with create_project(small_disk / "p") as project:
            for number in range(100_000):
                project.edit("label.set", [labels.make_label_row(label(f"f{number}", "x" * 500))])
                acknowledged.append(f"f{number}")

    with pytest.raises(DiskFull):
        label_on_and_on()
    assert len(acknowledged) > 100
    with open_project(small_disk / "p", write=False) as again:
        assert {one.frame_id for one in again.read(labels.list_labels)} >= set(acknowledged)


def test_there_is_no_half_project_where_a_disk_is_full(small_disk):
    (small_disk / "fill").write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - 60_000))
    with pytest.raises(DiskFull):
        create_project(small_disk / "p")
    assert [one.name for one in small_disk.iterdir()] == ["fill"]


LIMITED = """
import resource, signal, sys
from pathlib import Path
from fieldcheck.errors.files import DiskFull
from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import labels
from tests.project.made import label
resource.setrlimit(resource.RLIMIT_FSIZE, (800_000, 800_000))
try:
    with create_project(Path(sys.argv[1])) as project:
        for number in range(100_000):
            project.edit("label.set", [labels.make_label_row(label(f"f{number}", "x" * 500))])
            print(number, flush=True)
except DiskFull as error:
    sys.exit(7)
"""


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="the limit is a POSIX one")
def test_a_limit_on_file_size_is_told_like_a_full_disk(tmp_path):
    done = run_python("-c", LIMITED, str(tmp_path / "p"), cwd=CHECKOUT)
    assert done.returncode == 7, done.stderr
    n = len(done.stdout.splitlines())
    assert n > 10
    with open_project(tmp_path / "p") as again:
        assert again.read(labels.count_labels) in (n, n + 1)
        again.edit("label.set", [labels.make_label_row(label("more"))])


def test_a_read_only_place_can_be_looked_at_but_not_written(small_disk, unwritable):
    with create_project(small_disk / "p") as project:
        project.edit("label.set", [labels.make_label_row(label("a"))])
    unwritable(small_disk)
    with open_project(small_disk / "p", write=False) as again:
        assert again.read(labels.list_labels) == (label("a"),)
    with pytest.raises(ReadOnlyPlace):
        open_project(small_disk / "p")
    with pytest.raises(ReadOnlyPlace):
        create_project(small_disk / "q")


def test_a_project_with_the_look_of_a_frame_holds_the_named_databases_and_folders(project):
    project.cache.put_looks({"frame": np.zeros((90, 160), np.uint8)})
    assert {DATABASE, CACHE, *FOLDERS} <= {one.name for one in project.path.iterdir()}


def test_the_names_are_known_without_the_library_of_the_database():
    script = "import sys, fieldcheck.paths; sys.exit('sqlite_utils' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


@dataclass
class Expected:
    """What must stand after the acknowledged lines, kept as simply as can be: every state of the
    labels, and where we are."""

    states: list[dict[str, str]] = field(default_factory=lambda: [{}])
    at: int = 0
    recordings: list[str] = field(default_factory=list)

    def follow(self, line: str) -> None:
        kind, *rest = line.split()
        if kind == "set":
            self.states[self.at + 1 :] = [{**self.states[self.at], rest[0]: rest[1]}]
            self.at += 1
        elif kind in ("undo", "redo"):
            self.at += 1 if kind == "redo" else -1
        elif kind == "frames":
            self.recordings.append(rest[0])


def killed_after(path, seed, n_lines, more_s=0.0):
    """Let it say `n_lines` and go on a moment, kill it, and return all that it had said."""
    command = [sys.executable, "-m", "tests.project.label_on_and_on", str(path), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
        lines = [process.stdout.readline() for _ in range(n_lines + 1)]
        time.sleep(more_s)
        process.kill()
        lines += process.stdout.readlines()
    return [line.strip() for line in lines if line.endswith("\n")][1:]


def catch_up(project, expected):
    """The act under way may stand or not. Brings `expected` to what the project holds."""
    found = {one.frame_id: one.class_name for one in project.read(labels.list_labels)}
    done, undone = project.count_history()
    assert abs(done - expected.at) <= 1, "more than the one act under way differs"
    if done < len(expected.states) and found == expected.states[done]:  # nothing, an undo or a redo
        assert undone == len(expected.states) - 1 - done
    else:
        before = expected.states[expected.at]
        assert (done, undone) == (expected.at + 1, 0)
        assert len(found.items() - before.items()) == 1
        assert found.keys() >= before.keys()
        expected.states[done:] = [found]
    expected.at = done


@pytest.mark.full("kill_edits")
def test_nothing_acknowledged_is_lost_when_the_program_is_killed(tmp_path, counts, evidence):
    dice = random.Random(11)
    path = tmp_path / "line.fieldcheck"
    create_project(path).close()
    expected, n_said = Expected(), 0
    n_kills = counts(ci=10, full=50)
    for seed in range(n_kills):
        said = killed_after(path, seed, dice.randrange(40), dice.uniform(0, 0.02))
        n_said += len(said)
        for line in said:
            expected.follow(line)
        with open_project(path, wait_s=5) as project:
            assert project.read(project_state.check_thorough) == ()
            catch_up(project, expected)
            kept = {one.recording_id for one in project.read(recordings.list_recordings)}
            assert kept >= set(expected.recordings)
            assert project.read(frames.count_frames) == 20 * len(kept)
    evidence(kills=n_kills, acknowledged=n_said, lost=0)


@pytest.mark.long
def test_a_reader_can_look_at_once_after_the_kill(tmp_path):
    path = tmp_path / "line.fieldcheck"
    create_project(path).close()
    expected = Expected()
    for line in killed_after(path, 1, 15):
        expected.follow(line)
    with open_project(path, write=False) as project:
        catch_up(project, expected)
