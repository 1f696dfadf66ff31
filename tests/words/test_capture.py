import pytest

from fieldcheck.domain.captured import Captured, RecordingGap
from fieldcheck.words import capture, language, remedies

JPEG = Captured("a", 120_000_000, 3, 1, "jpeg", "", False, "asked")


def test_the_format_line_says_exactly_what_is_stored():
    assert capture.kept("h264", "", False, 2, 1e6) == "the camera's own H.264 packets, untouched: 60 MB a minute"
    assert capture.kept("jpeg", "", False, 2, 3e6) == "the camera's own JPEGs, untouched: 180 MB a minute"
    assert capture.kept("bayer_rg8", "", True, 2, 0) == "pixels as delivered (bayer_rg8), stored without loss, 2 frames a second of them"
    assert capture.kept("bgr8", "h264", True, 0.5, 1e5).startswith("decoded, then stored without loss (bgr8), 0.5 frames a second")
    assert "decoded" not in capture.kept("rgb8", "file", False, 2, 0)


def test_a_recording_is_told_with_all_that_was_missing():
    lines = capture.captured(
        "http://camera/", 372.4, 11_160, 744, JPEG, [RecordingGap(61.2, 2.25, "silence"), RecordingGap(90, 3, "odd")], 2.0
    )
    assert lines == (
        "http://camera/: 6:12 recorded; 11160 frames stored, 744 listed",
        "Stored: the camera's own JPEGs, untouched: 19 MB a minute",
        "3 dropped by the camera, 1 skipped by this computer.",
        "Nothing from 1:01 on, for 2.3 s: no picture came.",
        "Nothing from 1:30 on, for 3.0 s: the cause is not known.",
    )


def test_a_recording_without_faults_is_told_in_two_lines():
    lines = capture.captured("left", 0.0, 1, 1, Captured("a", 5, None, 0, "jpeg", "", False, "asked"), [], 2.0)
    assert lines == ("left: 0:00 recorded; 1 frame stored, 1 listed", "Stored: the camera's own JPEGs, untouched")


@pytest.mark.parametrize("code", ["disk_low", "disk_full", "failed", "killed"])
def test_an_end_that_nobody_asked_for_is_told_with_what_is_safe(code):
    said = capture.captured("left", 1, 1, 1, Captured("a", 5, 0, 0, "jpeg", "", False, code), [], 2.0)[-1]
    assert said == capture.ended(code)
    assert capture.ended("asked") == ""


@pytest.mark.parametrize("code", ["read_error", "silence", "blocked", "frozen", "format"])
def test_every_cause_has_words_of_its_own(code):
    assert capture.cause(code) != capture.cause("unknown")


def test_it_is_told_in_german_too():
    with language.spoken("de"):
        assert "MB pro Minute" in capture.kept("jpeg", "", False, 2, 3e6)


def test_the_list_says_how_many_and_that_none_was_opened():
    assert capture.listed(1, "") == "1 camera. It was not opened."
    assert capture.listed(3, "") == "3 cameras. None was opened."
    assert capture.listed(0, "").startswith("No camera found. Plug one in")
    with remedies.told_by("terminal"):
        assert capture.listed(2, "extra_missing").endswith("adds them (`pip install fieldcheck[gige]`).")
    assert capture.listed(2, "unfinished").endswith("None was opened. " + capture.not_looked_for("unfinished"))
    assert "not finished" in capture.not_looked_for("unfinished")


def test_a_camera_is_told_with_what_opens_it():
    said = capture.line("HD Pro Webcam C920", "v4l2:usb-C920", "/dev/video2", busy=False)
    assert said == "HD Pro Webcam C920: --source v4l2:usb-C920 (now at /dev/video2)"
    assert capture.line("C", "i", "p", busy=True).endswith(", in use by another program")


def test_a_terminal_asks_for_the_password():
    assert capture.password_wanted() == "Password of the camera"
