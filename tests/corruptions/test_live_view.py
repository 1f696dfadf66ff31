import json
import os
import shutil
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from fieldcheck import paths
from fieldcheck.corruptions import live_view
from fieldcheck.corruptions.catalogue import CORE, FAVOURITES, apply_corruption
from fieldcheck.errors.files import NoPictures, PathMissing, VideoUnreadable
from fieldcheck.errors.models import ModelRejected
from fieldcheck.footage.camera.camera import LIMIT_BYTES
from fieldcheck.footage.camera.playback import ImageCamera, SyntheticCamera, open_file_camera
from fieldcheck.footage.frame_analysis import ModelFile, get_shared_runner
from fieldcheck.imaging.codec import compute_pixels_sha256
from fieldcheck.models import session
from fieldcheck.models.preprocess import make_model_input
from fieldcheck.models.store import find_model, make_model_file
from fieldcheck.project.tables import frames as frames_table
from tests import makers
from tests.models import graphs
from tests.models.live_models import boxes_of, colours_of, named

HANG_S = 30.0


def read(camera, n):
    camera.open()
    frames = []
    while len(frames) < n:
        frame = camera.read(1.0)
        frames += [frame] if frame else []
    camera.close()
    return frames


def hash_of(frame):
    return compute_pixels_sha256(frame.rgb)


def of(project, recording_id):
    return project.read(lambda db: frames_table.list_frames_of_recording(db, recording_id))


@pytest.fixture
def mixed(footed, tmp_path):
    makers.add_footage(
        footed,
        makers.picture_folder(tmp_path / "Werkstück", ["red", "blue", "green"], "ü {}.png".format),
        list_fps=50.0,
    )
    return footed


def test_a_project_offers_its_recordings_in_order_of_import(mixed):
    belt, folder, _benchmark = live_view.list_live_sources(mixed)
    assert (belt.name, belt.kind) == ("belt.avi", "video")
    assert folder == live_view.LiveSource(folder.recording_id, "Werkstück", "folder")


def test_picks_and_benchmark_pictures_can_be_looked_at(drawn):
    assert [one.kind for one in live_view.list_live_sources(drawn)][-2:] == ["picks", "benchmark"]
    hashes = {frame.sha256 for frame in drawn.read(lambda db: frames_table.list_frames(db))}
    assert {hash_of(frame) for frame in read(live_view.open_source(drawn, "picks"), 1)} <= hashes
    assert read(live_view.open_source(drawn, "benchmark"), 1)[0].rgb.shape[2] == 3


def test_a_project_without_footage_offers_its_benchmark(empty):
    assert [one.kind for one in live_view.list_live_sources(empty)] == ["benchmark"]


def test_a_recorded_video_plays_its_own_frames(mixed):
    belt = live_view.list_live_sources(mixed)[0]
    first = read(live_view.open_source(mixed, belt.recording_id), 1)[0]
    listed = {frame.source_index: frame.sha256 for frame in of(mixed, belt.recording_id)}
    assert hash_of(first) == listed[first.index]
    assert first.source == "belt.avi"


def test_a_folder_plays_its_listed_frames_in_a_loop_at_the_rate_of_the_list(mixed):
    folder = live_view.list_live_sources(mixed)[1]
    frames = read(live_view.open_source(mixed, folder.recording_id), 7)
    listed = of(mixed, folder.recording_id)
    actual = [hash_of(frame) for frame in frames]
    assert actual == [listed[frame.index % 3].sha256 for frame in frames]
    assert [frame.t_s for frame in frames] == pytest.approx([frame.index / 50 for frame in frames])
    assert {frame.source for frame in frames} == {"Werkstück"}


def test_a_folder_of_which_nothing_was_listed_is_refused(mixed):
    folder = live_view.list_live_sources(mixed)[1]
    mixed.write(
        lambda db: db.execute("DELETE FROM frame WHERE recording_id = ?", [folder.recording_id])
    ).result()
    with pytest.raises(NoPictures):
        live_view.open_source(mixed, folder.recording_id)


def test_a_recording_nobody_knows_is_a_bug(mixed):
    with pytest.raises(KeyError):
        live_view.open_source(mixed, "nobody")


@pytest.mark.long
def test_any_clip_and_any_picture_can_be_looked_at(tmp_path):
    clip = paths.get_resource_path("demo/footage/c2_infeed_dark.mp4")
    assert read(live_view.open_file(clip), 1)[0].rgb.shape == (720, 1280, 3)
    part = makers.save_picture(tmp_path / "Teil ä.png", "blue")
    assert np.array_equal(read(live_view.open_file(part), 2)[1].rgb, makers.picture("blue"))


