"""Bad input of every kind: one clear sentence, exit 1, and nothing lost."""

import json
import os
import shutil
import subprocess
import sys

import cv2
import numpy as np
import pytest
from onnx import helper
from PIL import Image

from fieldcheck import paths
from tests.makers import CARD, scaled_model, tiny_model


@pytest.fixture
def card(tmp_path):
    path = tmp_path / "card.json"
    path.write_text(json.dumps(CARD))
    return path


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (160, 120))
    rng = np.random.default_rng(0)
    for _ in range(150):
        writer.write(rng.integers(0, 256, (120, 160, 3), np.uint8))
    writer.release()
    return path


def make(kind, folder):
    """A model file that cannot be used, of the kind asked for."""
    path = folder / f"{kind}.onnx"
    if kind == "not_onnx":
        path.write_text("this is no model")
    elif kind == "truncated":
        whole = tiny_model(folder / "whole.onnx", n_classes=3).read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "rank":
        body = [
            helper.make_node("ReduceMean", ["x"], ["f"], axes=[2], keepdims=0),
            helper.make_node("MatMul", ["f", "w"], ["y"]),
        ]
        tiny_model(path, rank=3, body=body)
    elif kind == "channels":
        tiny_model(path, channels=5)
    elif kind == "classes":
        tiny_model(path, n_classes=7)
    else:
        (folder / "external").mkdir()
        path = tiny_model(folder / "external" / "m.onnx", external=True)
        (folder / "external" / "weights.bin").unlink()
    return path


@pytest.mark.short_cases(2)
@pytest.mark.parametrize(
    "kind", ["not_onnx", "truncated", "rank", "channels", "classes", "external"]
)
def test_an_unusable_model_is_refused_and_no_folder_is_made(in_process, tmp_path, card, kind):
    path = make(kind, tmp_path)
    said = in_process.refusal("new", tmp_path / "p.fieldcheck", "--model", path, "--card", card)
    assert path.name in said
    assert not (tmp_path / "p.fieldcheck").exists()


@pytest.mark.long
@pytest.mark.parametrize(("body", "n_nan"), [("nan", 30), ("constant", 0)])
def test_nan_and_constant_answers_are_not_hidden(in_process, tmp_path, card, video, body, n_nan):
    model = scaled_model(tmp_path / "m.onnx", float("nan") if body == "nan" else 0.0)
    project = tmp_path / "p.fieldcheck"
    in_process.document("new", project, "--model", model, "--card", card)
    in_process.document("import", project, video)
    ran = in_process.document("run", project, "--on", "footage")["runs"][0]
    assert (ran["n_done"], ran["n_nan"]) == (30, n_nan)


def test_a_video_with_a_torn_end_gives_the_frames_before_the_tear(in_process, tmp_path, video):
    torn, project = tmp_path / "torn.mp4", tmp_path / "p.fieldcheck"
    mjpeg = tmp_path / "torn.avi"
    writer = cv2.VideoWriter(str(mjpeg), cv2.VideoWriter.fourcc(*"MJPG"), 10, (160, 120))
    for number in range(100):
        writer.write(np.full((120, 160, 3), number, np.uint8))
    writer.release()
    mjpeg.write_bytes(mjpeg.read_bytes()[: int(mjpeg.stat().st_size * 0.4)])
    torn.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    in_process.document("new", project)
    # its index was at the end, so nothing can be read
    assert torn.name in in_process.refusal("import", project, torn)
    clip = in_process.document("import", project, mjpeg)["clips"][0]
    assert 0 < clip["n_frames"] < 100


def test_a_video_without_frames_is_refused(in_process, tmp_path):
    empty, project = tmp_path / "empty.mp4", tmp_path / "p.fieldcheck"
    cv2.VideoWriter(str(empty), cv2.VideoWriter.fourcc(*"mp4v"), 10, (160, 120)).release()
    in_process.document("new", project)
    assert "empty.mp4" in in_process.refusal("import", project, empty)


