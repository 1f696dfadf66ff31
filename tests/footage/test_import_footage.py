import shutil
from pathlib import Path
from threading import Barrier

import cv2
import numpy as np
import pytest

from fieldcheck.domain.recording import SkippedFile
from fieldcheck.errors.files import NoPictures, PathMissing, PathRefused, VideoUnreadable
from fieldcheck.evidence.project_check import check_project
from fieldcheck.footage import frame_listing
from fieldcheck.footage.clips_and_scene_cuts import list_footage, list_sampling_lines
from fieldcheck.footage.image_folder import inspect_source
from fieldcheck.footage.import_footage import (
    FootageInfo,
    ImportOrder,
    begin_import,
    finish_broken_imports,
    import_each,
    import_footage,
    import_in_parallel,
)
from fieldcheck.models.store import add_model, make_run
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import runs as predictions_table
from tests import makers
from tests.footage.test_clips import StopsAfter
from tests.project.made import dump


class StopsAfterReports(NullProgress):
    """Says stop once `n` chunks were kept, as Ctrl-C does."""

    def __init__(self, n):
        super().__init__()
        self.n, self.seen = n, 0

    def report(self, done, total, unit=""):
        self.seen += unit.endswith((".avi", "f"))

    def check(self):
        if self.seen >= self.n:
            raise Cancelled


def broken_off(project, path, told=None):
    """An import that is stopped as soon as something of it was kept."""
    with pytest.raises(Cancelled), makers.workers(1):
        import_footage(project, [path], told or FootageInfo(), StopsAfterReports(1), makers.NOW)


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """Two minutes that take long enough to be stopped in."""
    folder = tmp_path_factory.mktemp("long")
    return makers.video(folder / "long.avi", makers.cycle(480), size=(240, 320))


def facts(project):
    project.create_backup()
    return {
        table: rows
        for table, rows in dump(project.path).items()
        if table in ("recording", "frame", "prediction", "clip", "run", "chunk")
    }


@pytest.mark.long
def test_a_video_becomes_a_recording_with_true_times_and_a_clip(empty, material):
    told = FootageInfo("left", "line 1", makers.NOW, ("dark",))
    (found,) = import_footage(empty, [material / "belt.avi"], told, NullProgress(), makers.NOW)
    recording = found.recording
    assert (recording.kind, recording.source) == ("video", "belt.avi")
    assert (recording.n_frames, recording.n_unreadable, recording.fps) == (240, 0, 4)
    assert (recording.width, recording.height) == (64, 48)
    assert (recording.seconds, recording.closed) == (60.0, True)
    assert [frame.t_s for frame in found.frames] == pytest.approx(np.arange(120) * 0.5)
    clip = found.clips[0]
    assert (clip.camera, clip.location) == ("left", "line 1")
    assert (clip.conditions, clip.start_s, clip.first_index) == (("dark",), 0.0, 0)
    assert (found.resumed, found.known) == (False, False)
    assert (empty.path / recording.path).read_bytes() == (material / "belt.avi").read_bytes()


@pytest.mark.long
def test_every_listed_frame_is_answered_as_it_comes_in(empty, material):
    makers.add_footage(empty, material / "belt.avi")
    run = make_run(empty.read(models_table.get_newest_model), "footage", "footage", 0, "")
    answers = empty.read(lambda db: predictions_table.get_predictions(db, run.run_id))
    said = {
        line.frame.source_index: int(answers[line.frame.frame_id].answer.argmax())
        for line in empty.read(list_sampling_lines)
    }
    assert [makers.COLOURS[said[index]] for index in range(0, 240, 2)] == makers.cycle(240)[::2]


def test_a_finer_list_is_kept_with_the_recording(empty, material):
    (found,) = makers.add_footage(empty, material / "night.avi", list_fps=1.0)
    assert len(found.frames) == 15
    assert found.recording.list_fps == 1.0


