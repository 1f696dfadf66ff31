import pytest

from fieldcheck.domain.frame import Quality
from fieldcheck.domain.recording import CONDITIONS, RecordingGap, RecordingStorage
from fieldcheck.errors import message_format
from fieldcheck.footage import messages
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n import language

JPEG = RecordingStorage("a", 120_000_000, 3, 1, "jpeg", "", False, "asked")


def test_the_format_line_says_exactly_what_is_stored():
    expected = "original camera H.264 packets: 60 MB per minute"
    assert messages.format_stored_format("h264", "", False, 2, 1e6) == expected
    expected = "original camera JPEGs: 180 MB per minute"
    assert messages.format_stored_format("jpeg", "", False, 2, 3e6) == expected
    expected = "raw pixels (bayer_rg8), lossless, sampled at 2 fps"
    assert messages.format_stored_format("bayer_rg8", "", True, 2, 0) == expected
    expected = "decoded, lossless (bgr8)"
    assert messages.format_stored_format("bgr8", "h264", True, 0.5, 1e5).startswith(expected)
    assert "decoded" not in messages.format_stored_format("rgb8", "file", False, 2, 0)


def test_a_recording_is_told_with_all_that_was_missing():
    lines = messages.list_capture_lines(
        "http://camera/", 372.4, 11_160, 744, JPEG,
        [RecordingGap(61.2, 2.25, "silence"), RecordingGap(90, 3, "odd")], 2.0,
    )  # fmt: skip
    assert lines == (
        "http://camera/: 6:12 recorded; 11,160 frames saved, 744 sampled",
        "Saved: original camera JPEGs: 19 MB per minute",
        "Frames dropped by the camera: 3; skipped by this computer: 1.",
        "Gap of 2.3 s from 1:01: no image received.",
        "Gap of 3.0 s from 1:30: unknown cause.",
    )


def test_a_recording_without_faults_is_told_in_two_lines():
    storage = RecordingStorage("a", 5, None, 0, "jpeg", "", False, "asked")
    lines = messages.list_capture_lines("left", 0.0, 1, 1, storage, [], 2.0)
    expected = ("left: 0:00 recorded; 1 frame saved, 1 sampled", "Saved: original camera JPEGs")
    assert lines == expected


def test_drops_that_no_camera_counted_are_not_called_none():
    storage = RecordingStorage("a", 5, None, 4, "jpeg", "", False, "asked")
    lines = messages.list_capture_lines("left", 0.0, 1, 1, storage, [], 2.0)
    assert lines[2] == "Frames dropped by the camera: not measured; skipped by this computer: 4."


@pytest.mark.parametrize("code", ["disk_low", "disk_full", "failed", "killed"])
def test_an_end_that_nobody_asked_for_is_told_with_what_is_safe(code):
    storage = RecordingStorage("a", 5, 0, 0, "jpeg", "", False, code)
    said = messages.list_capture_lines("left", 1, 1, 1, storage, [], 2.0)[-1]
    assert said == messages.describe_recording_end(code)
    assert messages.describe_recording_end("asked") == ""


@pytest.mark.parametrize("code", ["read_error", "silence", "blocked", "frozen", "format"])
def test_every_cause_has_words_of_its_own(code):
    assert messages.get_gap_cause(code) != messages.get_gap_cause("unknown")


def test_it_is_told_in_german_too():
    with language.use_language("de"):
        assert "MB je Minute" in messages.format_stored_format("jpeg", "", False, 2, 3e6)


def test_the_list_says_how_many_and_that_none_was_opened():
    assert messages.describe_camera_list(1, "") == "1 camera found. It was not opened."
    assert messages.describe_camera_list(3, "") == "3 cameras found. None was opened."
    assert messages.describe_camera_list(0, "").startswith("No camera found. Connect a camera")
    with message_format.use_audience("terminal"):
        expected = "install the extra “gige” (`pip install fieldcheck[gige]`)."
        assert messages.describe_camera_list(2, "extra_missing").endswith(expected)
    said = messages.describe_camera_list(2, "unfinished")
    assert said.endswith("None was opened. " + messages.describe_missing_search("unfinished"))
    assert "incomplete" in messages.describe_missing_search("unfinished")


