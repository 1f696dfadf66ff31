import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.labels.import_labels import make_package_name, match_frames

SOURCES = (
    ("aa-000000", "line.mp4", 0),
    ("aa-000015", "line.mp4", 15),
    ("bb-000000", "clip_01/0007.png", 0),
    ("cc-000000", "clip_03/0007.png", 0),
    ("cc-000001", "clip_03/part 2/0008.JPG", 1),
)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("line.mp4#15", "aa-000015"),
        ("videos\\line.mp4#15", "aa-000015"),
        ("clip_03/0007.png", "cc-000000"),
        ("export/images/clip_01/0007.png", "bb-000000"),
        ("0008.JPG", "cc-000001"),
        ("part 2/0008", "cc-000001"),
        ("frames/aa-000015.png", "aa-000015"),
        ("bb-000000", "bb-000000"),
    ],
)
def test_a_name_means_the_frame_whose_source_ends_like_it(name, frame):
    assert match_frames([name], SOURCES).frames == {name: frame}


def test_an_accent_that_is_written_apart_is_the_same_letter():
    composed, apart = "pr\u00fcfung/k\u00e4se.png", "pru\u0308fung/ka\u0308se.png"
    assert match_frames([apart], [("dd-000000", composed, 0)]).frames == {apart: "dd-000000"}
    assert match_frames([composed], [("dd-000000", apart, 0)]).frames == {composed: "dd-000000"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("0007.png", "ambiguous"),
        ("clip_02/0007.png", "no_frame"),
        ("07.png", "no_frame"),
        ("line.mp4#3", "no_frame"),
        ("line.mp4", "no_frame"),
        ("other.mp4#15", "no_frame"),
        ("line.mp4#99999999999999", "no_frame"),
        ("", "no_frame"),
        ("/", "no_frame"),
    ],
)
def test_a_name_that_fits_none_or_several_is_told_with_the_reason(name, why):
    found = match_frames([name], SOURCES)
    assert (found.frames, found.unmatched) == ({}, ((name, why),))


def test_two_names_of_one_frame_are_both_set_aside():
    found = match_frames(["clip_03/0007.png", "0008.JPG", "cc-000000.png"], SOURCES)
    assert found.frames == {"0008.JPG": "cc-000001"}
    assert found.unmatched == (("clip_03/0007.png", "same_frame"), ("cc-000000.png", "same_frame"))


def test_two_recordings_of_one_name_cannot_be_told_apart():
    actual = match_frames(["line.mp4#0"], [*SOURCES, ("dd-000000", "line.mp4", 0)]).unmatched
    assert actual == (("line.mp4#0", "ambiguous"),)


part = st.text("ab", min_size=1, max_size=2)
paths = st.lists(part, min_size=1, max_size=3).map(lambda parts: "/".join(parts) + ".png")


@given(st.lists(paths, unique=True, max_size=8), st.lists(paths, max_size=8))
def test_every_name_is_matched_or_told_and_no_frame_twice(sources, names):
    found = match_frames(names, [(f"f{at}", source, at) for at, source in enumerate(sources)])
    assert set(found.frames) | {name for name, _ in found.unmatched} == set(names)
    assert not set(found.frames) & {name for name, _ in found.unmatched}
    assert len(set(found.frames.values())) == len(found.frames)


def test_a_picture_of_a_task_package_means_its_frame_and_no_other_picture_of_that_name():
    sha = "0123456789abcdef" * 4
    good, bad = make_package_name("aa-000001", sha), make_package_name("aa-000001", "f" * 64)
    sources, hashes = [("aa-000001", "line.mp4", 1)], {"aa-000001": sha}
    assert good == "aa-000001.0123456789ab"
    expected = {f"images/{good}.png": "aa-000001"}
    assert match_frames([f"images/{good}.png"], sources, hashes).frames == expected
    found = match_frames([f"{good}.png", f"{bad}.png", "bb-1.0123456789ab.png"], sources, hashes)
    assert found.frames == {f"{good}.png": "aa-000001"}
    expected = {(f"{bad}.png", "other_picture"), ("bb-1.0123456789ab.png", "no_frame")}
    assert set(found.unmatched) == expected
