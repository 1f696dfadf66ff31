"""Videos that end, hold up or mislead the decoder: one sentence, and the program goes on."""

import pytest

from fieldcheck.errors.files import VideoUnreadable
from fieldcheck.footage.video.reader import VideoReader, read_video_info
from tests import makers
from tests.hostile import videos
from tests.programs import run_python

DECODE = (
    "import cv2, sys\nc = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG, [])\nwhile "
    "c.grab():\n    c.retrieve()\nc.release()"
)


def test_uncompressed_video_still_ends_the_decoder(tmp_path):
    """When OpenCV has mended it, this says so, and the trial of that kind may go."""
    path = videos.raw_avi(tmp_path / "raw.avi")
    actual = run_python("-c", DECODE, path, text=False).returncode
    assert actual != 0


@pytest.mark.parametrize(("width", "height"), [(48, 48)])
def test_a_video_that_ends_the_decoder_is_one_sentence(terminal, tmp_path, width, height):
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project)
    videos.raw_avi(tmp_path / "raw.avi", width, height)
    assert "raw.avi" in terminal.refusal("import", project, tmp_path / "raw.avi")
    film = tmp_path / "raw.avi"
    assert "raw.avi" in terminal.refusal("capture", project, "--source", film, "--seconds", "1")
    assert terminal.document("check", project)["ok"]


def test_it_keeps_no_other_video_from_coming_in(terminal, tmp_path):
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project)
    good = makers.video(tmp_path / "good.avi", makers.cycle(20))
    outcome = terminal("import", project, videos.raw_avi(tmp_path / "raw.avi"), good)
    assert outcome.code == 1
    assert "good.avi" in outcome.out + outcome.err


def test_a_kind_that_is_not_decoded_every_day_is_read_once_it_stood_the_trial(tmp_path):
    path = videos.raw_avi(tmp_path / "yuy2.avi", bits=16, code=b"YUY2")
    with VideoReader(path, 1e9) as reader:
        assert len(list(reader.read_listed(0, 100))) == 5


def test_av1_is_told_by_its_name(terminal, tmp_path):
    path = videos.av1_mp4(tmp_path / "new.mp4")
    with pytest.raises(VideoUnreadable) as refused:
        read_video_info(path)
    assert (refused.value.problem, refused.value.detail) == ("no_decoder", "AV1")
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project)
    assert ": no decoder for AV1. Nothing was added." in terminal.refusal("import", project, path)
