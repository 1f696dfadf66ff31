import shutil

import numpy as np
import pytest

from fieldcheck.corruptions.live_view import open_source
from fieldcheck.corruptions.sweep_scores import list_labelled_picks
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import FrameChanged, FrameUnknown
from fieldcheck.files import join_inside
from fieldcheck.footage import frame_pixels
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_pixels import (
    compute_frame_look,
    find_changed_picks,
    iter_frames,
    iter_looks,
    list_intact_picks,
    load_full_image,
    load_pixels,
    load_thumbnails,
    read_frame_pixels,
    read_listed_pixels,
    read_saved_pixels,
)
from fieldcheck.imaging.codec import compute_pixels_sha256, decode_image, encode_png, read_image
from fieldcheck.labels.label_session import suggest_label
from fieldcheck.models.run import run_on_set
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.report.assemble import write_report
from fieldcheck.report.export import export_labels
from tests import makers


@pytest.fixture
def mixed(footed, tmp_path):
    makers.add_footage(
        footed,
        makers.picture_folder(tmp_path / "Werkstück", ["red", "blue", "green"], "ü {}.png".format),
    )
    return footed


def test_the_pixels_of_a_frame_are_those_that_were_listed(mixed):
    for line in (mixed.read(list_sampling_lines)[place] for place in (0, 60, 119, 120, 122)):
        actual = compute_pixels_sha256(read_frame_pixels(mixed, line.recording, line.frame))
        assert actual == line.frame.sha256


def test_each_frame_comes_once_and_forward_in_time(mixed):
    listing = mixed.read(list_sampling_lines)
    recordings = {line.recording.recording_id: line.recording for line in listing}
    asked = [listing[place].frame for place in (100, 3, 121)]
    found = {frame.frame_id: rgb for frame, rgb in iter_frames(mixed, recordings, asked)}
    assert set(found) == {frame.frame_id for frame in asked}
    assert all(rgb.shape == (48, 64, 3) for rgb in found.values())


def test_a_lost_look_is_made_anew_from_the_footage(mixed):
    line = mixed.read(list_sampling_lines)[5]
    stored = mixed.cache.get_looks([line.frame.frame_id])[line.frame.frame_id]
    assert np.array_equal(compute_frame_look(mixed, line.recording, line.frame), stored)


def test_footage_that_was_exchanged_is_noticed(mixed):
    line = mixed.read(list_sampling_lines)[120]
    makers.save_picture(mixed.path / line.recording.path / "ü 0.png", "blue")
    actual = read_listed_pixels(mixed.path / line.recording.path, line.recording, line.frame).shape
    assert actual == (48, 64, 3)
    with pytest.raises(FrameChanged) as caught:
        read_frame_pixels(mixed, line.recording, line.frame)
    assert caught.value.source == "Werkstück/ü 0.png"


def change(project, at=0, data=None):
    """Puts another picture, of the same size, in the place of a saved frame. Returns the pick."""
    pick = project.read(picks_table.list_picks)[at]
    path = join_inside(project.path, pick.file)
    path.write_bytes(data or encode_png(np.ascontiguousarray(read_image(path)[::-1])))
    return pick


def test_frames_that_are_as_they_were_stored_are_sound(drawn):
    assert len(list_intact_picks(drawn)) == 20
    assert find_changed_picks(drawn) == ()


def test_a_file_that_changes_is_found_though_it_was_looked_at_before(drawn):
    assert find_changed_picks(drawn) == ()
    pick = change(drawn)
    assert find_changed_picks(drawn) == (pick.frame_id,)
    assert pick.frame_id not in {one.frame_id for one in list_intact_picks(drawn)}
    with pytest.raises(FrameChanged):
        read_saved_pixels(drawn, pick)


def test_a_file_that_holds_no_picture_any_more_is_a_changed_one(drawn):
    pick = change(drawn, data=b"\x89PNG")
    assert find_changed_picks(drawn) == (pick.frame_id,)


def test_another_packing_of_the_same_pixels_is_no_change(drawn):
    pick = drawn.read(picks_table.list_picks)[0]
    path = join_inside(drawn.path, pick.file)
    path.write_bytes(encode_png(read_image(path)) + b"\0")
    assert find_changed_picks(drawn) == ()
    assert read_saved_pixels(drawn, pick) is not None


def test_looking_can_be_stopped(drawn):
    with pytest.raises(Cancelled):
        list_intact_picks(drawn, makers.stopped())


def test_a_changed_frame_is_not_run_and_named(drawn):
    pick = change(drawn)
    ran = run_on_set(drawn, find_model(drawn), "field", NullProgress(), makers.NOW)
    assert ran.left_out == (pick.frame_id,)
    assert (ran.n, ran.n_done) == (19, 19)


@pytest.mark.long
def test_a_changed_frame_counts_nowhere_and_the_report_says_so(labelled, tmp_path):
    before = load_field_side(labelled, find_model(labelled)).scores
    pick = change(labelled)
    side = load_field_side(labelled, find_model(labelled))
    assert side.changed == (pick.frame_id,)
    assert side.scores.n_labelled == before.n_labelled - 1
    assert pick.frame_id not in {one.frame_id for one in list_labelled_picks(labelled)}
    written = write_report(labelled, tmp_path / "out", "en", NullProgress(), makers.NOW)
    first_page = written.page.read_text("utf-8").partition('id="evidence"')[0]
    assert pick.frame_id in first_page, "on the first page"
    assert written.report.changed == (pick.frame_id,)
    parts = (written.folder / "summary.json").read_text("utf-8").partition("changed_frames")
    assert f'"{pick.frame_id}"' in parts[2][:60]