def test_a_folder_becomes_one_clip_with_every_readable_picture(empty, tmp_path):
    place = tmp_path / "Prüfling Ä"
    folder = makers.picture_folder(place, makers.cycle(40), "tür {:02d}.png".format)
    makers.picture_folder(folder / "sub", ["red", "blue"])
    (folder / "a.jpg").write_text("no image")
    (folder / "IMG_1.HEIC").write_text("a picture of a phone")
    (found,) = makers.add_footage(empty, folder)
    assert len(found.clips) == 1
    assert len(found.frames) == 42
    assert found.recording.n_frames == 42
    assert found.recording.n_unreadable == 2
    expected = [("IMG_1.HEIC", "no_decoder"), ("a.jpg", "not_a_picture")]
    assert [(one.file, one.why) for one in found.recording.skipped] == expected
    assert found.frames[0].source == "Prüfling Ä/sub/0000.png"
    assert found.frames[-1].source == "Prüfling Ä/tür 39.png"
    assert [frame.t_s for frame in found.frames[:2]] == [0.5, 1.0]  # the text file kept its place


def test_importing_again_adds_nothing_also_under_another_name(empty, material, tmp_path):
    makers.add_footage(empty, material / "night.avi", camera="left")
    before = facts(empty)
    copy = tmp_path / "other.avi"
    copy.write_bytes((material / "night.avi").read_bytes())
    (again,) = makers.add_footage(empty, copy, camera="right")
    assert again.known
    assert not again.resumed
    assert (again.recording.source, again.recording.camera) == ("night.avi", "left")
    assert facts(empty) == before


@pytest.mark.long
def test_of_two_paths_the_first_stands_when_the_second_fails(empty, material, tmp_path):
    (tmp_path / "b.avi").write_text("no video")
    with pytest.raises(VideoUnreadable):
        makers.add_footage(empty, material / "night.avi", tmp_path / "b.avi")
    assert [one.source for one in empty.read(recordings_table.list_recordings)] == ["night.avi"]
    assert len(empty.read(list_sampling_lines)) == 30


def test_a_path_that_is_not_there_is_named_before_anything_is_read(empty, material, tmp_path):
    with pytest.raises(PathMissing):
        makers.add_footage(empty, material / "night.avi", tmp_path / "none.avi")
    assert empty.read(recordings_table.list_recordings) == ()


@pytest.mark.parametrize("kind", ["folder", "video"])
def test_footage_without_a_readable_frame_leaves_nothing_behind(empty, tmp_path, kind):
    if kind == "folder":
        path, error = tmp_path / "f", NoPictures
        path.mkdir()
        for number in range(20):
            (path / f"{number}.png").write_text("no image")
    else:
        path, error = makers.video(tmp_path / "torn.avi", ["red"] * 20), VideoUnreadable
        head = path.read_bytes()
        path.write_bytes(head[: head.index(b"movi") + 4])
    before = facts(empty)
    for _ in range(2):
        with pytest.raises(error) as caught:
            makers.add_footage(empty, path)
        assert path.name in str(caught.value.path)
    assert facts(empty)["recording"] == before["recording"]
    assert facts(empty)["chunk"] == before["chunk"]
    assert list((empty.path / "recordings").iterdir()) == []


@pytest.mark.long
@pytest.mark.parametrize("kind", ["video", "folder"])
def test_a_broken_import_resumes_and_comes_to_the_same(empty, long, material, tmp_path, kind):
    path = long
    if kind == "folder":
        path = makers.picture_folder(tmp_path / "f", makers.cycle(400))
        (path / "0007.png").write_text("no image")
    whole = makers.empty_project(tmp_path / "whole.fieldcheck", material / "net.onnx")
    with whole:
        makers.add_footage(whole, path)
        expected = facts(whole)
    broken_off(empty, path)
    kept = empty.read(frames_table.count_frames)
    assert 0 < kept < len(expected["frame"])
    assert empty.read(list_sampling_lines) == ()
    (found,) = makers.add_footage(empty, path)
    assert found.resumed
    assert facts(empty) == expected


def test_a_broken_import_is_no_damage(empty, material):
    broken_off(empty, material / "belt.avi")
    empty.close()
    assert check_project(empty.path, False, NullProgress()).is_sound


