"""Attacks on the Python door, on its YAML and through redirects of cameras, counted: no bug, hang,
escape, leaked secret or silent loss."""

import time
from collections import Counter
from itertools import product
from textwrap import dedent
from threading import Thread

import pytest

import fieldcheck
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.footage.camera.http_stream import HttpStream, parse_address
from fieldcheck.footage.camera.network_rtsp_mjpeg import RtspCamera
from tests.api.test_project import NEW, WRONG
from tests.footage.servers.mjpeg import MjpegServer
from tests.footage.servers.rtsp import PlainRtspServer
from tests.hostile.cameras import ScriptedCamera
from tests.hostile.redirects import BEFORE, HTTP_STATUSES, PLACES, STATUSES, answer
from tests.hostile.test_scripts import ENDS, FORKS, HANG_S, ended, stands
from tests.test_safe_json_yaml import TRICKS

pytestmark = pytest.mark.loopback
SECRET = "s3cret"


class Tally:
    """What came of attacks: each is refused in a sentence, or done; the rest is counted."""

    def __init__(self):
        self.n, self.found, self.named = Counter(), Counter(), []

    def note(self, kind, name):
        self.found[kind] += 1
        self.named.append(f"{kind}: {name}")

    def refused(self, group, name, work):
        """One attack that has to be refused by the family's errors, whose words hold no secret."""
        self.n[group] += 1
        began = time.monotonic()
        try:
            work()
        except FieldcheckError as error:
            if SECRET in fieldcheck.sentence(error) + repr(error) + str(error):
                self.note("leaks", name)
        except Exception as error:  # noqa: BLE001 - whatever else comes is a bug, and is counted
            self.note("bugs", f"{name} {error!r}")
        else:
            self.note("taken", name)
        if time.monotonic() - began > HANG_S:
            self.note("hangs", name)

    def holds(self, group, name, held, kind="losses"):
        self.n[group] += 1
        if not held:
            self.note(kind, name)


def misuse(tally, project, tmp_path):
    before = project.labels()
    for method, all_wrong in WRONG.items():
        for wrong in all_wrong:
            given = (tmp_path,) if method == "import_footage" else ()
            tally.refused(
                "arguments",
                f"{method} {wrong}",
                lambda m=method, g=given, w=wrong: getattr(project, m)(*g, **w),
            )
    for wrong in NEW:
        place = {"path": tmp_path / "new", **wrong}
        tally.refused("arguments", f"new {wrong}", lambda p=place: fieldcheck.Project.new(**p))
    tally.holds("arguments", "labels after misuse", project.labels() == before)


def act(tally, project, frames, by, errors):
    try:
        for frame in frames:
            project.label(frame, "red", by=by)
    except FieldcheckError as error:
        errors.append(error)
    except Exception as error:  # noqa: BLE001 - counted
        tally.note("bugs", f"thread {error!r}")


def act_in_threads(tally, project, meanwhile):
    """Eight threads label; returns the errors that they met."""
    frames, errors = [one.frame_id for one in project.labels().labels], []
    threads = [
        Thread(target=act, args=(tally, project, frames[at::8], f"thread {at}", errors))
        for at in range(8)
    ]
    for thread in threads:
        thread.start()
    meanwhile()
    for thread in threads:
        thread.join(HANG_S)
        tally.holds("threads", "a thread", not thread.is_alive(), "hangs")
    return errors


def share(tally, project):
    """Threads label; one closes while others go on, and then each method says it is closed."""
    n = len(project.labels().labels)
    tally.holds("threads", "no error", act_in_threads(tally, project, bool) == [])
    by = [one.by.partition(" ")[0] for one in project.labels().labels]
    tally.holds("threads", "labels of all threads", by == ["thread"] * n)
    act_in_threads(tally, project, project.close)
    for name in ("labels", "undo", "run", "report", "pick"):
        tally.refused("closed", name, getattr(project, name))


def write_yaml(tally, path, tmp_path):
    with fieldcheck.Project.open(path) as project:
        for at, (name, text) in enumerate(TRICKS.items()):
            folder = tmp_path / f"yaml{at}"
            folder.mkdir()
            (folder / "data.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
            tally.refused("yaml", name, lambda f=folder: project.import_labels(f, format="yolo"))
            tally.refused(
                "yaml",
                f"{name} as benchmark",
                lambda f=folder: fieldcheck.Project.new(f"{f}.fieldcheck", benchmark=f),
            )


def redirect_http(tally, some):
    for status, place in some(list(product(HTTP_STATUSES, PLACES))):
        with MjpegServer() as other:
            there = other.url.split("/")[2]
            own = []
            script = lambda s=status, p=place, t=there, o=own: [  # noqa: E731
                f"HTTP/1.1 {s} Found\r\nLocation: {PLACES[p](t, o[0])}\r\n\r\n".encode()
            ]
            with ScriptedCamera(script, 0.0) as camera:
                own.append(camera.url.split("/")[2].rpartition("@")[2])
                stream = HttpStream(parse_address(camera.url))
                tally.refused("http", f"{status} {place}", stream.open)
            tally.holds("http", f"{status} {place}", other.asked == [], "escapes")


def redirect_rtsp(tally, some):
    for status, before in some(list(product(STATUSES, ["", *BEFORE]))):
        with PlainRtspServer() as other:
            said = answer(STATUSES[status], f"{other.url}?token={SECRET}", BEFORE.get(before, b""))
            with PlainRtspServer({"OPTIONS": said}) as server:
                camera = RtspCamera(parse_address(server.url.replace("//", f"//tech:{SECRET}@")))
                tally.refused("rtsp", f"{status} {before}", camera.open)
                camera.close()
            tally.holds("rtsp", f"{status} {before}", other.asked == [], "escapes")


@pytest.mark.full("attacks_scripts")
def test_attacks_on_scripts_end_in_a_sentence(labelled, tmp_path, terminal, counts, evidence):
    tally, path = Tally(), labelled.path
    labelled.close()
    n_redirects, n_scripts = counts(ci=2, full=200), counts(ci=1, full=20)
    project = fieldcheck.Project.open(path)
    misuse(tally, project, tmp_path)
    share(tally, project)
    write_yaml(tally, path, tmp_path)
    redirect_http(tally, lambda every: every[:n_redirects])
    redirect_rtsp(tally, lambda every: every[:n_redirects])
    for name, code in [*list(ENDS.items())[:n_scripts], *list(FORKS.items())[:n_scripts]]:
        forked = name in FORKS
        done = ended(f"{code}\n" if not forked else _then_label(code), path)
        tally.holds(
            "scripts",
            f"{name}: {done.stderr[-300:]}",
            ("SystemError" in done.stderr) if "SystemError" in code else not done.stderr,
            "bugs",
        )
        tally.holds("scripts", name, stands(path))
    tally.holds("end", "check", terminal.document("check", path)["ok"])
    assert tally.named == []
    nothing = dict.fromkeys(("bugs", "hangs", "escapes", "leaks", "losses", "taken"), 0)
    evidence(n=sum(tally.n.values()), **tally.n, **nothing)
    assert sum(tally.n.values()) >= 100


def _then_label(code):
    return f"{dedent(code)}\nproject.label(frame, 'red', by='Kim')"