def test_a_camera_is_told_with_what_opens_it():
    said = messages.format_camera_line(
        "HD Pro Webcam C920", "v4l2:usb-C920", "/dev/video2", busy=False
    )
    assert said == "HD Pro Webcam C920: --source v4l2:usb-C920 (now at /dev/video2)"
    expected = " (in use by another program)"
    assert messages.format_camera_line("C", "i", "p", busy=True).endswith(expected)


def test_a_terminal_asks_for_the_password():
    assert messages.get_password_prompt() == "Camera password"


def test_every_condition_has_words_of_its_own():
    assert len({get_condition_name(code) for code in CONDITIONS}) == len(CONDITIONS)
    assert get_condition_name("dirty_lens") == "dirty lens"


def test_a_code_that_is_not_known_stands_for_itself():
    assert get_condition_name("fog") == "fog"


def quality(**given):
    return Quality(
        **{
            "mean": 100.0, "contrast": 0.0, "clipped_low": 0.0, "clipped_high": 0.0,
            "sharpness": 6.0, "noise": 0.0, "backlight": 0.0,
        }
        | given
    )  # fmt: skip


@pytest.mark.parametrize(("given", "said"), [
    (("jpeg", "", None, 800_000.0),
     "Saved: camera JPEG, original bytes, every frame · 48 MB per minute"),
    (("h264", "", None, 500_000.0),
     "Saved: camera H.264, original bytes, every frame · 30 MB per minute"),
    (("bgr8", "h264", 2.0, 1e6),
     "Saved: decoded from H.264, lossless, 2 frames per second · 60 MB per minute"),
    (("bgr8", "unknown", 1.0, 0.0),
     "Saved: decoded by the driver, lossless, 1 frame per second"),
    (("bayer_rg12", "", 2.0, 0.0),
     "Saved: raw sensor data, Bayer RG 12 bit, lossless, 2 frames per second"),
    (("yuyv8", "", None, 0.0), "Saved: raw camera pixels (YUYV8), lossless, every frame"),
    (("rgb8", "file", 2.0, 0.0),
     "Saved: file played as a camera, lossless, 2 frames per second"),
])  # fmt: skip
def test_the_line_says_exactly_what_is_stored(given, said):
    assert messages.describe_stored_stream(*given) == said


def test_every_frame_names_its_price():
    assert messages.describe_full_data_rate(1920 * 1080 * 3 * 30) == "up to 112 GB in 10 min"


@pytest.mark.parametrize("cause", ["read_error", "silence", "blocked", "frozen", "something new"])
def test_a_lost_camera_is_named_with_what_is_safe_and_what_to_do(cause):
    said = messages.describe_lost_camera(cause, "Camera 2", "14:31:52", "6:12")
    assert "Camera 2" in said
    assert "14:31:52" in said
    assert "recorded so far (6:12) is safe." in said
    assert "recording continues automatically" in said
    expected = "No recording was running. Check"
    assert expected in messages.describe_lost_camera(cause, "Camera 2", "14:31:52", "")


@pytest.mark.parametrize("why", ["disk_low", "disk_full", "failed"])
def test_a_recording_that_ended_by_itself_says_what_is_safe(why):
    assert "recorded so far (6:12) is safe." in messages.describe_recording_stop(why, "6:12")


def test_little_room_is_told_in_minutes_and_never_below_zero():
    assert messages.describe_low_disk(4.7, "6:12").startswith("About 4 min of recording left")
    assert messages.describe_low_disk(-3, "6:12").startswith("About 0 min")


def test_dropped_and_skipped_are_two_words():
    expected = ("6:12 recorded", "11,160 frames", "3 dropped", "1 skipped", "2 marks")
    assert messages.list_recording_facts("6:12", 11160, 3, 1, 2) == expected


def test_meters_have_words():
    assert messages.describe_brightness(quality(mean=38.2)) == "38 of 255, dark"
    assert messages.describe_brightness(quality(mean=49.4)) == "49 of 255, dark"
    assert messages.describe_brightness(quality(mean=50.0)) == "50 of 255"
    assert messages.describe_sharpness(quality(sharpness=3.0)) == "blurry"
    assert messages.describe_sharpness(quality()) == "sharp"


def test_signal_and_return():
    assert messages.describe_no_signal(74.9) == "no signal for 1:14"
    expected = (
        "Camera 2 reconnected after 1 s without images. Recording continues in a new segment."
    )
    assert messages.describe_reconnected_camera("Camera 2", 0.2) == expected