@pytest.mark.long
def test_what_is_said_when_resuming_counts_and_what_is_not_said_again_stands(empty, material):
    broken_off(empty, material / "belt.avi", FootageInfo("left", "line 1", makers.NOW, ("dark",)))
    (found,) = makers.add_footage(
        empty, material / "belt.avi", camera="right", conditions=("glare",), list_fps=4.0
    )
    recording, clip = found.recording, found.clips[0]
    assert (recording.camera, recording.location) == ("right", "line 1")
    assert (recording.taken_at, recording.conditions) == (makers.NOW, ("glare",))
    assert (clip.camera, clip.conditions) == ("right", ("glare",))
    assert recording.list_fps == 2.0  # its list was begun with this grid
    assert len(found.frames) == 120


@pytest.mark.long
def test_a_resumed_import_under_another_name_goes_on_in_the_first_copy(empty, material, tmp_path):
    broken_off(empty, material / "belt.avi")
    other = tmp_path / "other.avi"
    other.write_bytes((material / "belt.avi").read_bytes())
    (found,) = makers.add_footage(empty, other)
    assert found.resumed
    assert found.recording.source == "belt.avi"
    assert [path.name for path in (empty.path / "recordings").rglob("*.avi")] == ["belt.avi"]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["video", "folder"])
def test_a_model_set_before_an_import_resumes_answers_everything(material, tmp_path, kind):
    path = (
        material / "belt.avi"
        if kind == "video"
        else makers.picture_folder(tmp_path / "f", makers.cycle(60))
    )
    if kind == "folder":
        (path / "0003.png").write_text("no image")
    n = 120 if kind == "video" else 59
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        broken_off(project, path)
        model = add_model(project, material / "net.onnx", None, makers.NOW)
        (found,) = makers.add_footage(project, path)
        assert len(found.frames) == n
        assert found.recording.n_frames == (240 if kind == "video" else 59)
        assert found.recording.n_unreadable == (0 if kind == "video" else 1)
        run = make_run(model, "footage", "footage", 0, "")
        subjects = project.read(lambda db: predictions_table.get_predicted_subjects(db, run.run_id))
        assert len(subjects) == n


def test_footage_comes_in_before_there_is_a_model(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        (found,) = makers.add_footage(project, material / "night.avi")
        assert len(found.frames) == 30


@pytest.mark.long
def test_a_frozen_stretch_is_listed_and_is_no_data(empty, tmp_path):
    path = tmp_path / "frozen.avi"
    still = makers.picture("red", 7)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 4, (64, 48))
    for number in range(80):
        picture = (still if 20 <= number < 40 else makers.picture("red", number))[:, :, ::-1]
        writer.write(np.ascontiguousarray(picture))
    writer.release()
    (found,) = makers.add_footage(empty, path)
    assert [frame.source_index for frame in found.frames if frame.frozen] == list(range(20, 40, 2))
    assert len(empty.read(list_sampling_lines)) == 30


@pytest.mark.long
@pytest.mark.parametrize("left", ["nothing", "a part", "all"])
def test_a_killed_copy_leaves_an_import_to_be_finished_and_no_damage(empty, material, left):
    source = inspect_source(material / "night.avi", NullProgress())
    told = FootageInfo(camera="left")
    begun = begin_import(empty, material / "night.avi", told, NullProgress())
    place = (empty.path / source.stored_path).parent
    if left != "all":
        shutil.rmtree(place)
    if left == "a part":
        place.with_name(f"{place.name}.part").mkdir()
    empty.close()
    assert check_project(empty.path, repair=False, progress=NullProgress()).problems == ()
    with open_project(empty.path) as again:
        assert again.read(recordings_table.list_recordings) == (begun.recording,)
        paths = [material / "night.avi"]
        (one,) = import_footage(again, paths, FootageInfo(), NullProgress(), makers.LATER)
        assert (one.recording.closed, one.recording.camera, one.known) == (True, "left", False)
        actual = [path.name for path in (again.path / "recordings").iterdir()]
        assert actual == [source.recording_id]


def test_a_copy_that_is_stopped_is_no_recording(empty, material):
    class StopsTheCopy(NullProgress):
        def check(self):
            if (empty.path / "recordings").is_dir() and any((empty.path / "recordings").iterdir()):
                raise Cancelled

    with pytest.raises(Cancelled):
        import_footage(empty, [material / "night.avi"], FootageInfo(), StopsTheCopy(), makers.NOW)
    assert empty.read(recordings_table.list_recordings) == ()
    assert list((empty.path / "recordings").iterdir()) == []


