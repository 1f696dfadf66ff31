import dataclasses
import json

import numpy as np
import pytest
from click.testing import CliRunner

from fieldcheck.cli.footage import import_footage_command, show_parts_command
from fieldcheck.domain.frame import ListedFrame, PartRule
from fieldcheck.errors.imported_files import PartsRefused
from fieldcheck.footage import frame_listing, frame_pixels
from fieldcheck.footage import frame_listing as module
from fieldcheck.footage.finish_recording import make_recording
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.footage.video import index as video_index
from fieldcheck.footage.video.reader import VideoReader
from fieldcheck.i18n.language import use_language
from fieldcheck.imaging.codec import encode_png
from fieldcheck.labels.import_labels import import_parts
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.tables import frames, values
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import project_state as chunks_table
from fieldcheck.project.tables import recordings as recordings_table
from tests import makers
from tests.footage.made import moov_first, write_video
from tests.footage.made_recordings import webcam, write_recording
from tests.footage.test_finish_recording import ABOUT, ID


@pytest.mark.long
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


@pytest.mark.long
def test_finished_chunks_are_marked_in_the_project(empty, material):
    (found,) = makers.add_footage(empty, material / "belt.avi")
    model = empty.read(models_table.get_newest_model)
    chunks = list(frame_listing.plan_recording_chunks(empty, found.recording, (), model))
    job = module._make_job_name(found.recording, chunks)
    assert empty.read(lambda db: chunks_table.get_finished_chunks(db, job)) == set(range(12))


@pytest.mark.long
def test_looks_that_the_cache_lost_are_read_from_the_footage(empty, material):
    (found,) = makers.add_footage(empty, material / "night.avi")
    stored = frame_listing.RecordingLooks(empty, found.recording, found.frames)
    empty.cache.close()
    (empty.path / "cache.db").unlink()
    empty.close()
    with open_project(empty.path) as project:
        assert np.array_equal(
            frame_listing.RecordingLooks(project, found.recording, found.frames), stored
        )


@pytest.mark.long
def test_looks_of_a_long_recording_are_held_stretch_by_stretch(empty, material, monkeypatch):
    (found,) = makers.add_footage(empty, material / "belt.avi")
    whole = list(frame_listing.RecordingLooks(empty, found.recording, found.frames))
    monkeypatch.setattr(frame_listing, "STRETCH", 7)
    asked, get_looks = [], empty.cache.get_looks

    def count_looks(names):
        asked.append(len(names))
        return get_looks(names)

    monkeypatch.setattr(empty.cache, "get_looks", count_looks)
    looks = frame_listing.RecordingLooks(empty, found.recording, found.frames)
    assert np.array_equal(np.stack(looks[3:20]), whole[3:20])
    assert all(np.array_equal(look, one) for look, one in zip(looks, whole, strict=True))
    assert max(asked) == 7
    assert sum(asked) == len(whole)
    with pytest.raises(IndexError):
        looks[len(whole)]


def test_looks_of_small_pictures_are_made_when_somebody_asks_for_them(empty, tmp_path):
    (found,) = makers.add_footage(empty, makers.picture_folder(tmp_path / "f", makers.cycle(3)))
    names = [frame.frame_id for frame in found.frames]
    assert set(empty.cache.get_thumbnails(names)) == set(names)
    assert empty.cache.get_looks(names) == {}
    made = dict(frame_pixels.iter_looks(empty, names, NullProgress()))
    looks = frame_listing.RecordingLooks(empty, found.recording, found.frames)
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


def write_damaged(folder, place):
    """A video of a hundred frames, the first or last of which do not decode, though its packets
    promise them."""
    data = bytearray(
        moov_first(write_video(folder / "whole.mp4", 100), folder / "damaged.mp4").read_bytes()
    )
    start = data.index(b"mdat") + 4 if place == "head" else len(data) - 3000
    data[start : start + 3000] = bytes(3000)
    (folder / "damaged.mp4").write_bytes(data)
    return folder / "damaged.mp4"


def test_a_video_that_is_decoded_whole_is_decoded_once(empty, tmp_path, monkeypatch):
    monkeypatch.setattr(video_index, "_verify_times", None)
    (imported,) = makers.add_footage(empty, write_video(tmp_path / "even.mp4", 100))
    assert video_index.load_video_index(empty.path / imported.recording.path).is_proven
    assert imported.recording.n_frames == 100


