import shutil

import numpy as np
import pytest

from fieldcheck.corruptions.live_view import list_live_sources, open_source
from fieldcheck.domain.recording import LightingChange, RecordingGap
from fieldcheck.evidence.project_check import check_project
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.finish_recording import (
    finish_recording,
    insert_recording,
    is_left_open,
    make_recording,
    open_with_recovery,
    recover_before_check,
    recover_before_repair,
    recover_recordings,
)
from fieldcheck.footage.frame_pixels import load_thumbnails, read_frame_pixels
from fieldcheck.footage.import_footage import finish_broken_imports
from fieldcheck.footage.recorder import RecordingProgress
from fieldcheck.imaging.raw import decode_raw
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import recordings as captures_table
from tests import makers
from tests.footage.made_recordings import sensor, webcam, write_recording

ID, OTHER = "a1b2c3d4e5f6", "0f1e2d3c4b5a"
ABOUT = {
    "source": "http://camera/", "camera": "left", "location": "line 1", "conditions": ["dark"],
    "list_fps": 2.0, "on_grid": True,
}  # fmt: skip
FRAMES = [webcam(index) for index in (*range(30), *range(60, 90))]


class Telling(NullProgress):
    def __init__(self):
        super().__init__()
        self.told = []

    def warn(self, error):
        self.told.append(error)


@pytest.fixture
def project(tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        yield project


@pytest.fixture
def killed(project):
    """A project in which a process died while it recorded."""
    project.write(lambda db: insert_recording(db, make_recording(ID, ABOUT))).result()
    write_recording(project.path / "recordings" / ID, FRAMES, ABOUT)
    return project


def stored(project):
    return project.read(lambda db: captures_table.get_recording(db, ID))


def test_a_recording_that_has_ended_is_footage_like_any_other(killed):
    recorded = RecordingProgress(
        seconds=9.0, n_dropped=2, n_skipped=1, gaps=(RecordingGap(2.9, 3.1, "silence"),),
        ended="asked",
    )  # fmt: skip
    done = finish_recording(killed, ID, NullProgress(), makers.NOW, recorded)
    recording = done.recording
    assert (recording.kind, recording.closed) == ("capture", True)
    assert (recording.n_frames, recording.seconds) == (60, 9.0)
    assert (recording.width, recording.height) == (160, 120)
    assert (recording.camera, recording.source) == ("left", "http://camera/")
    assert recording.fps == pytest.approx(59 / 5.8, rel=0.01)
    assert recording.taken_at.startswith("2026-09-2")
    expected = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]
    assert [frame.source_index for frame in done.frames] == expected
    captured = killed.read(lambda db: captures_table.get_capture(db, ID))
    assert (captured.n_dropped, captured.n_skipped) == (2, 1)
    assert (captured.format, captured.ended) == ("jpeg", "asked")
    assert killed.read(lambda db: captures_table.list_gaps(db, ID)) == recorded.gaps
    assert killed.recording == set()


def test_its_frames_are_read_everywhere_that_imported_ones_are(killed):
    done = finish_recording(killed, ID, NullProgress(), makers.NOW)
    frame = done.frames[3]
    rgb = read_frame_pixels(killed, done.recording, frame)
    assert np.array_equal(rgb, decode_raw(FRAMES[frame.source_index].raw))
    killed.cache.close()
    (killed.path / "cache.db").unlink()
    with open_project(killed.path, write=False) as reader:
        actual = set(load_thumbnails(reader, [one.frame_id for one in done.frames]))
        assert actual == {one.frame_id for one in done.frames}
    assert [one.recording_id for one in list_live_sources(killed)] == [ID]
    camera = open_source(killed, ID)
    camera.open()
    assert camera.read(5.0).rgb.shape == (120, 160, 3)
    camera.close()


def test_picks_are_drawn_from_it(killed):
    finish_recording(killed, ID, NullProgress(), makers.NOW)
    picked = makers.draw(killed, count=4)
    assert len(picked.picks) == 4
    assert all((killed.path / one.pick.file).is_file() for one in picked.picks)


def test_a_killed_recording_is_adopted_with_what_its_files_say(killed):
    (done,) = recover_recordings(killed, NullProgress(), makers.NOW)
    assert done.recording.n_frames == 60
    captured = killed.read(lambda db: captures_table.get_capture(db, ID))
    assert (captured.ended, captured.n_dropped) == ("killed", 30)
    assert (captured.n_skipped, captured.on_grid) == (0, False)
    assert recover_recordings(killed, NullProgress(), makers.NOW) == ()


