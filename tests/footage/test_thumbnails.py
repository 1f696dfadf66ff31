import shutil

import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import FrameUnknown
from fieldcheck.footage.thumbnails import load_full_image, load_pixels, load_thumbnails
from fieldcheck.imaging.codec import compute_pixels_sha256, decode_image
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as picks_table


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