@pytest.mark.long
@pytest.mark.parametrize("is_stopped", [False, True])
@pytest.mark.parametrize("place", ["head", "tail"])
def test_frames_that_packets_promise_and_nobody_decodes_are_not_listed(
    place, is_stopped, empty, tmp_path, monkeypatch
):
    path = write_damaged(tmp_path, place)
    assert len(video_index.load_promised_index(path)) == 100
    if is_stopped:  # between the last frame and the proof
        with monkeypatch.context() as patch:
            patch.setattr(module, "load_video_index", raise_cancelled)
            with pytest.raises(Cancelled):
                makers.add_footage(empty, path)
    (imported,) = makers.add_footage(empty, path)
    with VideoReader(path, imported.recording.list_fps) as reader:
        frames = list(reader.read_listed(0, module.TO_THE_END))
        counts = (reader.ended_at, reader.n_unreadable)
    assert (imported.recording.n_frames, imported.recording.n_unreadable) == counts
    assert imported.recording.n_frames < 100
    actual = [(frame.source_index, frame.t_s) for frame in imported.frames]
    assert actual == [(frame.index, frame.t_s) for frame in frames]
    ids = {frame.frame_id for frame in imported.frames}
    run = empty.read(lambda db: list(db.query("SELECT DISTINCT subject FROM prediction")))
    assert {row["subject"] for row in run} <= ids


def raise_cancelled(path):
    raise Cancelled


NOW = "2026-11-26T12:00:00+01:00"


def make_folder(folder, names):
    folder.mkdir()
    for index, name in enumerate(names):
        grey = np.full((60, 80, 3), 40 + 7 * index, np.uint8)
        grey[: 4 * index + 4] = 200
        (folder / name).write_bytes(encode_png(grey))
    return folder


def listed(recording, source, t_s=0.0, index=0):
    return ListedFrame(f"{recording}-{index:06d}", recording, index, t_s, source, 80, 60, "")


@pytest.mark.parametrize(
    ("pattern", "source", "part"),
    [
        ("{part}_*.png", "belt/A12_3.png", "A12"),
        ("{part}_*.png", "belt/A12_3.jpg", None),
        ("cam?_{part}.png", "belt/cam?_7.png", "7"),
        (r"(?P<part>\d+)-\d+\.png$", "belt/0012-4.png", "0012"),
        (r"(?P<part>\d+)x", "belt/none.png", None),
    ],
)
def test_a_pattern_finds_the_part_in_a_file_name(pattern, source, part):
    found = frame_listing.assign_parts(
        PartRule("pattern", pattern, across=True), [listed("r", source)]
    )
    assert found == ({} if part is None else {"r-000000": part})


@pytest.mark.parametrize(
    "text", ["*.png", "{part}{part}", "(?P<part>", "", "(?P<part>x)" + "y" * 200]
)
def test_what_is_no_pattern_is_refused_in_a_sentence(text):
    with pytest.raises(PartsRefused) as refused:
        frame_listing.compile_pattern(text)
    with use_language("en"):
        assert "a group named part" in refused.value.format_message()


def test_one_name_in_two_recordings_is_one_part_only_where_it_was_asked_for():
    rows = [listed("a", "a/7_1.png"), listed("b", "b/7_1.png")]
    apart = frame_listing.assign_parts(PartRule("pattern", "{part}_*.png"), rows)
    same = frame_listing.assign_parts(PartRule("pattern", "{part}_*.png", across=True), rows)
    assert (len(set(apart.values())), len(set(same.values()))) == (2, 1)


def test_a_pause_longer_than_the_rule_begins_the_next_part():
    rows = [listed("a", "a.avi", t_s, index) for index, t_s in enumerate([0, 1, 2, 5, 6, 7.5])]
    rows.append(listed("b", "b.avi", 8))
    found = frame_listing.assign_parts(PartRule("pause", "1.4"), rows)
    assert list(found.values()) == [
        "a/0001", "a/0001", "a/0001", "a/0002", "a/0002", "a/0003", "b/0001"
    ]  # fmt: skip


