import numpy as np
import pytest

from fieldcheck.footage.camera.playback import STEP, SyntheticCamera, make_texture


def test_a_frame_is_the_same_at_every_run():
    one, other = SyntheticCamera(320, 240), SyntheticCamera(320, 240)
    assert all(
        np.array_equal(one.render_frame(index), other.render_frame(index)) for index in (0, 7, 1234)
    )


def test_every_frame_carries_a_number_of_its_own():
    camera = SyntheticCamera(320, 240)
    corners = {camera.render_frame(index)[:56, :60].tobytes() for index in range(40)}
    assert len(corners) == 40


def test_the_picture_moves_and_comes_round():
    camera, still = SyntheticCamera(320, 240), make_texture(320, 240)
    below = np.s_[100:, :]
    assert np.array_equal(camera.render_frame(5)[below], np.roll(still, -5 * STEP, axis=1)[below])
    assert np.array_equal(camera.render_frame(80)[below], still[below])


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (640, 480), (33, 17), (1, 1)])
def test_any_size_is_given(width, height):
    assert SyntheticCamera(width, height).render_frame(3).shape == (height, width, 3)


def test_frames_come_at_their_rate():
    camera = SyntheticCamera(64, 48, fps=200)
    camera.open()
    frames = [frame for frame in (camera.read(1.0) for _ in range(10)) if frame]
    camera.close()
    assert [frame.index for frame in frames] == sorted({frame.index for frame in frames})
    assert [frame.t_s for frame in frames] == [frame.index / 200 for frame in frames]
    assert all(np.array_equal(frame.rgb, camera.render_frame(frame.index)) for frame in frames)
    assert {frame.source for frame in frames} == {"synthetic"}


def test_a_slow_camera_gives_nothing_while_nothing_is_due():
    camera = SyntheticCamera(8, 8, fps=0.01)
    camera.open()
    assert camera.read(0.01) is not None
    assert camera.read(0.01) is None


@pytest.mark.parametrize(("width", "height", "fps"), [(0, 5, 30), (5, -1, 30), (5, 5, 0)])
def test_a_camera_that_cannot_be_is_refused(width, height, fps):
    with pytest.raises(ValueError, match="no "):
        SyntheticCamera(width, height, fps)