def test_a_changed_frame_is_never_shown_suggested_on_or_exported(labelled, tmp_path):
    pick = change(labelled)
    for look in (load_pixels, load_full_image):
        with pytest.raises(FrameChanged):
            look(labelled, pick.frame_id)
    with pytest.raises(FrameChanged):
        suggest_label(labelled, pick.frame_id, find_model(labelled).name)
    exported = export_labels(labelled, "imagefolder", tmp_path / "out", NullProgress())
    assert exported.left_out == (pick.frame_id,)
    assert exported.n == 19
    assert not any(pick.frame_id in name for name in exported.files)


def test_a_changed_frame_is_not_played(drawn):
    camera = open_source(drawn, "picks")
    change(drawn)
    assert len(open_source(drawn, "picks")._paths) == len(camera._paths) - 1


def listed(project):
    return project.read(frames_table.list_frames)


def test_thumbnails_come_from_the_cache(drawn):
    names = [frame.frame_id for frame in listed(drawn)[:3]]
    assert load_thumbnails(drawn, names) == drawn.cache.get_thumbnails(names)
    assert set(load_thumbnails(drawn, names)) == set(names)


def test_what_the_cache_lost_is_made_anew_and_kept(drawn):
    picked = drawn.read(picks_table.list_picks)[0].frame_id
    other = next(
        frame.frame_id
        for frame in listed(drawn)
        if frame.frame_id not in {one.frame_id for one in drawn.read(picks_table.list_picks)}
    )
    drawn.cache.close()
    for ending in ("", "-wal", "-shm"):
        (drawn.path / f"cache.db{ending}").write_bytes(b"no database")
    found = load_thumbnails(drawn, [picked, other])
    assert decode_image(found[picked]).shape == (48, 64, 3)
    assert set(drawn.cache.get_thumbnails([picked, other])) == {picked, other}


def test_a_frame_whose_footage_is_gone_has_none(drawn):
    picked = {one.frame_id for one in drawn.read(picks_table.list_picks)}
    other = next(frame.frame_id for frame in listed(drawn) if frame.frame_id not in picked)
    drawn.cache.close()
    (drawn.path / "cache.db").write_bytes(b"")
    shutil.rmtree(drawn.path / "recordings")
    assert set(load_thumbnails(drawn, [other, *picked])) == picked
    with pytest.raises(PathMissing):
        load_full_image(drawn, other)


def test_the_whole_picture_is_the_frame_without_loss(drawn):
    frames = {frame.frame_id: frame for frame in listed(drawn)}
    picked = drawn.read(picks_table.list_picks)[0]
    other = next(
        name
        for name in frames
        if name not in {one.frame_id for one in drawn.read(picks_table.list_picks)}
    )
    assert load_full_image(drawn, picked.frame_id) == (drawn.path / picked.file).read_bytes()
    for name in (picked.frame_id, other):
        shown = compute_pixels_sha256(decode_image(load_full_image(drawn, name)))
        assert shown == compute_pixels_sha256(load_pixels(drawn, name)) == frames[name].sha256


def test_a_name_that_no_frame_has_is_refused(drawn):
    with pytest.raises(FrameUnknown):
        load_pixels(drawn, "nothing-000001")


@pytest.mark.parametrize(
    "load",
    [load_thumbnails, lambda project, names: dict(iter_looks(project, names, NullProgress()))],
)
def test_the_benchmark_is_read_once_for_all_its_pictures(empty, monkeypatch, load):
    items = empty.read(models_table.get_benchmark).items
    names = [make_benchmark_subject(item.path) for item in items]
    parse, parsed = models_table._parse_benchmark, []
    monkeypatch.setattr(
        models_table, "_parse_benchmark", lambda *asked: parsed.append(1) or parse(*asked)
    )
    assert set(load(empty, names)) == set(names)
    assert (len(names), len(parsed)) == (18, 1)


class _Bar(NullProgress):
    """Keeps what is reported."""

    def __init__(self):
        super().__init__()
        self.reports = []

    def report(self, done, total, unit=""):
        self.reports.append((done, total))


def test_few_looks_are_in_memory_at_a_time_and_progress_counts_all(drawn, monkeypatch):
    names = [frame.frame_id for frame in listed(drawn)][:7]
    whole, asked = drawn.cache.get_looks(names), []
    monkeypatch.setattr(frame_pixels, "LOOKS_AT_ONCE", 3)
    get_looks = drawn.cache.get_looks
    monkeypatch.setattr(
        drawn.cache, "get_looks", lambda some: asked.append(len(some)) or get_looks(some)
    )
    found = dict(iter_looks(drawn, names, NullProgress()))
    assert list(found) == names
    assert all(np.array_equal(found[name], whole[name]) for name in names)
    assert asked == [3, 3, 1]
    bar = _Bar()
    monkeypatch.setattr(drawn.cache, "get_looks", lambda some: {})
    assert list(dict(iter_looks(drawn, names, bar))) == names
    assert bar.reports == [(n, 7) for n in range(1, 8)]
