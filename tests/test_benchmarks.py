import json
import shutil

import cv2
import numpy as np
import pytest

from benchmarks import corruptions, fix, label_latency, live, needs, peers, record, run
from benchmarks.__main__ import NAMES, main
from benchmarks.graphs import mobilenet
from benchmarks.map import N_CLASSES, made_up, reference
from benchmarks.needs import missing
from benchmarks.row import in_turn, row
from fieldcheck.corruptions.catalogue import apply_corruption
from fieldcheck.corruptions.fix_finder import FixChunk, predict_changed
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.frame_analysis import get_shared_runner
from fieldcheck.footage.recording_container import pack_frame
from fieldcheck.imaging.raw import pack_pixels
from fieldcheck.labels.label_session import load_label_queue
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import runs as runs_table
from fieldcheck.stats.mean_average_precision import (
    compute_coco_stats,
    stack_detected_boxes,
    stack_labelled_boxes,
)
from tests.corruptions.pictures import scene
from tests.counts import rows

KEYS = {"name", "ours", "other", "other_is", "ratio", "bar", "holds", "n", "machine", "floor"}
NEEDS = {"triage": "ffmpeg"}  # makes its footage with it
SLOW = ("visit", "label_latency", "inference", "start", "cluster", "report", "demo", "growth")


def test_the_peer_in_the_place_of_ours_gives_the_noise_floor():
    clock, pace = [0.0], iter([9.0, 9.0, 4.0, 2.0, 2.5, 4.0, 2.0, 2.5, 6.0, 3.0, 2.5])

    def work():
        clock[0] += next(pace)

    assert in_turn(work, work, 3, lambda: clock[0]) == (4.0, 2.0, 1.25)
    made = row("x", 4.0, 2.0, "a peer", 1.5, "<=", 3, floor=1.25)
    assert (made.ratio, made.holds, "noise floor 1.250" in made.line()) == (2.0, False, True)


