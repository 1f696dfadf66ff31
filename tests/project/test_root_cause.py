import shutil

import pytest

from fieldcheck.errors.files import DiskFull, FolderGone, PathMissing
from fieldcheck.evidence.project_check import check_project
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.audit import is_gone, map_to_root_cause
from fieldcheck.project.folder import create_project, open_project
from tests import disks


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


def test_a_stick_that_answers_no_more_is_neither_damaged_nor_empty_to_whoever_opens_or_checks_it(
    stick,
):
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