def test_what_is_not_there_or_no_footage_is_told(tmp_path):
    with pytest.raises(PathMissing):
        live_view.open_file(tmp_path / "gone.mp4")
    with pytest.raises(PathMissing):
        live_view.open_file(tmp_path)
    text = tmp_path / "notes.txt"
    text.write_text("nothing to see")
    with pytest.raises(VideoUnreadable):
        live_view.open_file(text).open()


def test_a_projects_footage_runs_through_its_model_live(mixed):
    """From project to result, as the window will do it; the model is right about colours."""
    camera = live_view.open_source(mixed, live_view.list_live_sources(mixed)[1].recording_id)
    view = live_view.LiveStress(camera, make_model_file(mixed, find_model(mixed)))
    view.start()
    try:
        found = [view.results.take_value(HANG_S) for _ in range(9)]
    finally:
        view.stop()
    colours = ("red", "blue", "green")
    assert [one.get_top(1)[0].name for one in found] == [colours[one.index % 3] for one in found]


def test_footage_that_went_away_is_told_when_it_is_opened(mixed):
    belt = live_view.list_live_sources(mixed)[0]
    shutil.rmtree(mixed.path / "recordings")
    with pytest.raises(PathMissing):
        live_view.open_source(mixed, belt.recording_id).open()


STATM = Path("/proc/self/statm")


@contextmanager
def live(camera, model=None, seed=0):
    view = live_view.LiveStress(camera, model, seed)
    view.start()
    try:
        yield view
    finally:
        view.stop()
        assert not view.running


def newest(view):
    found = view.results.take_value(HANG_S)
    assert found is not None, view.trouble.take_value()
    return found


def result_where(view, holds):
    until = time.monotonic() + HANG_S
    while time.monotonic() < until:
        found = newest(view)
        if holds(found):
            return found
    raise AssertionError("no such result came")


@pytest.fixture(scope="session")
def demo() -> ModelFile:
    return named(paths.get_resource_path("demo/model.onnx"))


@pytest.mark.long
def test_every_answer_stands_beside_the_very_frame_it_was_given_to(demo):
    """Fifty results of a source that is faster than the model, while a hand plays with the
    recipes."""
    camera, runner, seed = SyntheticCamera(320, 240, fps=500), get_shared_runner(demo), 11
    names, rng, found = tuple(CORE), np.random.default_rng(0), []
    asked = {0: ("", 0.0)}
    with live(camera, demo, seed) as view:
        while len(found) < 50:
            name, severity = names[int(rng.integers(len(names)))], float(rng.integers(0, 6))
            asked[view.set_recipe(name, severity)] = (name, severity)
            found.append(newest(view))
    assert len({one.recipe.number for one in found}) >= 10
    for one in found:
        assert (one.corruption, one.severity) == asked[one.recipe.number]
        assert np.array_equal(one.original, camera.render_frame(one.index))
        cooked = (
            apply_corruption(one.original, one.corruption, one.severity, seed)
            if one.corruption
            else one.original
        )
        assert np.array_equal(one.corrupted, cooked)
        assert np.array_equal(one.answer.answer, runner.predict([cooked])[0][0])
        assert np.array_equal(one.clean.answer, runner.predict([one.original])[0][0])
        assert np.array_equal(one.input_image, make_model_input(cooked, runner.card.input).rgb)
        assert one.answer.subject == one.clean.subject == f"synthetic#{one.index}"
    assert [one.index for one in found] == sorted(one.index for one in found)


def test_real_footage_runs_through_the_real_model(demo):
    with live(
        open_file_camera(paths.get_resource_path("demo/footage/c1_infeed_normal.mp4"), fps=60.0),
        demo,
    ) as view:
        view.set_recipe("dark", 3.0)
        found = result_where(view, lambda one: one.corruption == "dark")
        assert found.original.shape == (720, 1280, 3)
        assert found.input_image.shape == (128, 128, 3)
        assert found.crop == (280, 0, 1000, 720)
        assert found.corrupted.mean() < 0.7 * found.original.mean()
        assert found.get_top(1)[0].name in found.card.classes
        assert 0 <= found.uncertainty <= 1
        assert view.trouble.take_value() is None


def test_the_newest_recipe_wins(tmp_path):
    with live(SyntheticCamera(64, 48, fps=100), colours_of(tmp_path)) as view:
        for severity in (1.0, 2.0, 3.0):
            last = view.set_recipe("dark", severity)
        assert result_where(view, lambda one: one.recipe.number == last).severity == 3.0
        assert all(newest(view).recipe.number == last for _ in range(5))


