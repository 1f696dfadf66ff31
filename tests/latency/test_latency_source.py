import shutil

import pytest

from fieldcheck.errors.files import NoPictures, PathMissing, PictureUnreadable
from fieldcheck.errors.labels import NoFootage
from fieldcheck.footage.finish_recording import insert_recording, make_recording, recover_recordings
from fieldcheck.latency.frame_timing import open_latency_source
from fieldcheck.progress import NullProgress
from tests.footage.made_recordings import webcam, write_recording
from tests.makers import NOW


def test_the_longest_footage_a_folder_and_a_picture_are_sources(footed, material):
    folder = material / "clean"
    picture = next(one for one in sorted(folder.rglob("*")) if one.suffix == ".png")
    for place in (None, folder, picture):
        with open_latency_source(footed, place) as source:
            assert source.decode(0).shape[2] == 3
            assert source.n >= 1


def test_what_is_no_source_is_refused(empty, tmp_path):
    for place, error in (
        (None, NoFootage),
        (tmp_path / "gone.mp4", PathMissing),
        (tmp_path, NoPictures),
    ):
        with pytest.raises(error), open_latency_source(empty, place):
            pass


def test_frames_come_round_and_damaged_ones_are_left_out(footed, material, tmp_path):
    shutil.copytree(material / "clean", tmp_path / "some")
    (tmp_path / "some" / "a.png").write_bytes(b"no picture")
    with open_latency_source(footed, tmp_path / "some") as source:
        turn = source.iter_indices()
        seen = [next(turn) for _ in range(2 * source.n)]
        assert 0 not in seen
        assert len(set(seen)) < len(seen)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.png").write_bytes(b"no picture")
    with open_latency_source(footed, tmp_path / "bad") as source, pytest.raises(PictureUnreadable):
        next(source.iter_indices())


def test_what_a_camera_recorded_is_a_source(empty, tmp_path):
    recording = make_recording("a1b2c3d4e5f6", {"source": "left", "list_fps": 2.0})
    empty.write(lambda db: insert_recording(db, recording)).result()
    write_recording(empty.path / recording.path, [webcam(index) for index in range(6)], {})
    recover_recordings(empty, NullProgress(), NOW)
    with open_latency_source(empty, None) as source:
        assert (source.n, source.decode(5).shape) == (6, (120, 160, 3))