def test_what_is_being_recorded_now_is_left_alone(killed):
    killed.recording.add(ID)
    assert recover_recordings(killed, NullProgress(), makers.NOW) == ()
    assert not stored(killed).closed


def test_files_without_a_row_get_one(project):
    write_recording(project.path / "recordings" / ID, FRAMES, ABOUT)
    (done,) = recover_recordings(project, NullProgress(), makers.NOW)
    assert done.recording.camera == "left"
    assert (done.recording.location, done.recording.conditions) == ("line 1", ("dark",))
    actual = project.read(lambda db: captures_table.list_lights(db, ID))
    assert actual == (LightingChange(0.0, ("dark",)),)


@pytest.mark.parametrize("folder", ["nothing", "empty", "header"])
def test_a_recording_killed_before_its_first_frame_leaves_nothing(project, folder):
    project.write(lambda db: insert_recording(db, make_recording(ID, ABOUT))).result()
    place = project.path / "recordings" / ID
    if folder != "nothing":
        write_recording(place, FRAMES[:1], ABOUT)
        for path in place.iterdir():
            path.write_bytes(
                path.read_bytes()[:4108] if folder == "header" and path.suffix == ".idx" else b""
            )
    assert recover_recordings(project, NullProgress(), makers.NOW) == ()
    assert stored(project) is None
    assert not place.exists()


def test_the_rest_of_broken_imports_and_recordings_is_finished_together(killed):
    brought = finish_broken_imports(killed, NullProgress(), makers.NOW)
    assert [one.recording.recording_id for one in brought.imported] == [ID]
    assert brought.failed == ()


def test_a_project_is_opened_with_what_was_killed_adopted(killed):
    path = killed.path
    killed.close()
    with open_with_recovery(path, NullProgress(), makers.NOW) as project:
        assert len(project.read(list_sampling_lines)) == 12


def test_a_recording_that_nobody_can_trust_is_told_of_and_put_aside_and_the_others_come_in(killed):
    write_recording(killed.path / "recordings" / OTHER, FRAMES[:10], ABOUT)
    (killed.path / "recordings" / ID / "000.idx").write_bytes(b"\0" * 4096)
    path = killed.path
    killed.close()
    telling = Telling()
    with open_with_recovery(path, telling, makers.NOW) as project:
        actual = [one.recording_id for one in project.read(captures_table.list_recordings)]
        assert actual == [OTHER]
    (refused,) = telling.told
    assert (refused.problem, refused.path.name) == ("index", ID)
    assert [one.parent.name for one in (path / "trash").rglob("*.frames")] == [ID]


def test_files_that_lie_elsewhere_are_nobodys_recording(project, tmp_path):
    write_recording(tmp_path / ID, FRAMES[:10], ABOUT)
    folder = project.path / "recordings" / ID
    folder.mkdir(parents=True)
    (folder / "000.idx").symlink_to(tmp_path / ID / "000.idx")
    assert recover_recordings(project, NullProgress(), makers.NOW) == ()
    assert stored(project) is None


def test_of_a_killed_recording_of_pixels_nobody_can_tell_what_was_dropped(project):
    frames = [sensor(index) for index in range(0, 30, 5)]
    write_recording(project.path / "recordings" / ID, frames, ABOUT)
    recover_recordings(project, NullProgress(), makers.NOW)
    captured = project.read(lambda db: captures_table.get_capture(db, ID))
    assert (captured.n_dropped, captured.on_grid) == (None, True)


def test_listing_that_was_stopped_goes_on_and_forgets_nothing_that_was_counted(killed):
    recorded = RecordingProgress(
        seconds=9.0, n_dropped=2, n_skipped=1, gaps=(RecordingGap(8.9, 0.1, "silence"),),
        ended="asked",
    )  # fmt: skip
    with pytest.raises(Cancelled):
        finish_recording(killed, ID, makers.stopped(), makers.NOW, recorded)
    assert is_left_open(killed, stored(killed))
    (done,) = recover_recordings(killed, NullProgress(), makers.NOW)
    captured = killed.read(lambda db: captures_table.get_capture(db, ID))
    assert (captured.n_dropped, captured.ended) == (2, "asked")
    assert killed.read(lambda db: captures_table.list_gaps(db, ID)) == recorded.gaps
    assert len(done.frames) == 12