def test_a_frozen_frame_stays_under_every_recipe_and_then_goes_on(tmp_path):
    with live(SyntheticCamera(64, 48, fps=200), colours_of(tmp_path)) as view:
        newest(view)
        view.set_frozen(True)
        number = view.set_recipe("dark", 1.0)
        held = result_where(view, lambda one: one.recipe.number == number)
        for severity in (2.0, 3.0):
            number = view.set_recipe("motion", severity)
            found = result_where(view, lambda one, number=number: one.recipe.number == number)
            assert found.index == held.index
            assert found.original is held.original
            corrupted = apply_corruption(found.original, "motion", severity, 0)
            assert np.array_equal(found.corrupted, corrupted)
            assert np.array_equal(found.clean.answer, held.clean.answer)
        view.set_frozen(False)
        assert result_where(view, lambda one: one.index > held.index).recipe.number == number


def test_a_still_picture_is_asked_about_again_under_each_recipe(tmp_path):
    camera = ImageCamera("part", [makers.save_picture(tmp_path / "part.png", "red")], fps=100.0)
    with live(camera, colours_of(tmp_path)) as view:
        before = newest(view)
        number = view.set_recipe("dark", 5.0)
        after = result_where(view, lambda one: one.recipe.number == number)
        assert np.array_equal(after.clean.answer, before.clean.answer)
        assert after.clean.subject == after.answer.subject
        assert (after.corrupted < after.original).mean() > 0.9


def test_without_a_model_the_pictures_run_alone():
    with live(SyntheticCamera(64, 48, fps=100)) as view:
        view.set_recipe("jpeg", 3.0)
        found = result_where(view, lambda one: one.corruption == "jpeg")
        assert found.answer is None
        assert found.running.p50_ms == 0
        assert cv2.getNumThreads() == 1
        assert view.trouble.take_value() is None


@pytest.mark.long
def test_a_slow_look_skips_frames_and_never_queues_them(tmp_path):
    with live(SyntheticCamera(640, 480, fps=200), colours_of(tmp_path)) as view:
        view.set_recipe("motion", 5.0)
        found = result_where(view, lambda one: one.running.n_skipped > 50)
        running = found.running
        assert running.fps_done < running.fps_in
        assert running.n_dropped >= 0
        assert 0 < running.p50_ms <= running.p95_ms
        assert view.ring.n_bytes <= LIMIT_BYTES


def test_a_detector_runs_as_well(tmp_path):
    paths = [makers.save_picture(tmp_path / f"{colour}.png", colour) for colour in ("red", "blue")]
    with live(ImageCamera("parts", paths, fps=100.0), boxes_of(tmp_path)) as view:
        found = {one.index % 2: one for one in (newest(view) for _ in range(30))}
        assert {place: len(one.get_boxes()) for place, one in found.items()} == {0: 1, 1: 0}
        # a quarter of 64 × 48, in pixels of the frame
        assert found[0].get_boxes()[0, :4].tolist() == [0, 0, 32, 24]


def test_a_camera_that_fails_is_reported_and_the_view_can_be_stopped(tmp_path):
    with live(open_file_camera(tmp_path / "gone.mp4"), colours_of(tmp_path)) as view:
        assert isinstance(view.trouble.take_value(HANG_S), PathMissing)


def test_a_model_that_cannot_be_opened_is_reported_and_the_pictures_go_on(tmp_path):
    with live(
        SyntheticCamera(64, 48, fps=100), ModelFile(str(tmp_path / "gone.onnx"), "", "{}")
    ) as view:
        assert isinstance(view.trouble.take_value(HANG_S), PathMissing)
        assert newest(view).answer is None


@pytest.mark.long
def test_a_model_that_fails_on_a_frame_is_reported_once_and_the_pictures_go_on(tmp_path):
    camera = ImageCamera("part", [makers.save_picture(tmp_path / "part.png", "red")], fps=100.0)
    with live(camera, boxes_of(tmp_path, of_class=9)) as view:
        error = view.trouble.take_value(HANG_S)
        assert isinstance(error, ModelRejected)
        assert error.problem == "classes"
        assert all(newest(view).answer is None for _ in range(5))
        assert view.trouble.take_value() is None


def test_recipes_still_apply_to_the_last_frame_of_a_camera_that_ended(tmp_path):
    path = makers.video(tmp_path / "stick.avi", makers.cycle(8))
    with live(open_file_camera(path, fps=200.0), colours_of(tmp_path)) as view:
        newest(view)
        path.unlink()
        assert isinstance(view.trouble.take_value(HANG_S), PathMissing)
        number = view.set_recipe("dark", 4.0)
        assert result_where(view, lambda one: one.recipe.number == number).source == "stick.avi"


def test_an_unknown_recipe_is_refused_where_it_is_chosen():
    view = live_view.LiveStress(SyntheticCamera(8, 8), None)
    with pytest.raises(ValueError, match="rust"):
        view.set_recipe("rust", 3.0)
    view.stop()


