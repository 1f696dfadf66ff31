import shutil
import sqlite3

import pytest

from fieldcheck.errors.files import DiskFull, FolderGone, PathMissing
from fieldcheck.evidence.project_check import check_project
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project import repair
from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.repair import is_gone, map_to_root_cause
from tests import disks
from tests.cli.conftest import Terminal, english  # noqa: F401 - a fixture
from tests.made_projects import *  # noqa: F403 - its fixtures

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
