from itertools import groupby, pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.corruptions.catalogue import CATALOG, apply_corruption, start_clip
from fieldcheck.corruptions.transforms import coding, geometry
from tests.corruptions.pictures import scene

LOST_PACKETS = ("frozen_strips", "ghost_strips", "grey_strips", "green_strips", "ts_loss")
LINE_FAULTS = (*LOST_PACKETS, "tearing", "interlacing", "blended_frames")


def clip(n, height=192, width=256, speed=5):
    """`n` frames of a scene that moves to the left."""
    wide = scene(height, width + n * speed)
    return [wide[:, at * speed : at * speed + width] for at in range(n)]


def run(fault, frames, seed=3):
    arrive = fault.start_clip(seed)
    return [arrive(frame) for frame in frames]


def damaged(sent, came):
    """Numbers of the strips that are not as they were sent."""
    return {
        number
        for number, rows in enumerate(coding.list_strips(*sent.shape[:2]))
        if not np.array_equal(sent[rows], came[rows])
    }


@pytest.mark.long
@pytest.mark.parametrize("share", [0.01, 0.06, 0.2])
def test_packets_are_lost_in_bursts_and_as_many_as_the_share_says(share, monkeypatch):
    assert np.mean(coding.PacketLoss(share, 0).draw(400_000)) == pytest.approx(share, rel=0.06)
    monkeypatch.setattr(coding, "LOST_OF_BURST", 1.0)
    lost = coding.PacketLoss(share, 0).draw(200_000)
    bursts = [len(list(group)) for is_lost, group in groupby(lost) if is_lost]
    assert np.mean(bursts) == pytest.approx(coding.BURST, rel=0.1)


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.35), st.floats(0, 0.35))
@settings(max_examples=40, deadline=None)
def test_a_larger_share_loses_what_a_smaller_one_loses(seed, one, other):
    few, many = (
        np.array(coding.PacketLoss(share, seed).draw(300)) for share in sorted((one, other))
    )
    assert not (few & ~many).any()


@pytest.mark.parametrize("name", LOST_PACKETS)
def test_damage_stays_until_the_next_key_frame(name):
    frames = clip(2 * coding.KEY_EVERY + 1)
    came = run(make(name, loss=0.05), frames)
    strips = [damaged(*pair) for pair in zip(frames, came, strict=True)]
    for key in (0, coding.KEY_EVERY, 2 * coding.KEY_EVERY):
        assert strips[key] == set()
    for before, after in pairwise(strips):
        assert before <= after or not after
    assert strips[coding.KEY_EVERY - 1]
    assert strips[-2]


@pytest.mark.long
@pytest.mark.parametrize("loss", [0.01, 0.03, 0.06])
def test_as_many_strips_are_wrong_as_losses_since_the_key_frame_say(loss):
    still = np.zeros((24, 32, 3), np.uint8)
    came = run(make("green_strips", loss=loss), [still] * (coding.KEY_EVERY * 120))
    wrong = np.mean([(frame[::2, 0, 1] > 0).mean() for frame in came])
    expected = 1 - np.mean((1 - loss) ** np.arange(coding.KEY_EVERY))
    assert wrong == pytest.approx(expected, rel=0.12)


def test_green_strips_of_a_real_clip_are_those_that_were_counted_by_eye(shared_data):
    video = cv2.VideoCapture(str(shared_data / "videos" / "intel-bottle-detection.mp4"))
    for _ in range(40):
        video.grab()
    frames = [cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB) for _ in range(48)]
    video.release()
    arrive = start_clip(frames[0], "green_strips", 2, 4)
    came = [arrive(frame) for frame in frames]
    counted = {0: 2, 12: 2, 13: 0, 16: 0, 20: 3, 24: 4, 28: 6, 32: 11, 37: 11, 38: 0, 40: 0, 46: 0}
    strips = coding.list_strips(*frames[0].shape[:2])
    assert len(strips) == 12
    for at, n in counted.items():
        green = [rows for rows in strips if (came[at][rows] == (0, 135, 0)).all()]
        assert (at, len(green), len(damaged(frames[at], came[at]))) == (at, n, n)


