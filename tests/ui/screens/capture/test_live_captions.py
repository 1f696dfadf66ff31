import re

import pytest

from fieldcheck.domain.frame import Quality
from fieldcheck.domain.recording import RecordedMoment, RecordingGap
from fieldcheck.footage.camera.camera import FrameFormat
from fieldcheck.footage.camera.exposure_control import (
    CameraCapabilities,
    CameraSettings,
    ControlRange,
)
from fieldcheck.footage.camera.reconnect import CameraStatus
from fieldcheck.footage.clips_and_scene_cuts import plan_for_clips
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
    assert saying.format_recording_facts(opened(recorded, moments), recorded).endswith(expected)


def test_before_a_recording_there_are_no_facts():
    assert saying.format_recording_facts(opened(), None) == ""


def test_conditions_say_since_when_they_are_so_and_that_none_is_chosen():
    assert saying.format_condition_time(opened()) == "since 0:00"
    changed = opened(lights=[(0.0, ()), (300.0, ("dark",))])
    assert saying.format_condition_time(changed) == "since 5:00"
    assert saying.format_condition_time(opened(lights=[(0.0, ())])) == "none chosen"


@pytest.mark.parametrize(("clips", "tone", "title"), [
    (0, "none", "No clips yet"),
    (1, "warn", "Record 2 more clips"),
    (2, "warn", "Record 1 more clip"),
    (3, "ok", "Enough clips: 3"),
    (13, "ok", "Enough clips: 13"),
])  # fmt: skip
def test_the_light_says_whether_clips_are_enough_by_tone_word_and_number(clips, tone, title):
    light = saying.build_clip_light(clips)
    assert (light.tone, light.title, light.clips) == (tone, title, clips)
    assert [number for number, _ in light.marks] == [3, 12, 20]
    assert ("this footage only" in light.sentence) == (clips < 3)


def test_the_interval_of_the_light_is_that_of_the_plan():
    plan = plan_for_clips(5, 100)
    points = f"±{100 * plan.half_width:.0f} pp"
    assert points in saying.build_clip_light(5).sentence
    widths = [
        float(re.search(r"±(\d+)", text)[1]) for _, text in saying.build_clip_light(5).marks[1:]
    ]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(("given", "much"), [
    ({}, (False, False, False)),
    ({"mean": 20.0}, (True, False, False)),
    ({"sharpness": 2.0, "clipped_high": 0.2}, (False, True, True)),
])  # fmt: skip
def test_meters_are_beyond_their_limit_where_it_is_too_dark_soft_or_glaring(given, much):
    usual = {
        "mean": 120.0, "contrast": 0.0, "clipped_low": 0.0, "clipped_high": 0.0, "sharpness": 6.0,
        "noise": 0.0, "backlight": 0.0,
    }  # fmt: skip
    quality_meters = saying.list_quality_meters(Quality(**usual | given))
    (_, light, least), (_, sharp, softest), (_, clipped, most) = quality_meters
    assert (light < least, sharp < softest, clipped > most) == much
    assert ("dark" in quality_meters[0][0]) == much[0]


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
