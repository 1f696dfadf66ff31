from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.footage.video.index import load_video_index
from fieldcheck.footage.video.reader import (
    FullVideoDecoder,
    MjpegFrameReader,
    VideoReader,
    is_mjpeg,
)
from fieldcheck.imaging.colour import to_rgb_from_bgr
from tests.footage.made import number_of, write_uneven, write_video

TO_THE_END = 2**62


@pytest.fixture(scope="module")
def filmed(tmp_path_factory) -> Path:
    return write_video(tmp_path_factory.mktemp("v") / "filmed.avi", 60, code="MJPG")


def with_damage(path: Path, target: Path, places: range) -> Path:
    """The same AVI with nothing but noughts in the packets of these frames."""
    data = bytearray(path.read_bytes())
    packets = [
        at for at in range(data.index(b"movi"), data.index(b"idx1")) if data[at : at + 4] == b"00dc"
    ]
    for at, following in list(pairwise(packets))[places.start : places.stop]:
        data[at + 8 : following] = bytes(following - at - 8)
    target.write_bytes(data)
    return target


@pytest.mark.parametrize("kind", ["even", "uneven"])
def test_packets_in_any_order_give_the_very_pixels_that_the_whole_file_gives(
    kind, filmed, tmp_path
):
    """Where frames come unevenly a jump leads too far: the packets are gone through then."""
    path = (
        filmed
        if kind == "even"
        else write_uneven(tmp_path / "uneven.mkv", [*range(30), *range(90, 120)], code="MJPG")
    )
    with VideoReader(path, 30.0) as reader:
        whole = [frame.rgb for frame in reader.read_listed(0, TO_THE_END)]
    with MjpegFrameReader(path, load_video_index(path)) as packets:
        for index in (0, 15, 16, 45, 45, 7, 59):
            bgr = packets.decode_frame(index)
            assert bgr is not None
            assert np.array_equal(to_rgb_from_bgr(bgr), whole[index])


def test_a_listing_decodes_what_it_lists_and_passes_over_the_rest(filmed, tmp_path, monkeypatch):
    """Ten frames that do not decode stand between two listed ones, and a listed one is among five
    others: only that one is told of."""
    monkeypatch.setattr(
        FullVideoDecoder, "next_frame", counted := Counted(FullVideoDecoder.next_frame)
    )
    between = with_damage(filmed, tmp_path / "between.avi", range(31, 41))
    assert listed(between) == ([0, 15, 30, 45], 60, 0)
    assert counted.calls == 1
    assert listed(with_damage(filmed, tmp_path / "at.avi", range(28, 33))) == ([0, 15, 45], 60, 1)


def listed(path: Path) -> tuple[list[int], int | None, int]:
    """Numbers that two frames a second carry, where the file ends, and how many were unreadable."""
    with VideoReader(path, 2.0) as reader:
        return (
            [number_of(frame.rgb) for frame in reader.read_listed(0, TO_THE_END)],
            reader.ended_at,
            reader.n_unreadable,
        )


class Counted:
    """A method that counts how often it is called."""

    def __init__(self, method) -> None:
        self.method, self.calls = method, 0

    def __get__(self, owner, kind):
        def called(*given):
            self.calls += 1
            return self.method(owner, *given)

        return called


@pytest.mark.parametrize(
    ("name", "code", "is_one"),
    [("a.mkv", "MJPG", True), ("a.mp4", "mp4v", False), ("a.avi", "HFYU", False)],
)
def test_what_its_container_calls_mjpeg_is(name, code, is_one, tmp_path):
    assert is_mjpeg(write_video(tmp_path / name, 2, code=code)) is is_one
