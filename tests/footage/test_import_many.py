import shutil
from pathlib import Path

import pytest

from fieldcheck.domain.recording import SkippedFile
from fieldcheck.errors.files import PathMissing, PathRefused, VideoUnreadable
from fieldcheck.footage import frame_listing
from fieldcheck.footage.clips import list_footage
from fieldcheck.footage.import_footage import (
    FootageInfo,
    finish_broken_imports,
    import_each,
    import_footage,
)
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import recordings as recordings_table
from tests import makers
from tests.footage.test_footage import StopsAfter


def stop(*_chunks):
    raise Cancelled


class Counting(NullProgress):
    def __init__(self):
        super().__init__()
        self.seen = []

    def report(self, done, total, unit=""):
        self.seen.append((done, total))


def test_a_file_that_cannot_be_read_does_not_stop_the_others(empty, material, tmp_path):
    torn = tmp_path / "torn.avi"
    torn.write_bytes(b"no video at all")
    told = FootageInfo(camera="left", conditions=("dark",))
    brought = import_each(
        empty,
        [torn, material / "night.avi", tmp_path / "gone.avi"],
        told,
        NullProgress(),
        makers.NOW,
    )
    assert [one.recording.source for one in brought.imported] == ["night.avi"]
    expected = [("torn.avi", VideoUnreadable), ("gone.avi", PathMissing)]
    assert [(path.name, type(error)) for path, error in brought.failed] == expected
    assert [one.conditions for one in empty.read(recordings_table.list_recordings)] == [("dark",)]


def test_a_video_that_becomes_interlaced_leaves_nothing_and_stops_no_other(empty, material):
    mixed = Path(__file__).parent / "packets" / "mixed.mp4"
    brought = import_each(
        empty,
        [mixed, material / "night.avi"],
        FootageInfo(list_fps=100),
        NullProgress(),
        makers.NOW,
    )
    assert [one.recording.source for one in brought.imported] == ["night.avi"]
    expected = [("mixed.mp4", "interlaced")]
    assert [(path.name, error.problem) for path, error in brought.failed] == expected
    (left,) = empty.read(recordings_table.list_recordings)
    assert left.source == "night.avi"
    assert [one.name for one in (empty.path / "recordings").iterdir()] == [left.recording_id]
    actual = {frame.recording_id for frame in empty.read(frames_table.list_frames)}
    assert actual == {left.recording_id}


def test_of_a_folder_every_video_comes_in_and_its_pictures_as_one_recording(
    empty, material, tmp_path
):
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


def test_the_count_is_of_pictures_over_all_files_and_never_goes_back(empty, material):
    counting = Counting()
    brought = import_each(
        empty,
        [material / "belt.avi", material / "night.avi", material / "clean"],
        FootageInfo(),
        counting,
        makers.NOW,
    )
    done = [one for one, _ in counting.seen]
    assert done == sorted(done)
    assert (
        counting.seen[-1][0]
        == counting.seen[-1][1]
        == sum(one.recording.n_frames for one in brought.imported)
    )
    # while a file is read once before, too
    assert 0 < done[0] < brought.imported[0].recording.n_frames


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
    brought = import_each(
        empty, [odd, material / "night.avi"], FootageInfo(), NullProgress(), makers.NOW
    )
    assert [one.recording.source for one in brought.imported] == ["night.avi"]
    expected = [("odd", PathRefused, "name")]
    assert [(path.name, type(error), error.problem) for path, error in brought.failed] == expected


def test_pictures_that_were_not_copied_are_named_after_the_rest_of_the_import_too(
    empty, tmp_path, monkeypatch
):
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
    again = import_each(
        empty, sorted(stick.iterdir())[:2], FootageInfo(), NullProgress(), makers.NOW
    )
    assert ([one.known for one in again.imported], again.divided) == ([True, True], ())


def test_a_folder_with_pictures_of_its_own_or_a_single_folder_stays_one_recording(empty, tmp_path):
    loose = makers.picture_folder(tmp_path / "loose", ["red"])
    makers.picture_folder(loose / "more", ["blue"])
    makers.picture_folder(tmp_path / "outer" / "images", ["green"])
    brought = import_each(
        empty, [loose, tmp_path / "outer"], FootageInfo(), NullProgress(), makers.NOW
    )
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
