import time

import cv2
import numpy as np
import pytest

from fieldcheck.errors.files import (
    CameraRefused,
    NoPictures,
    PathMissing,
    PictureUnreadable,
    VideoUnreadable,
)
from fieldcheck.footage.camera.gige import GigeCamera
from fieldcheck.footage.camera.network_rtsp_mjpeg import MjpegCamera, RtspCamera
from fieldcheck.footage.camera.playback import (
    MOST_WAITING,
    STEP,
    ImageCamera,
    PlaybackClock,
    SyntheticCamera,
    Timetable,
    VideoCamera,
    make_even_timetable,
    make_texture,
    open_file_camera,
)
from fieldcheck.footage.camera.sources import make_camera
from fieldcheck.footage.camera.usb import OpencvCamera
from tests import makers
from tests.footage import made

QUICK = 400.0


@pytest.fixture
def clip(tmp_path):
    return made.write_video(tmp_path / "belt.mp4", 12, fps=30.0)


def read_on(camera, tries=2000):
    for _ in range(tries):
        camera.read(0.1)


def played(camera, n, tries=2000):
    """The next `n` frames."""
    camera.open()
    try:
        frames = []
        for _ in range(tries):
            if len(frames) == n:
                return frames
            frame = camera.read(0.1)
            frames += [frame] if frame else []
    finally:
        camera.close()
    raise AssertionError(f"{len(frames)} of {n} frames came")


def test_a_video_is_played_round_and_round(clip):
    frames = played(VideoCamera(clip, fps=QUICK), 40)
    assert [made.number_of(frame.rgb) for frame in frames] == [frame.index % 12 for frame in frames]
    assert frames[-1].index >= 39
    assert {frame.source for frame in frames} == {"belt.mp4"}
    assert not any(frame.rgb.flags.writeable for frame in frames)


def test_without_a_rate_the_frames_come_at_their_own_times(tmp_path):
    path = made.write_uneven(tmp_path / "uneven.mkv", [0, 1, 2, 6, 7])
    frames = played(VideoCamera(path), 6)
    own = [0, 1 / 30, 2 / 30, 6 / 30, 7 / 30]
    for frame in frames:
        rounds, place = divmod(frame.index, 5)
        assert made.number_of(frame.rgb) == place
        assert frame.t_s - rounds * (own[-1] + 1 / 30) == pytest.approx(own[place], abs=0.01)


def test_a_camera_that_was_closed_starts_anew(clip):
    camera = VideoCamera(clip, fps=1.0)
    assert [made.number_of(played(camera, 1)[0].rgb) for _ in range(3)] == [0, 0, 0]


def test_a_picture_comes_again_and_again_and_is_decoded_once(tmp_path):
    path = makers.save_picture(tmp_path / "part.png", "green")
    frames = played(open_file_camera(path, fps=QUICK), 5)
    assert np.array_equal(frames[0].rgb, makers.picture("green"))
    assert all(frame.rgb is frames[0].rgb for frame in frames)
    assert len({frame.index for frame in frames}) == 5


def test_pictures_are_played_in_their_order(tmp_path):
    colours = enumerate(["red", "green", "blue"])
    paths = [makers.save_picture(tmp_path / f"{k}.png", colour, k) for k, colour in colours]
    frames = played(ImageCamera("shelf", paths, fps=QUICK), 9)
    for frame in frames:
        place = frame.index % 3
        assert np.array_equal(frame.rgb, makers.picture(["red", "green", "blue"][place], place))
    assert frames[0].source == "shelf"


def test_who_reads_late_and_meets_a_broken_picture_again_has_seen_no_whole_round(tmp_path):
    good, bad = makers.save_picture(tmp_path / "a.png", "red"), tmp_path / "b.png"
    bad.write_bytes(b"\x89PNG broken")
    camera = ImageCamera("shelf", [bad, good], fps=100)
    camera.open()
    found = []
    for _ in range(30):
        time.sleep(0.02)  # two pictures further on
        found.append(camera.read(0.0))
    camera.close()
    # the broken one again and again, and it was not said that none can be read
    assert found.count(None) > len([bad, good])
    assert all(
        np.array_equal(frame.rgb, makers.picture("red")) for frame in found if frame is not None
    )


