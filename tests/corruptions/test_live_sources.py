import shutil

import numpy as np
import pytest

from fieldcheck import resources
from fieldcheck.corruptions.live_view import (
    LiveSource,
    LiveStress,
    list_live_sources,
    open_file,
    open_source,
)
from fieldcheck.errors.files import NoPictures, PathMissing, VideoUnreadable
from fieldcheck.imaging.codec import compute_pixels_sha256
from fieldcheck.models.store import find_model, make_model_file
from fieldcheck.project.tables import frames as frames_table
from tests import makers

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
    belt, folder, _benchmark = list_live_sources(mixed)
    assert (belt.name, belt.kind) == ("belt.avi", "video")
    assert folder == LiveSource(folder.recording_id, "Werkstück", "folder")


def test_picks_and_benchmark_pictures_can_be_looked_at(drawn):
    assert [one.kind for one in list_live_sources(drawn)][-2:] == ["picks", "benchmark"]
    hashes = {frame.sha256 for frame in drawn.read(lambda db: frames_table.list_frames(db))}
    assert {hash_of(frame) for frame in read(open_source(drawn, "picks"), 1)} <= hashes
    assert read(open_source(drawn, "benchmark"), 1)[0].rgb.shape[2] == 3


def test_a_project_without_footage_offers_its_benchmark(empty):
    assert [one.kind for one in list_live_sources(empty)] == ["benchmark"]


def test_a_recorded_video_plays_its_own_frames(mixed):
    belt = list_live_sources(mixed)[0]
    first = read(open_source(mixed, belt.recording_id), 1)[0]
    listed = {frame.source_index: frame.sha256 for frame in of(mixed, belt.recording_id)}
    assert hash_of(first) == listed[first.index]
    assert first.source == "belt.avi"


def test_a_folder_plays_its_listed_frames_in_a_loop_at_the_rate_of_the_list(mixed):
    folder = list_live_sources(mixed)[1]
    frames = read(open_source(mixed, folder.recording_id), 7)
    listed = of(mixed, folder.recording_id)
    actual = [hash_of(frame) for frame in frames]
    assert actual == [listed[frame.index % 3].sha256 for frame in frames]
    assert [frame.t_s for frame in frames] == pytest.approx([frame.index / 50 for frame in frames])
    assert {frame.source for frame in frames} == {"Werkstück"}


def test_a_folder_of_which_nothing_was_listed_is_refused(mixed):
    folder = list_live_sources(mixed)[1]
    mixed.write(
        lambda db: db.execute("DELETE FROM frame WHERE recording_id = ?", [folder.recording_id])
    ).result()
    with pytest.raises(NoPictures):
        open_source(mixed, folder.recording_id)


def test_a_recording_nobody_knows_is_a_bug(mixed):
    with pytest.raises(KeyError):
        open_source(mixed, "nobody")


def test_any_clip_and_any_picture_can_be_looked_at(tmp_path):
    clip = resources.get_resource_path("demo/footage/c2_infeed_dark.mp4")
    assert read(open_file(clip), 1)[0].rgb.shape == (720, 1280, 3)
    part = makers.save_picture(tmp_path / "Teil ä.png", "blue")
    assert np.array_equal(read(open_file(part), 2)[1].rgb, makers.picture("blue"))


def test_what_is_not_there_or_no_footage_is_told(tmp_path):
    with pytest.raises(PathMissing):
        open_file(tmp_path / "gone.mp4")
    with pytest.raises(PathMissing):
        open_file(tmp_path)
    text = tmp_path / "notes.txt"
    text.write_text("nothing to see")
    with pytest.raises(VideoUnreadable):
        open_file(text).open()


def test_a_projects_footage_runs_through_its_model_live(mixed):
    """From project to result, as the window will do it; the model is right about colours."""
    camera = open_source(mixed, list_live_sources(mixed)[1].recording_id)
    view = LiveStress(camera, make_model_file(mixed, find_model(mixed)))
    view.start()
    try:
        found = [view.results.take_value(HANG_S) for _ in range(9)]
    finally:
        view.stop()
    colours = ("red", "blue", "green")
    assert [one.get_top(1)[0].name for one in found] == [colours[one.index % 3] for one in found]


def test_footage_that_went_away_is_told_when_it_is_opened(mixed):
    belt = list_live_sources(mixed)[0]
    shutil.rmtree(mixed.path / "recordings")
    with pytest.raises(PathMissing):
        open_source(mixed, belt.recording_id).open()
