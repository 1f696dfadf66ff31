import pytest

from fieldcheck.domain.frame import Quality
from fieldcheck.footage import messages


def quality(**given):
    return Quality(
        **{
            "mean": 100.0,
            "contrast": 0.0,
            "clipped_low": 0.0,
            "clipped_high": 0.0,
            "sharpness": 6.0,
            "noise": 0.0,
            "backlight": 0.0,
        }
        | given
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ("jpeg", "", None, 800_000.0),
            "Saved: camera JPEG, original bytes, every frame · 48 MB per minute",
        ),
        (
            ("h264", "", None, 500_000.0),
            "Saved: camera H.264, original bytes, every frame · 30 MB per minute",
        ),
        (
            ("bgr8", "h264", 2.0, 1e6),
            "Saved: decoded from H.264, lossless, 2 frames per second · 60 MB per minute",
        ),
        (
            ("bgr8", "unknown", 1.0, 0.0),
            "Saved: decoded by the driver, lossless, 1 frame per second",
        ),
        (
            ("bayer_rg12", "", 2.0, 0.0),
            "Saved: raw sensor data, Bayer RG 12 bit, lossless, 2 frames per second",
        ),
        (("yuyv8", "", None, 0.0), "Saved: raw camera pixels (YUYV8), lossless, every frame"),
        (
            ("rgb8", "file", 2.0, 0.0),
            "Saved: file played as a camera, lossless, 2 frames per second",
        ),
    ],
)
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
    assert messages.describe_brightness(quality(mean=38.2)) == "mean light 38 of 255"
    assert messages.describe_sharpness(quality(sharpness=3.0)) == "blurry"
    assert messages.describe_sharpness(quality()) == "sharp"
    assert messages.describe_glare(quality(), "0.3%") == "0.3% clipped"


def test_signal_and_return():
    assert messages.describe_no_signal(74.9) == "no signal for 1:14"
    expected = "Camera 2 reconnected. Gap: 1 s; recording continues as a new part."
    assert messages.describe_reconnected_camera("Camera 2", 0.2) == expected
