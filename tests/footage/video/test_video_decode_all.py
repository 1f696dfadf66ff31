import subprocess
import sys

from fieldcheck.footage.video import index
from tests import makers


def test_a_video_that_is_decoded_to_its_end_says_so_and_one_that_is_refused_too(
    tmp_path, monkeypatch
):
    monkeypatch.setenv(index.UNDER_TRIAL, "1")
    good = makers.video(tmp_path / "a.avi", makers.cycle(5))
    (tmp_path / "b.ts").write_bytes(b"no video")
    for path in (good, tmp_path / "b.ts"):
        child = [sys.executable, "-m", "fieldcheck.footage.video.decode_all", str(path), "60"]
        actual = subprocess.run(child, capture_output=True, text=True, check=True).stdout.strip()
        assert actual == index.DONE
