import numpy as np
import pytest

from fieldcheck.footage.camera.camera import CapturedFrame, FrameRing
from fieldcheck.footage.live_camera import LiveImageFeed, resize_to_fit
from fieldcheck.imaging.quality import ON_WHITE
from fieldcheck.imaging.raw import RawImage
from tests.footage.servers.mjpeg import jpegs


def frame(level, index=0, t_s=0.0, size=(48, 64)):
    return CapturedFrame(np.full((*size, 3), level, np.uint8), index, t_s, "camera")


@pytest.fixture
def picture():
    ring = FrameRing()
    live = LiveImageFeed(ring)
    live.start()
    yield ring, live
    live.stop()
    live.stop()


def look(ring, live, shown):
    ring.push(shown)
    found = live.images.take_value(60.0)
    assert found is not None
    return found


def test_the_newest_frame_is_looked_at(picture):
    ring, live = picture
    assert look(ring, live, frame(100, 7)).index == 7
    found = look(ring, live, frame(20, 8, 1.0))
    assert found.quality.mean == 20
    assert (found.width, found.height) == (64, 48)
    assert (found.rgb == 20).all()


def test_it_is_as_large_as_there_is_room(picture):
    ring, live = picture
    live.set_display_size(32, 200)
    assert look(ring, live, frame(100)).rgb.shape == (24, 32, 3)


def test_clipped_areas_are_striped_until_that_is_switched_off(picture):
    ring, live = picture
    assert (look(ring, live, frame(255)).rgb == ON_WHITE).all(axis=2).any()
    live.set_clipping_marks(False)
    assert (look(ring, live, frame(255, 1)).rgb == 255).all()


def test_a_damaged_jpeg_shows_nothing_and_ends_nothing(picture):
    ring, live = picture
    good = jpegs(1)[0]
    at = good.index(b"\xff\xda")
    ring.push(CapturedFrame(RawImage("jpeg", good[: at - 60]), 0, 0.0, "camera"))
    assert live.images.take_value(0.3) is None
    assert look(ring, live, frame(90, 2)).index == 2


def test_while_nobody_looks_nothing_is_made(picture):
    ring, live = picture
    live.set_visible(False)
    ring.push(frame(90, 1))
    assert live.images.take_value(0.3) is None
    live.set_visible(True)
    assert look(ring, live, frame(90, 2)).index == 2


def test_the_light_is_measured_five_times_a_second_and_not_for_every_frame(picture):
    ring, live = picture
    assert look(ring, live, frame(100, 0, 0.0)).quality.mean == 100
    assert look(ring, live, frame(50, 1, 0.1)).quality.mean == 100
    assert look(ring, live, frame(50, 2, 0.25)).quality.mean == 50
    # the camera was opened anew, and its clock with it
    assert look(ring, live, frame(60, 0, 0.0)).quality.mean == 60


def test_nothing_is_made_larger():
    rgb = frame(1).rgb
    assert resize_to_fit(rgb, 500, 500) is rgb
    assert resize_to_fit(rgb, 0, 500) is rgb
    assert resize_to_fit(rgb, 1, 1).shape == (1, 1, 3)


def test_without_a_start_there_is_nothing_to_stop():
    live = LiveImageFeed(FrameRing())
    live.stop()
    assert live.images.take_value() is None