def test_a_picture_that_cannot_be_read_is_passed_over(tmp_path):
    good = makers.save_picture(tmp_path / "a.png", "red")
    bad = tmp_path / "b.png"
    bad.write_bytes(b"\x89PNG broken")
    actual = {frame.index % 2 for frame in played(ImageCamera("shelf", [good, bad], fps=QUICK), 6)}
    assert actual == {0}


def test_a_file_that_shows_nothing_is_told(tmp_path):
    broken = tmp_path / "b.png"
    broken.write_bytes(b"\x89PNG broken")
    with pytest.raises(PictureUnreadable):
        played(open_file_camera(broken, fps=QUICK), 1)
    text = tmp_path / "b.mp4"
    text.write_text("no video")
    with pytest.raises(VideoUnreadable):
        played(open_file_camera(text), 1)
    with pytest.raises(PathMissing):
        played(open_file_camera(tmp_path / "gone.mp4"), 1)
    with pytest.raises(PathMissing):
        played(open_file_camera(tmp_path / "gone.png", fps=QUICK), 1)


def test_a_stretch_that_does_not_decode_is_passed_over(tmp_path):
    path = made.write_video(tmp_path / "torn.avi", 40, code="MJPG")
    data = bytearray(path.read_bytes())
    second = data.find(b"\xff\xd8\xff", len(data) // 2)
    third = data.find(b"\xff\xd8\xff", second + 3)
    data[second : third - 8] = bytes(third - 8 - second)
    path.write_bytes(bytes(data))
    frames = played(VideoCamera(path, fps=QUICK), 60)
    assert len({frame.index % 40 for frame in frames}) >= 30
    assert frames[-1].index >= 60


def test_a_video_whose_file_goes_away_is_told(tmp_path):
    path = made.write_video(tmp_path / "stick.avi", 12, code="MJPG")
    camera = VideoCamera(path, fps=QUICK)
    camera.open()
    assert camera.read(0.1) is not None
    path.unlink()
    with pytest.raises(PathMissing):  # at the end of the round it opens the file anew
        read_on(camera)
    camera.close()


def test_pictures_are_told_from_videos_by_their_ending(tmp_path):
    assert isinstance(open_file_camera(tmp_path / "A.JPG"), ImageCamera)
    assert isinstance(open_file_camera(tmp_path / "a.mov"), VideoCamera)


def test_no_pictures_are_no_camera():
    with pytest.raises(ValueError, match="no picture to play as shelf"):
        ImageCamera("shelf", [])


def test_a_grey_picture_has_three_channels(tmp_path):
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((4, 6), 90, np.uint8))
    assert played(open_file_camera(tmp_path / "grey.png", fps=QUICK), 1)[0].rgb.shape == (4, 6, 3)


UNEVEN = Timetable((0.0, 0.1, 0.5), 0.75)


def test_a_round_comes_again_and_again():
    assert [UNEVEN.get_due_s(index) for index in range(5)] == [0.0, 0.1, 0.5, 0.75, 0.85]


@pytest.mark.parametrize(
    ("at_s", "index"),
    [(0.0, 0), (0.05, 0), (0.1, 1), (0.49, 1), (0.6, 2), (0.75, 3), (7.5, 30), (7.61, 31)],
)
def test_the_newest_frame_is_the_last_one_due(at_s, index):
    assert UNEVEN.find_newest_due(at_s) == index


def test_an_even_rate_has_a_round_of_one():
    assert make_even_timetable(4).get_due_s(6) == 1.5
    assert make_even_timetable(4).find_newest_due(1.6) == 6