def test_parts_are_undone_redone_and_extended_by_later_footage(tmp_path):
    first = make_folder(tmp_path / "first", ["a_1.png", "a_2.png", "b_1.png"])
    later = make_folder(tmp_path / "later", ["d_1.png", "d_2.png"])
    with create_project(tmp_path / "line.fieldcheck") as project:
        import_footage(project, [first], FootageInfo(), NullProgress(), NOW)
        assert (frame_listing.get_part_rule(project), frame_listing.load_parts(project)) == (
            None,
            {},
        )
        frame_listing.set_part_rule(project, PartRule("pattern", "{part}_*.png"))
        assert frame_listing.count_parts(project) == frame_listing.PartCounts(2, 3, 0)
        project.undo()
        assert frame_listing.load_parts(project) == {}
        project.redo()
        import_footage(project, [later], FootageInfo(), NullProgress(), NOW)
        assert frame_listing.count_parts(project) == frame_listing.PartCounts(3, 5, 0)


def test_a_list_gives_parts_to_the_frames_that_it_names(tmp_path):
    folder = make_folder(tmp_path / "belt", ["1.png", "2.png", "3.png"])
    table = tmp_path / "parts.csv"
    with create_project(tmp_path / "line.fieldcheck") as project:
        import_footage(project, [folder], FootageInfo(), NullProgress(), NOW)
        table.write_text("part;file\nS7;belt/1.png\nS7;2.png\n;3.png\nS9;other.png\n")
        import_parts(project, table, PartRule("csv", table.name))
        sources = {one.frame_id: one.source for one in project.read(frames.list_frames)}
        assert {
            sources[name]: part for name, part in frame_listing.load_parts(project).items()
        } == {"belt/1.png": "S7", "belt/2.png": "S7"}
        assert frame_listing.count_parts(project) == frame_listing.PartCounts(1, 2, 1)
        for text, problem in (
            ("file,thing\n1.png,2\n", "columns"),
            ("file,part\nother.png,2\n", "no_match"),
            ("file,part\n1.png,2\n1.png,3\n", "two_parts"),
            ("file,part\n1.png,2\nbelt/1.png,3\n", "two_parts"),
        ):
            table.write_text(text)
            with pytest.raises(PartsRefused) as refused:
                import_parts(project, table, PartRule("csv", table.name))
            assert refused.value.problem == problem
        assert frame_listing.count_parts(project) == frame_listing.PartCounts(1, 2, 1)


@pytest.mark.parametrize(
    "value",
    [3, [], {"source": "pattern"}, {"source": "pause", "definition": "long", "across": False,
        "call": "any", "least": 1, "list_id": "x", "by": ""}],
)  # fmt: skip
def test_a_damaged_rule_means_that_frames_carry_no_part(tmp_path, value):
    with create_project(tmp_path / "line.fieldcheck") as project:
        project.edit(frame_listing.ACT, puts=[values.make_setting_row(frame_listing.KEY, value)])
        assert (frame_listing.get_part_rule(project), frame_listing.load_parts(project)) == (
            None,
            {},
        )


def test_the_terminal_sets_shows_and_drops_parts(tmp_path):
    folder = make_folder(tmp_path / "belt", ["a_1.png", "a_2.png", "b_1.png", "odd.png"])
    path = tmp_path / "line.fieldcheck"
    create_project(path).close()
    brought = CliRunner().invoke(
        import_footage_command, [str(path), str(folder), "--part-pattern", "{part}_*.png"]
    )
    assert brought.exit_code == 0

    def run(*arguments):
        with use_language("en"):
            return CliRunner().invoke(show_parts_command, [str(path), *arguments])

    assert run().output.splitlines() == [
        "2 parts in 3 frames (file name pattern {part}_*.png).",
        "A part counts as rejected if any of its frames is.",
        "1 frame shows no part by this rule and counts as a part of its own.",
    ]
    assert "at least 2 of its frames are" in run("--call", "2").output
    document = json.loads(run("--pause", "90", "--by", "QM", "--json").stdout)
    assert (document["n_parts"], document["call"], document["least"]) == (1, "at_least", 2)
    assert (document["source"], document["definition"], document["by"]) == ("pause", "90", "QM")
    assert "Frames carry no part" in run("--none").output
    assert run("--none", "--pause", "3").exit_code == 2
    assert run("--call", "some").exit_code == 2
    refused = run("--pattern", "{part}-*.tif")
    with use_language("en"):
        said = refused.exception.format_message()
    assert "assigns no part to any frame (belt/a_1.png)" in said
    with open_project(path) as project:
        assert frame_listing.get_part_rule(project) is None