def stop(*_chunks):
    raise Cancelled


@pytest.mark.long
def test_a_file_that_cannot_be_read_does_not_stop_the_others(empty, material, tmp_path):
    torn = tmp_path / "torn.avi"
    torn.write_bytes(b"no video at all")
    told = FootageInfo(camera="left", conditions=("dark",))
    brought = import_each(
        empty, [torn, material / "night.avi", tmp_path / "gone.avi"], told, NullProgress(),
        makers.NOW,
    )  # fmt: skip
    assert [one.recording.source for one in brought.imported] == ["night.avi"]
    expected = [("torn.avi", VideoUnreadable), ("gone.avi", PathMissing)]
    assert [(path.name, type(error)) for path, error in brought.failed] == expected
    assert [one.conditions for one in empty.read(recordings_table.list_recordings)] == [("dark",)]


@pytest.mark.long
def test_a_video_that_becomes_interlaced_leaves_nothing_and_stops_no_other(empty, material):
    mixed = Path(__file__).parent / "packets" / "mixed.mp4"
    brought = import_each(
        empty, [mixed, material / "night.avi"], FootageInfo(list_fps=100), NullProgress(),
        makers.NOW,
    )  # fmt: skip
    assert [one.recording.source for one in brought.imported] == ["night.avi"]
    expected = [("mixed.mp4", "interlaced")]
    assert [(path.name, error.problem) for path, error in brought.failed] == expected
    (left,) = empty.read(recordings_table.list_recordings)
    assert left.source == "night.avi"
    assert [one.name for one in (empty.path / "recordings").iterdir()] == [left.recording_id]
    actual = {frame.recording_id for frame in empty.read(frames_table.list_frames)}
    assert actual == {left.recording_id}


@pytest.mark.long
def test_every_video_of_a_folder_comes_in_its_pictures_as_one_recording(empty, material, tmp_path):
    stick = makers.picture_folder(tmp_path / "stick", ["red", "blue"])
    (stick / "monday").mkdir()
    for name in ("belt.avi", "night.avi"):
        shutil.copy(material / name, stick / "monday" / name)
    brought = import_each(empty, [stick], FootageInfo(camera="left"), NullProgress(), makers.NOW)
    assert [(one.recording.source, one.recording.kind) for one in brought.imported] == [
        ("belt.avi", "video"), ("night.avi", "video"), ("stick", "folder"),
    ]  # fmt: skip
    assert {one.recording.camera for one in brought.imported} == {"left"}
    for picture in stick.glob("*.png"):
        picture.unlink()
    again = import_each(empty, [stick], FootageInfo(), NullProgress(), makers.NOW)
    assert ([one.known for one in again.imported], again.failed) == ([True, True], ())


@pytest.mark.long
def test_the_count_is_of_pictures_over_all_files_and_never_goes_back(empty, material):
    counting = makers.Reports()
    brought = import_each(
        empty, [material / "belt.avi", material / "night.avi", material / "clean"], FootageInfo(),
        counting, makers.NOW,
    )  # fmt: skip
    done = [one for one, *_ in counting.seen]
    assert done == sorted(done)
    n_frames = sum(one.recording.n_frames for one in brought.imported)
    assert counting.seen[-1][0] == counting.seen[-1][1] == n_frames
    # while a file is read once before, too
    assert 0 < done[0] < brought.imported[0].recording.n_frames


@pytest.mark.long
def test_a_broken_import_is_finished_from_the_projects_own_copy(empty, material, tmp_path):
    original = shutil.copy(material / "belt.avi", tmp_path / "belt.avi")
    with pytest.raises(Cancelled), makers.workers(1):
        import_footage(
            empty, [original], FootageInfo(camera="left", list_fps=1.0), StopsAfter(), makers.NOW
        )
    original.unlink()
    (one,) = finish_broken_imports(empty, NullProgress(), makers.LATER).imported
    assert one.resumed
    assert one.recording.camera == "left"
    assert (one.recording.list_fps, one.recording.closed) == (1.0, True)
    assert [line.closed for line in empty.read(list_footage)] == [True]


