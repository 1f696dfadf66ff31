"""Real cameras on loopback, recorded by the program as a user starts it, while they are killed,
paused, slowed and started again."""

import json
import os
import signal
import time

import pytest

from fieldcheck.footage.recording_container import RecordingReader
from tests.footage.coded_stream import netcam  # noqa: F401 - a fixture
from tests.footage.faulty import wait_for
from tests.footage.servers import processes
from tests.footage.servers.mjpeg import MjpegServer
from tests.footage.servers.processes import GigeCamera as FakeCamera
from tests.footage.servers.processes import RtspServer

pytestmark = pytest.mark.loopback
GUARD_S = 120.0


@pytest.fixture
def project(program, tmp_path):
    path = tmp_path / "line4.fieldcheck"
    program.document("new", path)
    return path


def frames_on_disk(project):
    """How many bytes of frames the recordings of a project hold so far."""
    return sum(path.stat().st_size for path in (project / "recordings").rglob("*.frames"))


def interrupted(process):
    """The document of a capture that is ended with Ctrl-C."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=GUARD_S)
    assert process.returncode == 130, err
    return json.loads(out)


def stored(project, document):
    """The bytes of every stored frame."""
    with RecordingReader(project / "recordings" / document["recording_id"]) as reader:
        return [reader.read_raw(index).encoded for index in range(len(reader))]


def grows(project):
    """Waits until more is stored."""
    before = frames_on_disk(project)
    wait_for(lambda: frames_on_disk(project) > before)


def test_every_mjpeg_byte_stored_is_the_byte_that_was_sent(program, project):
    with MjpegServer(fps=30) as server:
        document = program.document("capture", project, "--source", server.url, "--seconds", "3")
        sent = list(server.sent)
    frames = stored(project, document)
    first = sent.index(frames[0])
    assert frames == sent[first : first + len(frames)]
    assert len(frames) == document["n_frames"] > 30
    assert document["gaps"] == []


@pytest.mark.long
def test_an_mjpeg_camera_killed_paused_and_slowed_is_recorded_on_with_gaps(program, project):
    with MjpegServer(fps=30) as server:
        process = program.start("capture", project, "--source", server.url, "--json")
        wait_for(lambda: frames_on_disk(project) > 0)
        grows(project)
        server.kill()
        time.sleep(1.0)
        server.start()
        grows(project)
        server.pause()
        wait_for(lambda: len(server.asked) >= 3)  # it was opened anew, because it said nothing
        server.resume()
        grows(project)
        server.fps = 5
        grows(project)
        document = interrupted(process)
        sent = list(server.sent)
    frames = stored(project, document)
    assert [gap["cause"] for gap in document["gaps"]][:2] == ["read_error", "silence"]
    assert all(gap["seconds"] > 0 for gap in document["gaps"])
    places = {jpeg: at for at, jpeg in enumerate(sent)}
    at = [places[jpeg] for jpeg in frames]  # a frame with one byte that was not sent is not found
    assert at == sorted(at)
    assert len(set(at)) == len(at) == document["n_frames"]


@pytest.mark.long
def test_an_rtsp_camera_that_is_killed_and_paused_is_recorded_on_and_says_decoded(program, project):
    processes.needs_gstreamer()
    with RtspServer() as server:
        process = program.start(
            "capture", project, "--source", server.url, "--every-frame", "--json"
        )
        wait_for(lambda: frames_on_disk(project) > 0)
        grows(project)
        server.kill()
        time.sleep(0.5)
        server.start()
        grows(project)
        server.pause()
        time.sleep(4.0)  # two seconds of patience of the driver, and a little
        server.resume()
        grows(project)
        document = interrupted(process)
    assert "h264" in document["stored_as"]
    assert len(document["gaps"]) >= 2
    assert {gap["cause"] for gap in document["gaps"]} <= {"read_error", "silence", "blocked"}
    with RecordingReader(project / "recordings" / document["recording_id"]) as reader:
        assert len({head.segment for head in reader.headers}) >= 3


@pytest.mark.long
def test_an_rtsp_camera_is_recorded_packet_by_packet_through_a_fault_where_the_extra_is_installed(
    program,
    project,
    netcam,  # noqa: F811
):
    processes.needs_gstreamer()
    program.environment["PYTHONPATH"] = str(netcam)
    with RtspServer() as server:
        process = program.start("capture", project, "--source", server.url, "--json")
        wait_for(lambda: frames_on_disk(project) > 0)
        grows(project)
        server.kill()
        time.sleep(0.5)
        server.start()
        grows(project)
        document = interrupted(process)
    assert document["stored_as"] == "h264"
    assert [gap["cause"] for gap in document["gaps"]] == ["read_error"]
    assert document["n_listed"] > 0
    del program.environment["PYTHONPATH"]  # such a recording opens where the extra is not installed
    assert program.document("pick", project, "--count", "1")["n_listed"] == document["n_listed"]
    assert program.document("check", project)["ok"]
    with RecordingReader(project / "recordings" / document["recording_id"]) as reader:
        assert {reader.read_raw(index).width for index in range(len(reader))} == {320}
        assert len({head.segment for head in reader.headers}) == 2


@pytest.mark.long
def test_an_industrial_camera_that_is_paused_and_killed_is_recorded_on(program, project):
    processes.needs_aravis()
    program.environment["FIELDCHECK_GIGE_INTERFACE"] = "lo"
    with FakeCamera() as camera:
        source = f"gige:{camera.serial}"
        process = program.start("capture", project, "--source", source, "--every-frame", "--json")
        wait_for(lambda: frames_on_disk(project) > 0)
        grows(project)
        camera.kill()
        time.sleep(1.0)
        camera.start()
        grows(project)
        document = interrupted(process)
    assert document["source"] == source
    assert document["gaps"]
    with RecordingReader(project / "recordings" / document["recording_id"]) as reader:
        assert reader.read_raw(0).format == "mono8"
        assert len({head.segment for head in reader.headers}) >= 2


@pytest.mark.long
@pytest.mark.parametrize("kind", ["mjpeg", "rtsp"])
def test_no_password_is_found_in_project_log_report_or_output(program, project, tmp_path, kind):
    if kind == "rtsp":
        processes.needs_gstreamer()
    secret = "s3cretWord"
    server = (
        MjpegServer(user="tech", password=secret, scheme="digest")
        if kind == "mjpeg"
        else RtspServer("tech", secret)
    )
    said = []
    with server:
        secret_url = server.secret_url() if kind == "mjpeg" else server.secret_url
        named = secret_url.replace(f":{secret}", "")
        program.environment["FIELDCHECK_CAMERA_PASSWORD"] = secret
        said.append(program("capture", project, "--source", named, "--seconds", "1", "--json"))
        del program.environment["FIELDCHECK_CAMERA_PASSWORD"]
        said.append(program("capture", project, "--source", secret_url, "--seconds", "1"))
    said.append(program("report", project, "--json"))
    assert [one.code for one in said] == [0, 0, 0]
    assert not [one for one in said if secret in one.out + one.err]
    holding = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    ]
    home = program.environment["FIELDCHECK_HOME"]
    holding += [
        os.path.join(folder, name)
        for folder, _, names in os.walk(home)
        for name in names
        if holds(os.path.join(folder, name), secret)
    ]
    assert holding == []


def holds(path, secret):
    with open(path, "rb") as file:
        return secret.encode() in file.read()
