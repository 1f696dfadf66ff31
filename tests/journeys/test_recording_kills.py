"""A recording whose process is killed without warning: everything up to the last second is there,
and the next command takes it in."""

import random
import time

import pytest

from fieldcheck.footage.recording_container import RecordingReader
from tests.footage.servers.mjpeg import MjpegServer

GUARD_S = 120.0
BEFORE_S = 1.0  # what came in the last second may be lost


def folders(project):
    return {path for path in (project / "recordings").iterdir() if list(path.glob("*.frames"))}


def killed_recording(program, project, server, seconds):
    """Kills a recording after so many seconds of it; returns its folder, and the frames that a
    second before had been sent."""
    known = folders(project)
    process = program.start("capture", project, "--source", server.url, "--seconds", "600")
    until = time.monotonic() + GUARD_S
    while not any(
        path.stat().st_size
        for folder in folders(project) - known
        for path in folder.glob("*.frames")
    ):
        assert time.monotonic() < until, "it did not begin to record"
        assert process.poll() is None, "it ended by itself"
        time.sleep(0.01)
    time.sleep(seconds)
    sent = list(server.sent)
    time.sleep(BEFORE_S)
    process.kill()
    process.communicate()
    (folder,) = folders(project) - known
    return folder, sent


def stored(folder):
    """Every frame of a recording, each of which can be read."""
    with RecordingReader(folder) as reader:
        return [reader.read_raw(index).encoded for index in range(len(reader))]


@pytest.mark.long
@pytest.mark.loopback
def test_check_recovers_a_killed_recording_before_it_reports_an_unfinished_file(program, tmp_path):
    project = tmp_path / "killed.fieldcheck"
    program.document("new", project)
    with MjpegServer() as server:
        folder, _ = killed_recording(program, project, server, 0.0)
    assert list(folder.glob("*.part")), "nothing was left unfinished"
    assert program.document("check", project)["problems"] == []
    assert not list(folder.glob("*.part"))
    assert program.document("pick", project, "--count", "1")["n_listed"] > 0


@pytest.mark.long
@pytest.mark.loopback
@pytest.mark.full("kills_while_recording")
def test_a_killed_recording_has_every_frame_up_to_a_second(program, tmp_path, counts, evidence):
    project = tmp_path / "killed.fieldcheck"
    program.document("new", project)
    moments, n, n_frames = random.Random(17), counts(ci=2, full=20), 0
    with MjpegServer() as server:
        for _ in range(n):
            folder, sent = killed_recording(program, project, server, moments.uniform(0.0, 3.0))
            frames = stored(folder)
            first = sent.index(frames[0])
            assert frames[: len(sent) - first] == sent[first:]
            assert frames == server.sent[first : first + len(frames)]
            n_frames += len(frames)
    picked = program.document("pick", project, "--count", "5")
    assert picked["n_listed"] > n
    assert program.document("check", project)["ok"]
    evidence(kills=n, frames_read=n_frames, frames_lost_before_the_last_second=0)
