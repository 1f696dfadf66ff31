import shutil

import pytest

from fieldcheck.errors import FrameUnknown, PathMissing
from fieldcheck.imaging.codec import decode_picture, pixels_sha256
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.footage.thumbnails import pixels_of, thumbnails, whole_picture


def listed(project):
    return project.read(frames_table.listed)


def test_thumbnails_come_from_the_cache(drawn):
    names = [frame.frame_id for frame in listed(drawn)[:3]]
    assert thumbnails(drawn, names) == drawn.cache.thumbnails(names)
    assert set(thumbnails(drawn, names)) == set(names)


def test_what_the_cache_lost_is_made_anew_and_kept(drawn):
    picked = drawn.read(picks_table.all)[0].frame_id
    other = next(frame.frame_id for frame in listed(drawn) if frame.frame_id not in {one.frame_id for one in drawn.read(picks_table.all)})
    drawn.cache.close()
    for ending in ("", "-wal", "-shm"):
        (drawn.path / f"cache.db{ending}").write_bytes(b"no database")
    found = thumbnails(drawn, [picked, other])
    assert decode_picture(found[picked]).shape == (48, 64, 3)
    assert set(drawn.cache.thumbnails([picked, other])) == {picked, other}


def test_a_frame_whose_footage_is_gone_has_none(drawn):
    picked = {one.frame_id for one in drawn.read(picks_table.all)}
    other = next(frame.frame_id for frame in listed(drawn) if frame.frame_id not in picked)
    drawn.cache.close()
    (drawn.path / "cache.db").write_bytes(b"")
    shutil.rmtree(drawn.path / "recordings")
    assert set(thumbnails(drawn, [other, *picked])) == picked
    with pytest.raises(PathMissing):
        whole_picture(drawn, other)


def test_the_whole_picture_is_the_frame_without_loss(drawn):
    frames = {frame.frame_id: frame for frame in listed(drawn)}
    picked = drawn.read(picks_table.all)[0]
    other = next(name for name in frames if name not in {one.frame_id for one in drawn.read(picks_table.all)})
    assert whole_picture(drawn, picked.frame_id) == (drawn.path / picked.file).read_bytes()
    for name in (picked.frame_id, other):
        assert pixels_sha256(decode_picture(whole_picture(drawn, name))) == pixels_sha256(pixels_of(drawn, name)) == frames[name].sha256


def test_a_name_that_no_frame_has_is_refused(drawn):
    with pytest.raises(FrameUnknown):
        pixels_of(drawn, "nothing-000001")