@pytest.mark.long
@pytest.mark.loopback  # one of them speaks to a camera
@pytest.mark.parametrize("name", rows([n for n in NAMES if n not in SLOW], full=SLOW))
def test_every_script_runs_small_and_prints_whole_rows(name, capsys, qapp):
    if name in NEEDS and shutil.which(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed")
    assert main([name, "--smoke"]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert printed
    assert all(
        set(row) == KEYS and row["name"].startswith(name) and row["ours"] > 0 and row["ratio"] > 0
        for row in printed
    )


def test_what_is_missing_is_said_in_one_line_before_anything_is_run(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(peers, "PEERS", tmp_path)
    assert main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "Nothing was run. Install first: ffmpeg for triage; Xvfb for label_latency, start, visit; "
        "the peer's packages (--make-peers downloads them) for corruptions, sweep, install.\n"
    )
    lacking = missing(["inference", "report"], smoke=False)
    assert lacking == missing(["start", "sweep"], smoke=True) == ""
    assert missing(["triage"], smoke=True) == "Nothing was run. Install first: ffmpeg for triage."
    assert list(tmp_path.iterdir()) == []


def test_without_a_library_of_the_window_its_benchmarks_refuse_in_one_line(tmp_path, monkeypatch):
    listed = tmp_path / "setup.sh"
    listed.write_text('QT_LIBRARIES="\nlibEGL.so.1:libegl1 libnone-of-ours.so.9:libnone9"')
    monkeypatch.setattr(needs, "SETUP", listed)
    assert missing(["start", "sweep", "visit"], smoke=True) == (
        "Nothing was run. Install first: the libraries of a window (bash packaging/demo.sh "
        "installs or names them) for start, visit."
    )


def test_both_sides_of_the_map_row_give_the_same_twelve_figures():
    truths, answers = made_up(30, seed=3)
    detected = stack_detected_boxes(answers)
    ours = compute_coco_stats(stack_labelled_boxes(truths), detected, 30, N_CLASSES)
    assert np.abs(ours - reference(truths, answers)).max() <= 1e-6


def test_both_sides_of_the_live_row_give_the_same_answers(tmp_path):
    runner = get_shared_runner(live.named(mobilenet(tmp_path / "net.onnx")))
    frames = live.footage(6)
    ours = [result.answer.answer for result in live.cooked(frames, runner)]
    for answer, raw in zip(ours, live.alone(frames, runner)(), strict=True):
        shares = np.exp(raw[0] - raw[0].max())
        assert np.abs(answer - shares / shares.sum()).max() <= 1e-5


def test_both_sides_of_the_fix_row_give_the_same_answers(tmp_path):
    model, file = mobilenet(tmp_path / "net.onnx"), tmp_path / "0001.png"
    cv2.imwrite(str(file), scene(90, 160))
    spec = live.named(model)
    every = fix.candidates(get_shared_runner(spec).card)
    raw, _ = fix.naive(model, get_shared_runner(spec).card, every, [file])
    ours = predict_changed(FixChunk(spec, every, (("0001", str(file)),)))
    assert len(ours) == len(raw) == len(every) == 26
    for name, one in ours:
        shares = np.exp(raw[name, "0001"] - raw[name, "0001"].max())
        assert np.abs(one.answer - shares / shares.sum()).max() <= 1e-5


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_live_row_ends_where_its_cooking_thread_fails(tmp_path):
    runner = get_shared_runner(live.named(mobilenet(tmp_path / "net.onnx")))
    frames = live.footage(3)
    frames[1] = CapturedFrame(frames[1].rgb[:0], 1, 0.0, "")
    with pytest.raises(RuntimeError, match="1 of 3 frames"):
        list(live.cooked(frames, runner))
    assert len(list(live.cooked(live.footage(3), runner))) == 3


@pytest.mark.parametrize(
    ("name", "grey_levels"),
    [("bright", 1), ("gamma", 1), ("low_contrast", 3), ("downscale", 3), ("defocus", 1)],
)
def test_both_sides_of_the_corruptions_rows_give_the_same_picture_where_both_can(name, grey_levels):
    """Of the others the library has something of the kind only. Ours draws to the mean of the luma,
    the library to that of all channels."""
    rgb = scene(360, 640)
    theirs = corruptions.seeded(corruptions.builtins((640, 360))[name], rgb)
    ours = apply_corruption(rgb, name, corruptions.SEVERITY, corruptions.SEED)
    apart = np.abs(ours.astype(int) - theirs)[16:-16, 16:-16].mean()
    assert apart <= grey_levels < np.abs(ours.astype(int) - rgb).mean()


def test_the_project_of_the_label_row_is_one_that_can_be_labelled(tmp_path):
    with open_project(label_latency.made_project(tmp_path / "site.fieldcheck", 30, 10)) as project:
        work = load_label_queue(project)
    assert (len(work.frames), work.classes, work.labels) == (10, label_latency.CLASSES, {})
    assert all(frame.picture.is_file() for frame in work.frames)


def test_both_sides_of_the_record_rows_store_the_same_bytes():
    for picture in (*record.jpegs((64, 48), 2), *record.pixels((64, 48), 2)):
        ours = pack_frame(CapturedFrame(picture, 0, 0.0, "left")).data
        assert ours == (picture.encoded or pack_pixels(picture.pixels, picture.format))


@pytest.mark.long
def test_the_bare_loop_gives_the_answers_that_are_stored(tmp_path):
    pictures, videos = run.make_files(tmp_path, 6, 1, 4)
    path = run.make_project(tmp_path, pictures, videos)
    bare = run.run_bare(tmp_path / "model.onnx", pictures, videos).split()
    with open_project(path) as project:
        scored = run_and_score(project, None, "all", NullProgress(), run.NOW)
        runs = {one.run_result.run.on: one.run_result.run.run_id for one in scored}
        best = [
            str(int(prediction.answer.argmax()))
            for on in ("benchmark", "footage")
            for _, prediction in sorted(
                project.read(lambda db, run=runs[on]: runs_table.get_predictions(db, run)).items()
            )
        ]
    assert best == bare
