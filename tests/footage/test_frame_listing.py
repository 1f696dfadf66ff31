import dataclasses

import numpy as np

from fieldcheck.footage import frame_listing, thumbnails
from fieldcheck.footage import frame_listing as module
from fieldcheck.footage.finish_recording import make_recording
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import project_state as chunks_table
from fieldcheck.project.tables import recordings as recordings_table
from tests import makers
from tests.footage.made_recordings import webcam, write_recording
from tests.footage.test_finish_recording import ABOUT, ID


def test_the_plan_covers_every_frame_once_and_ends_open(empty, material, tmp_path):
    (found,) = makers.add_footage(empty, material / "belt.avi")
    plan = list(frame_listing.plan_recording_chunks(empty, found.recording, (), None))
    assert [chunk.first for chunk in plan] == [0, *[chunk.stop for chunk in plan[:-1]]]
    assert plan[-1].stop == module.TO_THE_END
    assert len(plan) == 12
    folder = makers.picture_folder(tmp_path / "f", makers.cycle(40))
    (found,) = makers.add_footage(empty, folder)
    names = tuple(f"{number:04d}.png" for number in range(40))
    plan = list(frame_listing.plan_recording_chunks(empty, found.recording, names, None))
    assert [name for chunk in plan for name in chunk.names] == list(names)


def test_finished_chunks_are_marked_in_the_project(empty, material):
    (found,) = makers.add_footage(empty, material / "belt.avi")
    model = empty.read(models_table.get_newest_model)
    chunks = list(frame_listing.plan_recording_chunks(empty, found.recording, (), model))
    job = module._make_job_name(found.recording, chunks)
    assert empty.read(lambda db: chunks_table.get_finished_chunks(db, job)) == set(range(12))


def test_looks_that_the_cache_lost_are_read_from_the_footage(empty, material):
    (found,) = makers.add_footage(empty, material / "night.avi")
    stored = frame_listing.load_recording_looks(empty, found.recording, found.frames)
    empty.cache.close()
    (empty.path / "cache.db").unlink()
    empty.close()
    with open_project(empty.path) as project:
        assert np.array_equal(
            frame_listing.load_recording_looks(project, found.recording, found.frames), stored
        )


def test_looks_of_small_pictures_are_made_when_somebody_asks_for_them(empty, tmp_path):
    (found,) = makers.add_footage(empty, makers.picture_folder(tmp_path / "f", makers.cycle(3)))
    names = [frame.frame_id for frame in found.frames]
    assert set(empty.cache.get_thumbnails(names)) == set(names)
    assert empty.cache.get_looks(names) == {}
    made = thumbnails.load_looks(empty, names, NullProgress())
    looks = frame_listing.load_recording_looks(empty, found.recording, found.frames)
    assert all(np.array_equal(look, one) for look, one in zip(made.values(), looks, strict=True))
    assert set(empty.cache.get_looks(names)) == set(names)


def test_a_recording_of_ours_is_planned_by_the_frames_that_it_holds(empty):
    write_recording(empty.path / "recordings" / ID, [webcam(index) for index in range(120)])
    recording = dataclasses.replace(make_recording(ID, ABOUT), fps=10.0)
    plan = list(frame_listing.plan_recording_chunks(empty, recording, (), None))
    expected = [("capture", 0), ("capture", 50), ("capture", 100)]
    assert [(chunk.kind, chunk.first) for chunk in plan] == expected
    assert plan[-1].stop == module.TO_THE_END


def test_what_a_camera_delivered_is_kept_where_nobody_can_see_anything_in_it(empty):
    folder = empty.path / "recordings" / ID
    write_recording(folder, [webcam(index) for index in range(3)])
    frames = folder / "000.frames"
    frames.write_bytes(bytes(frames.stat().st_size))
    done = frame_listing.build_frame_list(
        empty, dataclasses.replace(make_recording(ID, ABOUT), fps=10.0), (), NullProgress(),
        makers.NOW,
    )  # fmt: skip
    assert (done.recording.closed, done.frames, done.clips) == (True, (), ())
    assert frames.is_file()
    assert empty.read(lambda db: recordings_table.get_recording(db, ID)).closed
