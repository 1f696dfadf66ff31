import json
import os
import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.domain.label import ReviewRequest
from fieldcheck.errors.files import DiskFull, FolderGone, PathMissing
from fieldcheck.errors.projects import ProjectDamaged, ProjectNewer
from fieldcheck.evidence.project_check import check_project
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project import migrations, repair
from fieldcheck.project.backup import list_backups
from fieldcheck.project.connection import open_for_writing
from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.project import get_benchmark_root
from fieldcheck.project.repair import is_gone, map_to_root_cause
from fieldcheck.project.tables import frames, labels
from fieldcheck.project.tables import values as values_table
from tests import disks
from tests.cli.conftest import Terminal, english  # noqa: F401 - a fixture
from tests.counts import rows
from tests.hostile.projects import STATEMENTS, put_back, run
from tests.project.made import dump, fill, label
from tests.project.test_migrations import make_older

PAGE = 4096
N_STEPS = len(migrations.STEPS)
TABLE_LEAF = 13  # the first byte of a page that holds rows


@pytest.fixture
def path(tmp_path):
    """A closed project of some 60 pages with a backup that lacks the last 20 labels."""
    path = tmp_path / "line.fieldcheck"
    with create_project(path) as project:
        project.write(lambda db: fill(db, n=300)).result()
        for number in range(40):
            project.edit("label.set", [labels.make_label_row(label(f"rec-{number * 15:06d}"))])
    with open_project(path) as project:
        for number in range(40, 60):
            project.edit("label.set", [labels.make_label_row(label(f"rec-{number * 15:06d}"))])
    list_backups(path)[0].unlink()
    (path / "frames" / "rec-000000.png").write_bytes(b"a picture")
    return path


def damage(path, page):
    data = bytearray((path / "project.db").read_bytes())
    data[page * PAGE : (page + 1) * PAGE] = os.urandom(PAGE)
    (path / "project.db").write_bytes(data)


def test_the_copy_of_a_sound_project_is_the_same_project(path):
    copy = repair.get_repaired_path(path)
    assert copy.name == "line-repaired.fieldcheck"
    assert dump(copy) == dump(path)
    assert (copy / "frames" / "rec-000000.png").read_bytes() == b"a picture"
    assert repair.get_repaired_path(path).name == "line-repaired-2.fieldcheck"


