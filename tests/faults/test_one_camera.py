"""Two programs that record one camera at the same time, each into its own project."""

import pytest

from tests.footage.servers.mjpeg import MjpegServer
from tests.journeys.program import Program
from tests.journeys.test_recording_kills import folders, stored


@pytest.mark.loopback
@pytest.mark.full("one_camera")
def test_two_programs_that_record_one_camera_both_have_what_it_sent(tmp_path, counts, evidence):
    n, program = counts(ci=0, full=5), Program(tmp_path / "home")
    projects = [tmp_path / f"{name}.fieldcheck" for name in "ab"]
    for project in projects:
        program.document("new", project)
    with MjpegServer() as server:
        for _ in range(n):
            running = [
                program.start(
                    "capture", project, "--source", server.url, "--seconds", "2", "--every-frame"
                )
                for project in projects
            ]
            for process in running:
                _, said = process.communicate(timeout=120)
                assert process.returncode == 0, said
        recorded = [stored(folder) for project in projects for folder in folders(project)]
        assert all(frames and set(frames) <= set(server.sent) for frames in recorded)
    assert len(recorded) == 2 * n
    for project in projects:
        assert program.document("check", project)["ok"]
    evidence(recordings=len(recorded), frames_read=sum(map(len, recorded)))
