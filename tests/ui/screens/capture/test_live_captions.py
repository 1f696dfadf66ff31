import pytest

from fieldcheck.domain.frame import Quality
from fieldcheck.domain.recording import RecordedMoment, RecordingGap
from fieldcheck.footage.camera.camera import (
    CameraCapabilities,
    CameraSettings,
    ControlRange,
    FrameFormat,
)
from fieldcheck.footage.camera.reconnect import CameraStatus
from fieldcheck.footage.live_camera import CaptureStatus
from fieldcheck.footage.recorder import DiskSpaceLeft, RecordingProgress
from fieldcheck.ui.open_cameras import CameraSession
from fieldcheck.ui.screens.capture import live_presenter as saying

LIVE = CameraStatus("live", fps=30.0, n_frames=300, frame_format=FrameFormat("jpeg", 1280, 720))


def opened(recorded=None, moments=(), lights=((0.0, ("dark",)),)):
    status = CaptureStatus("Camera 2", LIVE, "r1", recorded, (), moments)
    return CameraSession(None, "Camera 2", status, condition_log=list(lights))


def test_the_timeline_holds_light_marks_and_gaps():
    gaps = (RecordingGap(100.0, 3.0, "silence"),)
    recorded = RecordingProgress(began_ns=1, seconds=372.0, n_frames=11160, gaps=gaps)
    line = saying.build_timeline(
        opened(recorded, (RecordedMoment(131.0),), [(0.0, ("dark", "flicker")), (60.0, ())]),
        recorded,
    )
    assert (line.seconds, line.marks, line.gaps) == (372.0, (131.0,), ((100.0, 3.0),))
    expected = [(0.0, "dark, flicker"), (60.0, "–")]
    assert [(one.start_s, one.caption) for one in line.stretches] == expected
    expected = "6:09 recorded · 11,160 frames · 0 dropped · 0 skipped · 1 mark · marks at 2:11"
    assert line.summary == expected


def test_single_frames_are_told_apart_from_marks_and_each_with_its_time():
    recorded = RecordingProgress(began_ns=1, seconds=372.0, n_frames=11160)
    moments = (
        RecordedMoment(12.0, "single"),
        RecordedMoment(131.0),
        RecordedMoment(200.0, "single"),
    )
    line = saying.build_timeline(opened(recorded, moments), recorded)
    assert (line.marks, line.singles) == ((131.0,), (12.0, 200.0))
    expected = "1 mark · 2 single frames · marks at 2:11 · single frames at 0:12, 3:20"
    assert line.summary.endswith(expected)
    expected = "1 mark · 2 single frames"
    assert saying.format_recording_facts(opened(recorded, moments), recorded)[0].endswith(expected)


def test_before_a_recording_the_advice_stands_and_after_ten_minutes_it_is_enough():
    expected = ("No recording yet.", "Record eight short clips rather than one long clip.")
    assert saying.format_recording_facts(opened(), None) == expected
    recorded = RecordingProgress(began_ns=1, seconds=600.0, n_frames=18000)
    expected = "Ten minutes recorded: target reached."
    assert saying.format_recording_facts(opened(recorded), recorded)[1] == expected


@pytest.mark.parametrize(("given", "much"), [
    ({}, (False, False, False)),
    ({"mean": 20.0}, (True, False, False)),
    ({"sharpness": 2.0, "clipped_high": 0.2}, (False, True, True)),
])  # fmt: skip
def test_meters_are_above_their_limit_where_it_is_too_dark_soft_or_glaring(given, much):
    usual = {
        "mean": 120.0, "contrast": 0.0, "clipped_low": 0.0, "clipped_high": 0.0, "sharpness": 6.0,
        "noise": 0.0, "backlight": 0.0,
    }  # fmt: skip
    quality_meters = saying.list_quality_meters(Quality(**usual | given))
    actual = tuple(share > limit for _, share, limit in quality_meters)
    assert actual == much


def test_settings_say_what_the_camera_tells():
    told = CameraStatus(
        settings=CameraSettings(16.7, 12.0, None, True),
        abilities=CameraCapabilities(ControlRange(0.1, 100.0), None, True, True),
    )
    shown = saying.build_exposure_controls(told, locked=False)
    assert shown.caption == "Exposure 16.7 ms · gain 12.0 · automatic"
    assert (shown.can_expose, shown.can_auto) == (True, True)
    assert (shown.can_lock, shown.auto) == (True, True)
    expected = "This camera does not report its exposure."
    assert saying.build_exposure_controls(LIVE, False).caption == expected


def test_a_source_says_its_kind_size_and_rate():
    assert saying.format_source("v4l2", LIVE) == "USB · 1280×720 · 30 fps"
    assert saying.format_source("gige", None) == "industrial"
    sign = CameraStatus(frame_format=FrameFormat("jpeg", 640, 480))
    assert saying.format_source("network", sign) == "network · 640×480 · no frames"


def test_the_format_line_names_the_rate_and_only_pixels_leave_a_choice():
    recorded = RecordingProgress(room=DiskSpaceLeft(10**10, 800_000.0, 1000.0, "plenty"))
    said, choice = saying.format_storage(LIVE, recorded, False, 2.0)
    assert said == "Saved: camera JPEG, original bytes, every frame · 48 MB per minute"
    assert choice == ""
    decoded = CameraStatus("live", fps=30.0, frame_format=FrameFormat("bgr8", 1920, 1080, "h264"))
    said, choice = saying.format_storage(decoded, None, False, 2.0)
    assert said == "Saved: decoded from H.264, lossless, 2 frames per second"
    assert choice == "up to 112 GB in 10 min"
    assert "every frame" in saying.format_storage(decoded, None, True, 2.0)[0]
    assert saying.format_storage(CameraStatus(), None, False, 2.0) == ("", "")


def test_figures_over_the_picture():
    expected = ("Camera 2", "30.0 fps, reopened 0×", "300 frames, 0 dropped", "camera JPEG")
    assert saying.list_overlay_lines("Camera 2", LIVE) == expected