def test_a_name_that_cannot_be_kept_stops_its_folder_alone(empty, material, tmp_path):
    odd = makers.picture_folder(tmp_path / "odd", ["red"])
    (odd / "0000.png").rename(odd / b"Pr\xfcf.png".decode("utf-8", "surrogateescape"))
    paths = [odd, material / "night.avi"]
    brought = import_each(empty, paths, FootageInfo(), NullProgress(), makers.NOW)
    assert [one.recording.source for one in brought.imported] == ["night.avi"]
    expected = [("odd", PathRefused, "name")]
    assert [(path.name, type(error), error.problem) for path, error in brought.failed] == expected


def test_pictures_that_were_not_copied_are_named_after_the_import(empty, tmp_path, monkeypatch):
    stick = makers.picture_folder(tmp_path / "stick", ["red", "blue"])
    (stick / "phone.heic").write_bytes(b"a phone's")
    with monkeypatch.context() as broken_off:
        # when all is copied and nothing is listed yet
        broken_off.setattr(frame_listing, "map_chunks", stop)
        with pytest.raises(Cancelled):
            import_footage(empty, [stick], FootageInfo(), NullProgress(), makers.NOW)
    assert not empty.read(frames_table.list_frames)
    (one,) = finish_broken_imports(empty, NullProgress(), makers.LATER).imported
    actual = (one.recording.n_unreadable, one.recording.skipped)
    assert actual == (1, (SkippedFile("phone.heic", "no_decoder"),))


def test_without_the_copy_it_says_what_is_missing(empty, material):
    with pytest.raises(Cancelled), makers.workers(1):
        import_footage(empty, [material / "belt.avi"], FootageInfo(), StopsAfter(), makers.NOW)
    shutil.rmtree(empty.path / "recordings")
    ((_, error),) = finish_broken_imports(empty, NullProgress(), makers.NOW).failed
    assert isinstance(error, PathMissing)


def test_nothing_broken_off_is_nothing_to_finish(footed):
    assert finish_broken_imports(footed, NullProgress(), makers.NOW).imported == ()


def test_each_sub_folder_of_pictures_is_a_recording_as_if_each_had_been_named(empty, tmp_path):
    stick = tmp_path / "stick"
    for n, day in enumerate(("1-mon", "2-tue", "3-wed/left", "3-wed/right"), 1):
        makers.picture_folder(stick / day, ["red", "blue"] * n)
    (stick / "notes").mkdir()
    (stick / "notes" / "a.txt").write_text("no image")
    brought = import_each(empty, [stick], FootageInfo(), NullProgress(), makers.NOW)
    assert [one.recording.source for one in brought.imported] == ["1-mon", "2-tue", "left", "right"]
    assert ([len(one.frames) for one in brought.imported], brought.failed) == ([2, 4, 6, 8], ())
    assert brought.divided == ((stick, 4),)
    ordered = sorted(stick.iterdir())
    again = import_each(empty, ordered[:2], FootageInfo(), NullProgress(), makers.NOW)
    assert ([one.known for one in again.imported], again.divided) == ([True, True], ())


def test_a_folder_with_pictures_of_its_own_or_a_single_folder_stays_one_recording(empty, tmp_path):
    loose = makers.picture_folder(tmp_path / "loose", ["red"])
    makers.picture_folder(loose / "more", ["blue"])
    makers.picture_folder(tmp_path / "outer" / "images", ["green"])
    paths = [loose, tmp_path / "outer"]
    brought = import_each(empty, paths, FootageInfo(), NullProgress(), makers.NOW)
    expected = [("loose", 2), ("outer", 1)]
    assert [(one.recording.source, len(one.frames)) for one in brought.imported] == expected
    assert brought.divided == ()


def test_a_folder_that_was_imported_whole_is_known_and_not_divided_later(empty, tmp_path):
    stick = tmp_path / "stick"
    for day, colour in (("mon", "red"), ("tue", "blue")):
        makers.picture_folder(stick / day, [colour])
    import_footage(empty, [stick], FootageInfo(), NullProgress(), makers.NOW)
    brought = import_each(empty, [stick], FootageInfo(), NullProgress(), makers.NOW)
    assert ([one.known for one in brought.imported], brought.divided) == ([True], ())


