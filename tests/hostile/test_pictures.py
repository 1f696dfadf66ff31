"""Pictures that claim gigabytes or break off: told, skipped, never decoded; others come in."""

from pathlib import Path

import pytest

from fieldcheck.errors.files import PictureUnreadable
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.imaging.codec import MOST_BYTES, read_capture_time, read_image
from fieldcheck.labels.formats.label_set import read_image_size
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import frames, recordings, runs
from tests import makers
from tests.hostile import pictures
from tests.hostile.told import Unhindered
from tests.programs import run_python

# Of the whole process, libraries included; a decoded one would take 2,700. Not `getrusage`: a new
# process inherits there the peak of the
# one that started it, which after an hour of tests is more than this.
MOST_MB = 700
READ = """
import sys
from pathlib import Path
from fieldcheck.footage.image_folder import list_images, read_images
folder = Path(sys.argv[1])
found = list(read_images(folder, list_images(folder), 0))
(most,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
print(len(found), sum(type(one).__name__ == "SkippedFile" for one in found), int(most) // 1024)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile")
    pictures.write(path)
    return path


@pytest.mark.parametrize("name", sorted(pictures.hostile()))
def test_each_is_refused_by_every_reader(folder, name):
    with pytest.raises(PictureUnreadable):
        read_image(folder / name)
    cases = ((read_capture_time, (PictureUnreadable,)), (read_image_size, (LabelsRefused,)))
    for look, refusals in cases:
        try:
            look(folder / name)
        except refusals:
            continue


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp"])
def test_a_file_that_is_longer_than_any_picture_is_not_read(tmp_path, ending):
    """A hole takes no room on a disk; behind the picture there is nothing but zeros, which look
    like chunks of nothing."""
    path = tmp_path / f"long.{ending}"
    makers.save_picture(path, "red")
    with path.open("r+b") as file:
        file.truncate(MOST_BYTES + 1)
    with Unhindered() as took:
        assert read_image_size(path)[0] > 0
        assert read_capture_time(path) is None
        with pytest.raises(PictureUnreadable) as refused:
            read_image(path)
    assert refused.value.problem == "too_large"
    assert took.seconds < 1


def test_what_is_too_large_is_said_to_be(folder):
    for name in ("74bytes.png", "wide.png", "wide.jpg", "wide.gif"):
        with pytest.raises(PictureUnreadable) as refused:
            read_image(folder / name)
        assert refused.value.problem == "too_large", name


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="there is no such count of memory"
)
def test_none_of_them_is_decoded(folder):
    done = run_python("-c", READ, str(folder), timeout=60, check=True)
    n, skipped, most_mb = map(int, done.stdout.split())
    assert n == skipped == len(pictures.hostile())
    assert most_mb < MOST_MB


def test_they_keep_no_other_picture_from_an_import(terminal, tmp_path, folder):
    project, footage = tmp_path / "one.fieldcheck", tmp_path / "day"
    for name, data in pictures.hostile().items():
        footage.mkdir(exist_ok=True)
        (footage / name).write_bytes(data)
    for at in range(3):
        makers.save_picture(footage / f"good{at}.png", "red", at)
    terminal.document("new", project)
    found = terminal("import", project, footage, "--json")
    assert found.code in (0, 1), found.err
    assert "Traceback" not in found.err
    with open_project(project, write=False) as opened:
        assert opened.read(frames.count_frames) == 3
        (recording,) = opened.read(recordings.list_recordings)
    assert {one.file for one in recording.skipped} == set(pictures.hostile())


def test_they_keep_no_other_picture_from_being_answered(terminal, tmp_path, material):
    project, clean = tmp_path / "two.fieldcheck", tmp_path / "clean"
    makers.benchmark_folder(clean)
    terminal.document("new", project, "--model", material / "net.onnx", "--benchmark", clean)
    first = sorted((clean / "red").iterdir())[0]
    first.write_bytes(pictures.png(2**31 - 1, 2**31 - 1))
    ran = terminal("run", project, "--on", "benchmark", "--json")
    assert (ran.code, len(ran.err.strip().splitlines())) == (0, 1)
    assert first.name in ran.err
    with open_project(project, write=False) as opened:
        (run,) = opened.read(runs.list_all_runs)
        assert len(opened.read(lambda db: runs.get_predicted_subjects(db, run.run_id))) == 17