def test_wherever_a_page_is_lost_everything_in_the_backup_comes_back_and_the_copy_is_sound(path):
    whole = (path / "project.db").read_bytes()
    for page in random.Random(5).sample(range(len(whole) // PAGE), 12):
        (path / "project.db").write_bytes(whole)
        damage(path, page)
        with open_project(repair.get_repaired_path(path)) as project:
            assert project.read(frames.count_frames) == 300
            names = {one.frame_id for one in project.read(labels.list_labels)}
            assert names >= {f"rec-{number * 15:06d}" for number in range(40)}


def page_with(path, text):
    """The first page of a table's rows that holds this text."""
    data = (path / "project.db").read_bytes()
    pages = [data[at : at + PAGE] for at in range(0, len(data), PAGE)]
    return next(
        number for number, page in enumerate(pages) if page[0] == TABLE_LEAF and text in page
    )


def test_labels_that_came_after_the_backup_survive_damage_elsewhere(path):
    damage(path, page_with(path, b"rec150-hash"))
    with open_project(repair.get_repaired_path(path)) as project:
        assert project.read(frames.count_frames) == 300
        assert project.read(labels.count_labels) == 60
        assert project.count_history() == (60, 0)


def test_what_is_as_an_older_backup_held_it_is_counted_row_by_row(path):
    """Every label is changed after the backup, and a page of labels is lost."""
    names = [f"rec-{number * 15:06d}" for number in range(60)]
    with open_project(path) as project:
        for name in names:
            project.edit("label.set", [labels.make_label_row(label(name, "newer"))])
    list_backups(path)[0].unlink()
    (backup,) = list_backups(path)
    assert repair.repair_project(path).taken_back == ()
    damage(path, page_with(path, b"newer"))
    done = repair.repair_project(path)
    with open_project(done.folder) as project:
        rows = project.read(labels.list_labels)
        older = [one.frame_id for one in rows if one.class_name != "newer"]
    assert 0 < dict(done.taken_back)["label"] == len(older) < 60
    assert done.backup == backup.name


def test_second_labels_of_an_earlier_version_come_into_the_copy(tmp_path):
    """Their table had fewer columns."""
    path = tmp_path / "old.fieldcheck"
    create_project(path).close()
    (path / "project.db").unlink()
    db = open_for_writing(path / "project.db", "FULL")
    make_older(db)
    db.close()
    with open_project(repair.get_repaired_path(path)) as project:
        told = project.read(labels.list_repeats)
        assert [(one.repeat_id, one.class_name, one.why) for one in told] == [
            ("0.a", "dent", ""), ("1.a", "dent", ""),
        ]  # fmt: skip


def test_whatever_a_person_changed_after_the_backup_goes_before_its_older_copy(path):
    assert set(values_table.KEYS) < repair.CHANGING
    every = [
        ReviewRequest(f"rec-{number * 15:06d}", by="K. M. " * 20 + "K.") for number in range(300)
    ]
    with open_project(path) as project:
        project.edit("mark.set", [labels.make_mark_row(one) for one in every])
    with open_project(path) as project:
        project.edit("mark.set", [labels.make_mark_row(replace(one, expert=True)) for one in every])
    list_backups(path)[0].unlink()
    damage(path, page_amid(path, b"K. M. K. M. "))
    with open_project(repair.get_repaired_path(path)) as project:
        found = project.read(labels.list_marks)
    assert len(found) == 300
    assert sum(one.expert for one in found.values()) > 200


def page_amid(path, text):
    """A page in the middle of a table whose rows hold this text and are no JSON."""
    data = (path / "project.db").read_bytes()
    pages = [data[at : at + PAGE] for at in range(0, len(data), PAGE)]
    of_marks = [
        number
        for number, page in enumerate(pages)
        if page[0] == TABLE_LEAF and text in page and b"{" not in page
    ]
    return of_marks[len(of_marks) // 2]


def test_without_backups_what_lies_before_and_behind_the_damage_is_saved(path):
    for one in list_backups(path):
        one.unlink()
    damage(path, page_with(path, b"rec150-hash"))
    with open_project(repair.get_repaired_path(path)) as project:
        names = project.read(frames.list_frame_ids)
        assert 200 < len(names) < 300
        assert {"rec-000000", "rec-004485"} <= names
        assert project.read(labels.count_labels) == 60


def test_where_nothing_is_left_no_copy_is_made(path):
    for one in list_backups(path):
        one.unlink()
    (path / "project.db").write_bytes(b"\0" * 50_000)
    with pytest.raises(ProjectDamaged) as caught:
        repair.get_repaired_path(path)
    assert caught.value.problem == "nothing_left"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_damaged_backup_is_passed_over(path):
    (newest,) = list_backups(path)
    newest.with_name("project-29990101T000000000000Z.db").write_bytes(b"no database")
    (path / "project.db").write_bytes(b"\0" * 50_000)
    with open_project(repair.get_repaired_path(path)) as project:
        assert project.read(labels.count_labels) == 40


@pytest.fixture
def staged(labelled, tmp_path):
    folder = tmp_path / "staged.fieldcheck"
    folder.mkdir()
    labelled.cache.put_vectors("looks x", "", {})
    labelled.cache.put_vectors("paths", "", {"/home/ana/a.png|1|2": np.zeros(2, np.float32)})
    repair.stage_databases(labelled, folder, "paths")
    repair.remove_machine_traces(folder, {})
    return folder


def test_a_staged_database_is_one_sound_file_with_everything_in_it(labelled, staged):
    repair.check_foreign_project(staged)
    assert sorted(path.name for path in staged.iterdir()) == ["cache.db", "project.db"]
    with repair.open_packed(staged) as project:
        assert project.read(labels.list_labels) == labelled.read(labels.list_labels)
        assert not project.writable


def test_vectors_are_carried_but_for_those_left_out_and_pictures_are_not(labelled, staged):
    with repair.open_packed(staged) as project:
        kept = [row for row in labelled.cache.list_vectors() if row[0] != "paths"]
        assert project.cache.list_vectors() == kept
        assert kept
        names = [one.frame_id for one in project.read(labels.list_labels)]
        assert project.cache.get_thumbnails(names) == {}


def test_a_packed_project_looks_at_nothing_outside_its_folder(staged):
    from fieldcheck.project.tables import models as benchmarks

    with repair.open_packed(staged) as project:
        expected = staged / "benchmark"
        assert get_benchmark_root(project, project.read(benchmarks.get_benchmark)) == expected


# What a row says of a recording is held against the folder when its file is asked for; the rest is
# refused at once.
@pytest.mark.parametrize("name", [name for name in STATEMENTS if name != "path of a recording"])
def test_what_no_database_of_ours_holds_is_refused(staged, name):
    run(staged / "project.db", STATEMENTS[name])
    with pytest.raises(ProjectDamaged):
        repair.check_foreign_project(staged)


# the first goes through every step, the third has picks
@pytest.mark.parametrize("n", rows([1, 3, N_STEPS - 1], full=[2, *range(4, N_STEPS - 1)]))
def test_an_earlier_schema_is_brought_up_to_date_and_then_looked_through(staged, n):
    put_back(staged / "project.db", n)
    before = sorted(path.name for path in staged.iterdir())
    repair.check_foreign_project(staged)
    assert sorted(path.name for path in staged.iterdir()) == before
    with repair.open_packed(staged) as project:
        assert project.read(migrations.schema_state) == "current"
    put_back(staged / "project.db", n)
    run(staged / "project.db", STATEMENTS["path of a pick" if n > 2 else "path of a model"])
    with pytest.raises(ProjectDamaged, match=r"outside|absolute"):
        repair.check_foreign_project(staged)


@pytest.mark.parametrize("fact", [
    '{"sampled":[{"picture":"/etc/passwd"}]}', '{"sampled":[{"picture":"//host/a"}]}',
    '{"outliers":[["","",0,"../a"]]}', '{"folder":"/log/"}', '{"folder":"//host/log/"}',
    '{"sampled":1}',
])  # fmt: skip
def test_a_picture_on_some_computer_is_refused_and_none_of_ours_goes_there(staged, fact):
    path = staged / "project.db"
    run(path, f"INSERT INTO model_fact VALUES (NULL, 'shift', '', '', '', '{fact}', '')")
    with pytest.raises(ProjectDamaged):
        repair.check_foreign_project(staged)
    if fact != '{"sampled":1}':
        repair.remove_machine_traces(staged, {})
        repair.check_foreign_project(staged)


def test_a_value_that_is_nested_without_end_is_refused(staged):
    run(staged / "project.db", f"UPDATE edit_row SET kind = 'setting', before = '{'[' * 100_000}'")
    with pytest.raises(ProjectDamaged):
        repair.check_foreign_project(staged)


GOLDEN = '[{"name":"g","root":"%s","format":"csv","n":1}]'


@pytest.mark.parametrize("root", ["/golden", "/home/ana/golden", "//host/golden", "C:/golden"])
def test_a_golden_set_on_some_computer_is_refused_also_where_undo_would_bring_it_back(staged, root):
    value = GOLDEN % root
    edit = json.dumps({"key": "golden", "value": value})
    for statement in (
        f"INSERT INTO setting VALUES ('golden', '{value}')",
        f"UPDATE edit_row SET kind = 'setting', before = '{edit}'",
    ):
        run(staged / "project.db", statement)
        with pytest.raises(ProjectDamaged):
            repair.check_foreign_project(staged)
        repair.remove_machine_traces(staged, {})
        run(staged / "project.db", "DELETE FROM setting WHERE key = 'golden'")
    assert f'"{root}' not in (staged / "project.db").read_text("latin-1")


def test_a_foreign_cache_and_a_later_version_are_refused(staged):
    with closing(sqlite3.connect(staged / "cache.db")) as db, db:
        db.execute("CREATE VIEW v AS SELECT 1")
    with pytest.raises(ProjectDamaged):
        repair.check_foreign_project(staged)
    (staged / "cache.db").unlink()
    with sqlite3.connect(staged / "project.db") as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('fieldcheck', 'later')"
        )
    db.close()
    with pytest.raises(ProjectNewer):
        repair.check_foreign_project(staged)


def test_a_damaged_page_is_found_before_anything_is_asked(staged):
    data = bytearray((staged / "project.db").read_bytes())
    data[8192:8300] = b"\xff" * 108
    (staged / "project.db").write_bytes(data)
    with pytest.raises(ProjectDamaged):
        repair.check_foreign_project(staged)


DAMAGES = {
    "seal": "UPDATE seal SET body = '-1'",
    "seal.at": "UPDATE seal SET at = 'then'",
    "seal.limit": "UPDATE seal SET body = replace(body, '0.03', '\"x\"')",
    "setting": "UPDATE setting SET value = '[[['",
    "recording": "UPDATE recording SET taken_at = '{}'",
    "frame.t_s": "UPDATE frame SET t_s = 1e308 WHERE frame_id = (SELECT min(frame_id) FROM frame)",
    "clip": "UPDATE clip SET recording_id = 'zz'",
    "frame": ("UPDATE frame SET statistics = x'00' WHERE frame_id = (SELECT min(frame_id) FROM "
              "frame)"),
    "model": "UPDATE model SET card = '-1'",
    "benchmark": "UPDATE benchmark SET classes = '-1'",
    "benchmark.item": "UPDATE benchmark_item SET path = '' WHERE place = 0",
    "model.no hash": "UPDATE model SET sha256 = ''",
    "model.empty card": "UPDATE model SET card = '{}'",
    "benchmark.root outside": "UPDATE benchmark SET root = '../../../etc/passwd'",
    "benchmark.root": "UPDATE benchmark SET root = ''",
    "benchmark.long root": "UPDATE benchmark SET root = hex(zeroblob(20000))",
    "model_fact": "UPDATE model_fact SET found = '/etc/passwd'",
    "setting.claims": "UPDATE setting SET value = '-1' WHERE key = 'claims'",
    "label.class": "UPDATE label SET class_name = '' WHERE frame_id = (SELECT min(frame_id) FROM label)",
    "draw": "UPDATE draw SET design = 'q'",
    "draw.seed": "UPDATE draw SET seed = -1",
    "pick.size": "UPDATE draw SET strata = '{}'",
    "pick": "UPDATE pick SET stratum = 'zz' WHERE frame_id = (SELECT min(frame_id) FROM pick)",
    "pick.file": "UPDATE pick SET file = '' WHERE frame_id = (SELECT min(frame_id) FROM pick)",
    "label": "UPDATE label SET class_name = 'zz' WHERE frame_id = (SELECT min(frame_id) FROM label)",
    "prediction": ("UPDATE prediction SET n_rows = 99999 WHERE subject = (SELECT min(subject) FROM "
                   "prediction)"),
}  # fmt: skip


@pytest.fixture
def terminal(capsys):
    return Terminal(capsys)


def damaged(made, folder, statement):
    path = shutil.copytree(made["labelled"], folder / "p.fieldcheck")
    db = sqlite3.connect(path / "project.db")
    db.execute(statement)
    db.commit()
    db.close()
    return path


@pytest.mark.parametrize("name", ["empty", "footed", "drawn", "labelled", "boxed", "pointed"])
def test_what_the_program_wrote_is_in_order(every_made, name):
    with open_project(every_made[name], write=False) as project:
        assert project.read(repair.find_faults) == ()


@pytest.mark.parametrize("table", DAMAGES)
def test_a_value_that_nobody_of_ours_wrote_is_named_with_its_table(made, tmp_path, table):
    with open_project(damaged(made, tmp_path, DAMAGES[table]), write=False) as project:
        assert table.split(".")[0] in [name for name, _ in project.read(repair.find_faults)]


@pytest.mark.parametrize("table", DAMAGES)
def test_each_is_found_by_check_named_by_whoever_fails_of_it_and_gone_from_the_repaired_copy(
    terminal, made, tmp_path, table
):
    path = damaged(made, tmp_path, DAMAGES[table])
    found = terminal.document("check", path, code=1)
    assert [one["kind"] for one in found["problems"]] == ["database"]
    told = terminal("report", path, "--out", tmp_path / "report")
    assert told.code == 0 or "is damaged" in told.err
    mended = terminal.document("check", path, "--repair")
    with open_project(tmp_path / "p-repaired.fieldcheck", write=False) as project:
        assert project.read(repair.find_faults) == ()
        assert project.read(lambda db: db.execute("SELECT count(*) FROM label").fetchone()[0]) == 20
    assert mended["repaired"]


def test_a_path_that_no_file_can_have_is_found_in_the_benchmark(made, tmp_path):
    path = damaged(
        made,
        tmp_path,
        (
            "UPDATE benchmark_item SET path = char(0) || 'a' WHERE path = (SELECT min(path) FROM "
            "benchmark_item)"
        ),
    )
    with open_project(path, write=False) as project:
        assert "benchmark" in [name for name, _ in project.read(repair.find_faults)]


@pytest.fixture
def stick(tmp_path):
    place = disks.plug_in(tmp_path, 16)
    yield place
    disks.put_away(place)


def test_whatever_fails_on_a_stick_that_was_pulled_out_is_told_as_that(stick):
    with create_project(stick / "line.fieldcheck") as project:
        path = project.path
    disks.pull_out(stick)
    assert is_gone(path)
    with pytest.raises(FolderGone) as told, map_to_root_cause(path):
        raise DiskFull(path / "project.db")
    assert told.value.path == path


def test_a_stick_that_answers_no_more_is_neither_damaged_nor_empty_to_who_opens_it(stick):
    with create_project(stick / "line.fieldcheck") as project:
        path = project.path
    disks.pull_out(stick)
    for work in (lambda: open_project(path), lambda: check_project(path, True, NullProgress())):
        with pytest.raises(FolderGone):
            work()


def test_a_folder_that_was_moved_is_gone_and_one_that_is_there_is_not(project, tmp_path):
    assert not is_gone(project.path)
    with pytest.raises(PathMissing), map_to_root_cause(project.path):
        raise PathMissing(tmp_path / "video.mp4")
    path = project.path
    project.close()
    shutil.move(path, tmp_path / "elsewhere")
    with pytest.raises(FolderGone), map_to_root_cause(path):
        raise PathMissing(path / "models" / "net.onnx")


def test_a_work_that_somebody_stopped_is_no_loss_and_without_a_project_nothing_is(tmp_path):
    with pytest.raises(Cancelled), map_to_root_cause(tmp_path / "none"):
        raise Cancelled
    with pytest.raises(ZeroDivisionError), map_to_root_cause(None):
        raise ZeroDivisionError


def test_vectors_are_not_acknowledged_in_a_folder_that_was_moved_away(project, tmp_path):
    np = pytest.importorskip("numpy")
    project.cache.put_vectors("net", "", {"a": np.ones(3, np.float32)})
    shutil.move(project.path, tmp_path / "elsewhere")
    with pytest.raises(PathMissing):
        project.cache.put_vectors("net", "", {"b": np.ones(3, np.float32)})
    shutil.move(tmp_path / "elsewhere", project.path)