def test_a_link_beside_the_sub_folders_is_named_and_not_followed(empty, tmp_path):
    stick = tmp_path / "stick"
    for day, colour in (("mon", "red"), ("tue", "blue")):
        makers.picture_folder(stick / day, [colour])
    (stick / "secret").symlink_to(makers.picture_folder(tmp_path / "elsewhere", ["green"]))
    brought = import_each(empty, [stick], FootageInfo(), NullProgress(), makers.NOW)
    assert [one.recording.source for one in brought.imported] == ["mon", "tue"]
    assert [(path.name, error.problem) for path, error in brought.failed] == [("secret", "link")]


NAMES = ("night.avi", "belt.avi", "still.avi")


class Part(NullProgress):
    """Once its frames are stored it waits until the others of its barrier have as many."""

    def __init__(self, meets=None):
        super().__init__()
        self.meets, self.ended = meets, 0

    def report(self, done, total, unit=""):
        if self.meets is not None and unit in NAMES:
            meets, self.meets = self.meets, None
            meets.wait(600)

    def finish(self):
        self.ended += 1


def orders(paths, meets=None):
    return [ImportOrder(path, FootageInfo(camera="left"), Part(meets)) for path in paths]


def as_stored(project):
    stored = project.read(recordings_table.list_recordings)
    recordings = [(one.source, one.n_frames, one.seconds, one.closed) for one in stored]
    facts = str(project.read(frames_table.list_frame_facts))
    return (recordings, project.read(frames_table.list_frames), facts)


@pytest.mark.long
def test_two_short_videos_are_listed_at_the_same_time(empty, material):
    wanted = orders([material / "night.avi", material / "belt.avi"], meets=Barrier(2))
    with makers.workers(2):
        found = import_in_parallel(empty, wanted, (), makers.NOW)
    expected = [("night.avi", True), ("belt.avi", True)]
    assert [(one.recording.source, one.recording.closed) for one in found] == expected
    assert [order.progress.ended for order in wanted] == [1, 1]


@pytest.mark.long
def test_what_comes_in_side_by_side_is_what_comes_in_one_by_one(tmp_path, material):
    stored = []
    for name, each in (("beside", True), ("after", False)):
        with makers.empty_project(tmp_path / f"{name}.fieldcheck") as project, makers.workers(2):
            paths = [material / "night.avi", material / "belt.avi", material / "clean"]
            if each:
                import_in_parallel(project, orders(paths), (), makers.NOW)
            else:
                info = FootageInfo(camera="left")
                import_footage(project, paths, info, NullProgress(), makers.NOW)
            stored.append(as_stored(project))
    assert stored[0] == stored[1]


@pytest.mark.long
def test_the_same_footage_under_another_name_is_known(empty, material, tmp_path):
    copy = shutil.copy(material / "night.avi", tmp_path / "again.avi")
    with makers.workers(2):
        wanted = orders([material / "night.avi", copy, material / "belt.avi"])
        found = import_in_parallel(empty, wanted, (), makers.NOW)
    expected = [("night.avi", False), ("night.avi", True), ("belt.avi", False)]
    assert [(one.recording.source, one.known) for one in found] == expected


@pytest.mark.long
def test_an_expected_error_is_an_outcome_any_other_ends_the_import(empty, material, tmp_path):
    torn = tmp_path / "torn.avi"
    torn.write_bytes(b"no video at all")
    paths = [material / "night.avi", torn, material / "belt.avi"]
    with makers.workers(2), pytest.raises(VideoUnreadable):
        import_in_parallel(empty, orders(paths), (), makers.NOW)
    actual = [(one.source, one.closed) for one in empty.read(recordings_table.list_recordings)]
    assert actual == [("night.avi", True)]
    with makers.workers(2):
        found = import_in_parallel(empty, orders(paths), (VideoUnreadable,), makers.NOW)
    assert isinstance(found[1], VideoUnreadable)
    assert [one.known for one in (found[0], found[2])] == [True, False]