def test_stopping_twice_and_at_once_leaves_no_thread(tmp_path):
    for _ in range(5):
        view = live_view.LiveStress(SyntheticCamera(64, 48, fps=0.1), colours_of(tmp_path))
        view.start()
        view.stop()
        view.stop()
        assert not view.running


def test_a_model_in_the_middle_of_a_frame_that_never_ends_leaves_no_thread(tmp_path):
    # what that imports would take longer than a stop is waited for
    apply_corruption(np.zeros((8, 8, 3), np.uint8), "dark", 3.0, 0)
    path = graphs.endless(tmp_path / "endless.onnx")
    card = {**makers.CARD, "input": {"size": [8, 8], "resize": "stretch"}}
    file = ModelFile(str(path), "", json.dumps(card))
    view = live_view.LiveStress(SyntheticCamera(64, 48, fps=100), file)
    view.set_recipe("dark", 3.0)
    view.start()
    until = time.monotonic() + HANG_S
    while not any(thread.name.startswith("live-model") for thread in threading.enumerate()):
        assert time.monotonic() < until, view.trouble.take_value()
        time.sleep(0.01)
    time.sleep(0.2)  # both frames are asked about
    view.stop()
    assert not view.running
    assert not any(thread.name.startswith("live-model") for thread in threading.enumerate())
    assert (view.results.take_value(), view.trouble.take_value()) == (None, None)


def test_a_model_that_never_ends_is_told_after_its_limit_and_pictures_go_on(tmp_path, monkeypatch):
    # however little processor time this machine gives
    monkeypatch.setattr(session, "BUSY_FACTOR", 10_000)
    monkeypatch.setattr(session, "RUN_SECONDS", 0.1)
    path = graphs.endless(tmp_path / "endless.onnx")
    card = {**makers.CARD, "input": {"size": [8, 8], "resize": "stretch"}}
    with live(SyntheticCamera(64, 48, fps=100), ModelFile(str(path), "", json.dumps(card))) as view:
        view.set_recipe("dark", 3.0)
        error = view.trouble.take_value(HANG_S)
        assert (type(error), error.problem) == (ModelRejected, "time")
        assert [newest(view).answer for _ in range(3)] == [None] * 3
        assert view.trouble.take_value() is None


def resident_mb():
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.long
@pytest.mark.full("live_memory")
@pytest.mark.skipif(not STATM.exists(), reason="the system does not tell a process its memory")
def test_a_fast_camera_and_a_slow_look_leave_the_memory_flat(demo, counts, evidence):
    """1080p at 60 fps, more than can be answered: nothing grows. A queue would by 370 MB/s."""
    seconds = counts(ci=3, full=60)
    with live(SyntheticCamera(1920, 1080, fps=60), demo) as view:
        for name in FAVOURITES:  # all that is made once is made now
            number = view.set_recipe(name, 3.0)
            result_where(view, lambda one, number=number: one.recipe.number == number)
        began = time.monotonic()
        sizes = [resident_mb()]
        rings = []
        gaps = []
        last = time.monotonic()
        while time.monotonic() - began < seconds:
            view.set_recipe(FAVOURITES[len(sizes) // 10 % len(FAVOURITES)], 3.0)
            found = newest(view)
            gaps.append(time.monotonic() - last)
            last = time.monotonic()
            sizes.append(resident_mb())
            rings.append(view.ring.n_bytes)
    growth = max(sizes) - max(sizes[: max(1, len(sizes) // 6)])
    evidence(
        seconds=seconds, results=len(rings), frames_in=found.index + 1,
        n_dropped=found.running.n_dropped, n_skipped=found.running.n_skipped,
        ring_most_mb=round(max(rings) / 2**20, 1), resident_first_mb=round(sizes[0]),
        resident_most_mb=round(max(sizes)), growth_after_a_sixth_mb=round(growth, 1),
        longest_gap_ms=round(1000 * max(gaps)),
    )  # fmt: skip
    assert max(rings) <= LIMIT_BYTES
    assert growth < 100


def test_an_earlier_frame_is_looked_at_again_and_stays_under_every_recipe(tmp_path):
    with live(SyntheticCamera(64, 48, fps=200), colours_of(tmp_path)) as view:
        earlier = newest(view)
        result_where(view, lambda one: one.index > earlier.index + 5)
        view.show_earlier(earlier)
        again = result_where(view, lambda one: one.index == earlier.index)
        assert np.array_equal(again.original, earlier.original)
        number = view.set_recipe("dark", 3.0)
        assert result_where(view, lambda one: one.recipe.number == number).index == earlier.index
        view.set_frozen(False)
        assert result_where(view, lambda one: one.index > earlier.index + 5).recipe.number == number