def make(name, **arguments):
    return getattr(coding, CATALOG[name].transform)(**arguments, p=1)


class CountedLoss:
    """Third strip lost in the second frame, third and fifth in the fourth."""

    def __init__(self, share, seed):
        self.frame = -1

    def draw(self, n):
        self.frame += 1
        lost = {1: {2}, 3: {2, 4}}.get(self.frame, set())
        return [number in lost for number in range(n)]


def counted(name, frames, monkeypatch):
    """Six frames, and of each the strips that are wrong, as they were counted by hand."""
    monkeypatch.setattr(coding, "PacketLoss", CountedLoss)
    came = run(make(name, loss=0.1), frames)
    wrong = [set(), {2}, {2}, {2, 4}, {2, 4}, {2, 4}]
    assert [damaged(*pair) for pair in zip(frames, came, strict=True)] == wrong
    return came, coding.list_strips(*frames[0].shape[:2])


def test_a_frozen_strip_is_that_of_the_last_frame_before_its_loss(monkeypatch):
    frames = clip(6)
    came, strips = counted("frozen_strips", frames, monkeypatch)
    assert np.array_equal(came[5][strips[2]], frames[0][strips[2]])
    assert np.array_equal(came[5][strips[4]], frames[2][strips[4]])


def test_a_strip_with_trails_is_wrong_by_the_motion_that_was_lost(monkeypatch):
    frames = [np.asarray(frame // 4 + 96, np.uint8) for frame in clip(6)]
    came, strips = counted("ghost_strips", frames, monkeypatch)
    sent = [frame[strips[2]].astype(int) for frame in frames]
    assert np.array_equal(came[5][strips[2]], sent[5] + (sent[0] - sent[1]) + (sent[2] - sent[3]))


def test_grey_and_green_strips_show_what_a_decoder_has_without_them(monkeypatch):
    frames = [np.asarray(frame // 4 + 96, np.uint8) for frame in clip(6)]
    came, strips = counted("grey_strips", frames, monkeypatch)
    assert set(np.unique(came[1][strips[2]])) == {128}
    moved = frames[5][strips[4]].astype(int) - frames[3][strips[4]]
    assert np.array_equal(came[5][strips[4]], 128 + moved)
    came, strips = counted("green_strips", frames, monkeypatch)
    assert {tuple(pixel) for pixel in came[5][strips[4]].reshape(-1, 3)} == {(0, 135, 0)}


def test_mpeg_ts_is_wrong_from_the_loss_to_the_end_of_the_strip(monkeypatch):
    frames = clip(6)
    came, strips = counted("ts_loss", frames, monkeypatch)
    same = (came[5][strips[2]] == frames[5][strips[2]]).all(axis=(0, 2))
    start = int(np.flatnonzero(~same)[0])
    assert 0 < start < 128
    assert not same[start:].any()


def test_of_what_stands_still_only_wrong_colours_are_seen():
    still = [scene()] * 30
    for name in ("frozen_strips", "ghost_strips"):
        assert all(np.array_equal(came, still[0]) for came in run(make(name, loss=0.2), still))
    for fault in (coding.Tearing(0.5), coding.Interlacing(3), coding.FrameBlending(0.7)):
        assert all(np.abs(came.astype(int) - still[0]).max() <= 1 for came in run(fault, still))


def test_a_torn_frame_is_this_one_above_and_the_one_before_below():
    frames = clip(3)
    came = run(coding.Tearing(0.25), frames)
    assert np.array_equal(came[0], frames[0])
    assert np.array_equal(came[2][:144], frames[2][:144])
    assert np.array_equal(came[2][144:], frames[1][144:])


def test_every_other_line_is_as_many_frames_old_as_is_said():
    frames = clip(6)
    came = run(coding.Interlacing(2), frames)
    assert np.array_equal(came[5][::2], frames[5][::2])
    assert np.array_equal(came[5][1::2], frames[3][1::2])
    large = coding.weave_lines(
        np.zeros((768, 800, 3), np.uint8), np.full((768, 800, 3), 255, np.uint8)
    )
    assert np.array_equal(np.flatnonzero(large[:, 0, 0])[:8], [4, 5, 6, 7, 12, 13, 14, 15])


def test_blended_frames_keep_their_share_of_the_one_before():
    black, white = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 200, np.uint8)
    came = run(coding.FrameBlending(0.5), [black, white, white])
    assert [int(frame[0, 0, 0]) for frame in came] == [0, 100, 150]


def test_strips_change_places_and_none_is_lost():
    rgb = scene()
    swapped = coding.swap_strips(rgb, 0.3, seed=1)
    assert not np.array_equal(swapped, rgb)
    assert sorted(map(bytes, swapped)) == sorted(map(bytes, rgb))
    assert np.array_equal(coding.swap_strips(rgb, 0, seed=1), rgb)


def test_lost_bytes_leave_what_came_before_them():
    rgb = scene()
    out = coding.lose_bytes(rgb, 0.25, seed=1)
    assert np.array_equal(out[:144], rgb[:144])
    assert (out[144:] != rgb[144:]).any(axis=2).mean() > 0.9


def test_a_leaning_shutter_goes_to_both_sides_and_leaves_the_middle_row():
    lean = geometry.ShutterSkew(0.25, p=1)
    ends = {round(float(lean.get_matrix(101, 200, seed)[0] @ [100, 100, 1])) for seed in range(8)}
    assert ends == {88, 112}
    assert lean.get_matrix(101, 200, 0)[0] @ [70, 50, 1] == pytest.approx(70)


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("name", CATALOG)
def test_a_clip_begins_with_what_a_single_picture_becomes(name):
    frames = clip(3, 96, 128)
    arrive = start_clip(frames[0], name, 3, 5)
    assert np.array_equal(arrive(frames[0]), apply_corruption(frames[0], name, 3, 5))
    again = start_clip(frames[0], name, 3, 5)
    again(frames[0])
    second = arrive(frames[1])
    assert np.array_equal(second, again(frames[1]))
    if name not in LINE_FAULTS:
        assert np.array_equal(second, apply_corruption(frames[1], name, 3, 5))


@pytest.mark.parametrize("name", LINE_FAULTS)
def test_another_size_begins_anew(name):
    arrive = start_clip(scene(), name, 5, 5)
    for size in ((192, 256), (192, 256), (96, 128), (96, 128)):
        assert arrive(scene(*size)).shape == (*size, 3)


def test_a_fault_of_a_line_needs_its_kind():
    with pytest.raises(TypeError, match="abstract"):
        coding.LineFault(p=1)


def ramp():
    """A picture of whole numbers that no version of a library draws otherwise."""
    y, x = np.mgrid[:192, :256]
    return np.stack([(x * 3 + y) % 256, (x + y * 2) % 256, (x * y) // 191 % 256], 2).astype(
        np.uint8
    )


GOLDEN = {
    "frozen_strips": (128.64, 127.74, 46.64, 58.33),
    "ghost_strips": (128.34, 126.57, 60.86, 58.33),
    "grey_strips": (133.09, 134.24, 116.58, 58.33),
    "green_strips": (53.12, 131.88, 27.70, 58.33),
    "ts_loss": (123.33, 128.18, 106.57, 40.72),
    "swapped_strips": (127.50, 127.50, 63.26, 37.50),
    "tearing": (127.50, 127.50, 61.90, 34.90),
    "interlacing": (127.52, 127.50, 57.65, 50.00),
    "blended_frames": (127.51, 127.56, 58.86, 100.00),
    "lost_bytes": (119.90, 129.60, 72.81, 38.02),
    "shutter_skew": (128.18, 128.69, 63.60, 98.98),
    "shutter_wobble": (127.58, 127.55, 63.58, 97.96),
}
"""Mean red, green and blue, and percent of pixels that are other ones, at moderate."""


@pytest.mark.parametrize("name", GOLDEN)
def test_what_each_makes_of_one_picture(name):
    out = apply_corruption(ramp(), name, 3, 7)
    means = [*out.mean(axis=(0, 1)), 100 * (out != ramp()).any(axis=2).mean()]
    assert means == pytest.approx(GOLDEN[name], abs=0.3)