@pytest.mark.long
def test_a_folder_lists_what_it_could_not_read_and_keeps_the_rest(in_process, tmp_path):
    folder, project = tmp_path / "pictures", tmp_path / "p.fieldcheck"
    folder.mkdir()
    rng = np.random.default_rng(1)
    cv2.imwrite(str(folder / "01.png"), rng.integers(0, 65536, (90, 120, 3), np.uint16))
    cv2.imwrite(str(folder / "02.png"), rng.integers(0, 256, (90, 120), np.uint8))
    (folder / "03.jpg").write_text("a text")
    (folder / "04.jpg").write_bytes(b"")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(rng.integers(0, 256, (90, 120, 3), np.uint8)).save(folder / "05.jpg", exif=exif)
    cv2.imwrite(
        str(folder / "06.jpg"), np.tile(rng.integers(0, 256, (40, 80, 3), np.uint8), (128, 100, 1))
    )
    in_process.document("new", project)
    clip = in_process.document("import", project, folder)["clips"][0]
    assert clip["n_listed"] == 4
    assert {one["file"].split("/")[-1] for one in clip["skipped"]} == {"03.jpg", "04.jpg"}
    document = in_process.document("pick", project)
    shapes = {cv2.imread(str(project / one["file"])).shape[:2] for one in document["picks"]}
    assert shapes == {(90, 120), (120, 90), (5120, 8000)}


@pytest.fixture
def labelled(in_process, tmp_path, card, video):
    """A project with picks, and the name of its footage."""
    project = tmp_path / "p.fieldcheck"
    in_process.document("new", project, "--model", tiny_model(tmp_path / "m.onnx"), "--card", card)
    in_process.document("import", project, video)
    in_process.document("pick", project, "--count", 10)
    return project


@pytest.mark.long
def test_labels_for_unknown_frames_or_classes_are_refused_whole(in_process, tmp_path, labelled):
    strange = tmp_path / "frames.csv"
    strange.write_text("file,class\nother.mp4#3,a\n")
    assert "frames.csv" in in_process.refusal("label", "import", labelled, strange)
    unknown = tmp_path / "classes.csv"
    unknown.write_text("file,class\nclip.mp4#0,a\nclip.mp4#5,zebra\n")
    assert "zebra" in in_process.refusal("label", "import", labelled, unknown)
    assert in_process.document("label", "show", labelled)["n_labelled"] == 0


@pytest.mark.long
def test_one_label_for_an_unknown_frame_class_or_pick_is_refused(in_process, labelled):
    picked = {one["frame_id"] for one in in_process.document("label", "show", labelled)["labels"]}
    assert picked == set()
    assert "nowhere-000001" in in_process.refusal("label", "set", labelled, "nowhere-000001", "a")


@pytest.mark.long
def test_a_project_that_is_open_elsewhere_is_not_written(in_process, tmp_path, labelled):
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys; from pathlib import Path; from fieldcheck.project.folder import " "open_project\n"
         f"with open_project(Path({str(labelled)!r})):\n print('open', flush=True); " "sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout.readline() == "open\n"
        assert str(holder.pid) in in_process.refusal("undo", labelled)
        assert in_process.document("label", "show", labelled)["n_picked"] == 10  # reading goes on
    finally:
        holder.communicate("")


@pytest.mark.long
def test_a_path_that_is_not_there_is_named(in_process, tmp_path, labelled):
    assert "missing.mp4" in in_process.refusal("import", labelled, tmp_path / "missing.mp4")
    expected = "nothing.fieldcheck"
    assert expected in in_process.refusal("label", "show", tmp_path / "nothing.fieldcheck")


def test_an_existing_project_is_not_made_again(in_process, labelled):
    assert labelled.name in in_process.refusal("new", labelled)


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 24 MB; needs the right to mount."""
    place = tmp_path / "disk"
    place.mkdir()
    if (
        os.name == "nt"
        or os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=24m", "none", place], check=False
        ).returncode
    ):
        pytest.skip("mounting a small disk needs more rights than this user has")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.long
def test_a_full_disk_refuses_footage_and_keeps_what_was_there(program, small_disk, labelled, video):
    project = small_disk / "p.fieldcheck"
    shutil.copytree(labelled, project)
    before = program.document("label", "show", project)
    more = small_disk.parent / "more.mp4"
    more.write_bytes(video.read_bytes() + b"\0")
    said = program.refusal("import", project, more)
    assert "room" in said or "full" in said
    assert program.document("label", "show", project) == before
    assert program.document("check", project)["ok"]


def test_wrong_usage_exits_with_2_and_a_hint(program, tmp_path):
    outcome = program("pick", tmp_path, "--count", "many")
    assert outcome.code == 2
    assert len(outcome.err.strip().splitlines()) <= 4


def test_the_sample_model_ships():
    assert paths.get_resource_path("demo/model.onnx").stat().st_size <= 1_000_000