@pytest.mark.parametrize("fps", [0, -1, float("inf"), float("nan")])
def test_no_rate_is_refused(fps):
    with pytest.raises(ValueError, match="no rate of frames"):
        make_even_timetable(fps)


@pytest.mark.parametrize(("times", "round_s"), [((), 1.0), ((0.1,), 1.0), ((0.0, 1.0), 1.0)])
def test_a_round_that_is_none_is_refused(times, round_s):
    with pytest.raises(ValueError, match="no round"):
        Timetable(times, round_s)


def test_a_quick_reader_gets_every_frame_and_none_before_its_time():
    pace, began = PlaybackClock(make_even_timetable(200)), time.monotonic()
    found = [pace.wait_for_next(60.0) for _ in range(20)]
    assert found == sorted(found)
    assert time.monotonic() - began >= found[-1] / 200


def test_a_late_reader_skips_to_the_newest():
    moments = iter([0.0, 0.0, 0.0, 2.05, 2.05])
    pace = PlaybackClock(make_even_timetable(10), clock=lambda: next(moments))
    assert [pace.wait_for_next(1.0), pace.wait_for_next(1.0)] == [0, 20]


@pytest.mark.parametrize("held", [MOST_WAITING, 4])
def test_a_reader_that_is_a_little_late_loses_nothing(held):
    times = iter([0.0, *[0.1 * held + 0.05] * 16])
    pace = PlaybackClock(make_even_timetable(10), clock=times.__next__, n_waiting=held)
    assert [pace.wait_for_next(1.0) for _ in range(held + 1)] == list(range(held + 1))


def test_waiting_for_what_is_not_due_yet_ends():
    pace = PlaybackClock(make_even_timetable(0.01))
    assert pace.wait_for_next(0.01) == 0
    assert pace.wait_for_next(0.01) is None


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


@pytest.mark.parametrize(("source", "kind"), [
    ("http://cam/video", MjpegCamera),
    ("rtsp://tech@cam/video", RtspCamera),
    ("gige:FC01", GigeCamera),
    ("v4l2:usb-046d_C920_8A5C2B1F-video-index0", OpencvCamera),
    ("synthetic", SyntheticCamera),
    ("synthetic:640x480@15", SyntheticCamera),
])  # fmt: skip
def test_a_source_names_its_camera(source, kind):
    assert isinstance(make_camera(source), kind)


def test_files_and_folders_are_played(tmp_path):
    assert isinstance(make_camera(str(made.write_video(tmp_path / "belt.mp4", 3))), VideoCamera)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    with pytest.raises(NoPictures):
        make_camera(str(pictures))
    cv2.imwrite(str(pictures / "1.png"), np.zeros((4, 4, 3), np.uint8))
    assert isinstance(make_camera(str(pictures)), ImageCamera)


UNUSUAL = (
    "synthetic:big", "synthetic:0x0", "synthetic:320x240@0", "synthetic:99999x99999",
    f"synthetic:{'9' * 200}x1",
)  # fmt: skip


@pytest.mark.parametrize("source", ["0", "1", "", "/dev/video77", "nothing/here.mp4", *UNUSUAL])
def test_a_number_or_a_name_of_nothing_opens_no_camera(source):
    with pytest.raises(CameraRefused) as caught:
        make_camera(source)
    assert caught.value.problem == "unknown"


def test_a_camera_that_is_not_plugged_in_is_refused_when_it_is_opened():
    with pytest.raises(CameraRefused) as caught:
        make_camera("v4l2:usb-nobody-video-index0").open()
    assert caught.value.camera == "v4l2:usb-nobody-video-index0"
    assert caught.value.problem == "unknown"


def test_a_password_that_was_asked_for_goes_to_the_camera_and_not_into_its_name():
    camera = make_camera("http://tech@cam/video", "s3cret")
    assert camera._where.password == "s3cret"
    assert camera.name == "http://cam/video"