def test_check_knows_a_recording_and_sees_one_byte(killed):
    finish_recording(killed, ID, NullProgress(), makers.NOW)
    path = killed.path
    killed.close()
    assert check_project(path, False, NullProgress()).is_sound
    frames = path / "recordings" / ID / "000.frames"
    data = bytearray(frames.read_bytes())
    data[1000] ^= 1
    frames.write_bytes(data)
    (problem,) = check_project(path, False, NullProgress()).problems
    assert (problem.kind, problem.where) == ("changed_file", f"recordings/{ID}")


def test_check_leaves_a_killed_recording_for_the_next_opening(killed):
    path = killed.path
    killed.close()
    assert check_project(path, True, NullProgress()).is_sound
    assert (path / "recordings" / ID / "000.frames").is_file()


def test_a_killed_recording_is_taken_in_before_check_complains_of_it(project):
    path = project.path
    write_recording(path / "recordings" / ID, FRAMES, ABOUT)
    project.close()
    expected = {"orphan_file"}
    assert {one.kind for one in check_project(path, False, NullProgress()).problems} == expected
    recover_before_check(path, NullProgress(), makers.NOW)
    assert check_project(path, False, NullProgress()).is_sound
    with open_project(path, write=False) as project:
        assert stored(project).closed


def test_check_writes_nothing_where_nothing_was_killed_or_somebody_is_at_work(killed):
    path = killed.path
    recover_before_check(path, NullProgress(), makers.NOW)  # this very process holds the project
    assert not stored(killed).closed
    finish_recording(killed, ID, NullProgress(), makers.NOW)
    killed.close()
    before = (path / "project.db").read_bytes()
    recover_before_check(path, NullProgress(), makers.NOW)
    assert (path / "project.db").read_bytes() == before


def test_repair_puts_no_recording_away_that_has_lost_its_row(project):
    path = project.path
    write_recording(path / "recordings" / ID, FRAMES, ABOUT)
    project.close()
    recover_before_repair(path, NullProgress(), makers.NOW)
    assert check_project(path, True, NullProgress()).is_sound
    assert (path / "recordings" / ID / "000.frames").is_file()


def test_in_a_damaged_project_nothing_is_adopted(project):
    path = project.path
    project.close()
    database = path / "project.db"
    damaged = database.read_bytes()[:4096] + b"\xff" * 8192
    database.write_bytes(damaged)
    recover_before_repair(path, NullProgress(), makers.NOW)
    assert database.read_bytes() == damaged


def test_check_misses_a_recording_that_is_gone(killed):
    finish_recording(killed, ID, NullProgress(), makers.NOW)
    path = killed.path
    killed.close()
    shutil.rmtree(path / "recordings" / ID)
    expected = ["missing_file"]
    assert [one.kind for one in check_project(path, False, NullProgress()).problems] == expected


def test_the_light_of_a_frame_is_what_was_told_when_it_was_taken(killed):
    killed.write(
        lambda db: captures_table.add_light(db, ID, LightingChange(2.0, ("dark", "glare")))
    ).result()
    killed.write(
        lambda db: captures_table.add_light(db, ID, LightingChange(7.0, ("glare",)))
    ).result()
    done = finish_recording(killed, ID, NullProgress(), makers.NOW)
    assert [clip.conditions for clip in done.clips] == [("dark", "glare")]
    by_time = {line.frame.t_s: line.conditions for line in killed.read(list_sampling_lines)}
    expected = [("dark",), ("dark", "glare"), ("dark", "glare"), ("dark", "glare"), ("glare",)]
    assert [by_time[at] for at in (0.0, 2.0, 2.5, 6.5, 8.0)] == expected


def test_what_a_person_says_of_the_clip_afterwards_goes_for_all_its_frames(killed):
    killed.write(
        lambda db: captures_table.add_light(db, ID, LightingChange(7.0, ("glare",)))
    ).result()
    (clip,) = finish_recording(killed, ID, NullProgress(), makers.NOW).clips
    from dataclasses import replace

    row = captures_table.make_clip_row(replace(clip, conditions=("glare", "vibration")))
    killed.edit("clip.set", [row])
    by_time = {line.frame.t_s: line.conditions for line in killed.read(list_sampling_lines)}
    assert [by_time[at] for at in (0.0, 8.0)] == [("vibration",), ("glare", "vibration")]


def test_a_name_that_is_not_there_is_refused(project):
    with pytest.raises(KeyError):
        finish_recording(project, ID, NullProgress(), makers.NOW)
