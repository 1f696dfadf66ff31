"""Models whose loops and sizes are counted by pixels: the trial refuses them, or a run ends by its
limit, and Ctrl-C reaches it. Models with weights in files of their own, which belong to the
project, its packs and its hashes like the model itself."""

import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.models import ModelRejected
from fieldcheck.evidence.open_pack import unpack_project
from fieldcheck.evidence.project_check import check_project
from fieldcheck.models import session
from fieldcheck.models.providers import ModelRunner
from fieldcheck.progress import NullProgress
from fieldcheck.report.evidence_pack import verify_pack
from tests import makers, packs
from tests.hostile import models
from tests.hostile.told import MOST_S, Unhindered
from tests.journeys.program import Program

LIMIT_S = 0.5


@pytest.fixture
def model(tmp_path):
    return models.counted_by_a_pixel(tmp_path / "net.onnx")


@pytest.fixture
def bright(tmp_path):
    """A benchmark of three bright pictures; `dark` has three that the loop does not count."""
    for at, colour in enumerate(("red", "green", "blue")):
        for name, value in (("bright", 255), ("dark", 60)):
            folder = tmp_path / name / colour
            folder.mkdir(parents=True)
            pixels = np.zeros((32, 32, 3), np.uint8)
            pixels[..., 2 - at] = value
            assert cv2.imwrite(str(folder / "1.png"), pixels)
    return tmp_path / "bright"


def commands(model, folder, project):
    """The commands by which a picture reaches a model first, each as its arguments."""
    check = ("model", "check", model, "--labelled", folder)
    return [("try", model, folder / "red" / "1.png"), ("run", project, "--on", "benchmark"), check]


def test_a_dark_picture_is_answered(terminal, model, bright):
    document = terminal.document("try", model, bright.parent / "dark" / "red" / "1.png")
    (picture,) = document["pictures"]
    assert picture["answers"][0]["class"] == "red"


@pytest.mark.long
def test_a_run_without_end_is_told_with_its_limit(terminal, model, bright, tmp_path, monkeypatch):
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project, "--model", model)
    terminal.document("benchmark", "set", project, bright.parent / "dark")
    terminal.document("run", project, "--on", "benchmark")
    terminal.document("benchmark", "set", project, bright)
    monkeypatch.setattr(session, "RUN_SECONDS", LIMIT_S)
    # beside others it may take long to be given its half second
    monkeypatch.setattr(session, "BUSY_FACTOR", 1000)
    for arguments in commands(model, bright, project):
        with Unhindered() as took:
            expected = f"timed out in the test run ({LIMIT_S:g} s). Nothing was changed."
            assert expected in terminal.refusal(*arguments)
        assert took.seconds < MOST_S, arguments[0]


@pytest.mark.long
def test_what_does_not_end_while_batches_are_measured_is_not_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(session, "RUN_SECONDS", LIMIT_S)
    monkeypatch.setattr(session, "BUSY_FACTOR", 1000)
    path = models.counted_by_a_pixel(tmp_path / "net.onnx", batch=None, half=1.0)
    with pytest.raises(ModelRejected) as refused:
        ModelRunner(session.open_model(path), parse_card(makers.COLOUR_CARD))
    assert refused.value.problem == "time"


@pytest.mark.long
@pytest.mark.parametrize("gigabytes", [0.05, 6, 12])
def test_sizes_that_pixels_count_are_refused_by_the_trial(terminal, tmp_path, gigabytes):
    """A model under a kilobyte that took six gigabytes for a white picture; one of 0.05 does so
    where no scale is given."""
    path = models.sized_by_a_pixel(tmp_path / "net.onnx", gigabytes)
    assert path.stat().st_size < 1200
    expected = "requires more memory than this computer has"
    assert expected in terminal.refusal("new", tmp_path / "p.fieldcheck", "--model", path)
    assert not (tmp_path / "p.fieldcheck").exists()


@pytest.mark.long
def test_sizes_that_no_trial_shows_end_at_the_memory_that_models_may_take(terminal, tmp_path):
    path = models.sized_by_a_pixel(tmp_path / "net.onnx", 16, by="coloured")
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project, "--model", path)
    expected = "requires more memory than this computer has"
    assert expected in terminal.refusal("try", path, models.bright_picture(tmp_path / "red.png"))


def children_of(pid):
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def burnt(process):
    """Seconds of processor time of a process and of its children that are at work."""
    ticks = 0
    for pid in (process.pid, *children_of(process.pid)):
        with suppress(FileNotFoundError, ProcessLookupError):
            figures = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(figures[11]) + int(figures[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def holds_open(process, path):
    with suppress(FileNotFoundError):
        return str(path) in [os.readlink(one) for one in Path(f"/proc/{process.pid}/fd").iterdir()]
    return False


# of processor time: more than any of the commands needs before its first picture is in the loop
STARTED_S = 6.0


@pytest.fixture
def endless(terminal, model, bright, tmp_path):
    """What does not end, by the command; each with a project of bright footage and a bright
    benchmark, whose model waits for its first."""
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project)
    (tmp_path / "day").mkdir()
    for at, colour in enumerate(("red", "green", "blue")):
        shutil.copyfile(bright / colour / "1.png", tmp_path / "day" / f"{at}.png")
    terminal.document("import", project, tmp_path / "day")
    terminal.document("model", "set", project, model)
    terminal.document("benchmark", "set", project, bright)
    with_model = tmp_path / "q.fieldcheck"
    terminal.document("new", with_model, "--model", model)
    return {
        "quantise": ("model", "quantise", project, "net"),
        "run": ("run", project, "--on", "benchmark"),
        "import": ("import", with_model, tmp_path / "day"),
        "try": ("try", model, bright / "red" / "1.png"),
        "model check": ("model", "check", model, "--labelled", bright),
        "run --on footage": ("run", project, "--on", "footage"),
        "stress": ("stress", project, "--on", "benchmark"),
        "embed": ("embed", project),
        "pick": ("pick", project, "--count", "2"),
        "probe": ("probe", project),
    }


def of_children_s():
    """Processor time of all processes that this one has started and seen the end of."""
    used = os.times()
    return used.children_user + used.children_system


@pytest.mark.long
@pytest.mark.full("hostile_loops")
@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(),
    reason="says how much a process has computed on Linux only",
)
def test_ctrl_c_reaches_a_run_that_does_not_end(endless, tmp_path, counts, evidence):
    """Whichever command shows the model its first picture, in this process or in a child."""
    program, took = Program(tmp_path / "home"), {}
    for name, words in list(endless.items())[: counts(ci=1, full=len(endless))]:
        process = program.start(*words)
        while burnt(process) < STARTED_S:
            assert process.poll() is None, (name, process.communicate())
            time.sleep(0.05)
        spent = burnt(process) + of_children_s()
        with Unhindered() as waited:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=120)
        took[name] = round(max(waited.seconds, of_children_s() - spent), 2)
        kept = "run the same command to continue." in err
        wanted = (130, "", words[0] in ("run", "import", "stress", "embed", "pick", "probe"))
        assert (process.returncode, out, kept) == wanted, (name, err)
        assert kept or err == "", name
    assert max(took.values()) < MOST_S
    evidence(seconds=took)


@pytest.mark.long
@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="says what a process has open on Linux only"
)
def test_ctrl_c_reaches_who_waits_for_a_project(model, tmp_path):
    """Another process has it; a command waits a little before it says so."""
    program, project = Program(tmp_path / "home"), tmp_path / "p.fieldcheck"
    with makers.empty_project(project):
        process = program.start("limits", project, "--tolerance", "0.1")
        while not holds_open(process, project / "lock"):
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        with Unhindered() as took:
            out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "")
    assert took.seconds < MOST_S


@pytest.mark.long
@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="tells the children of a process on Linux only"
)
def test_ctrl_c_reaches_a_first_try_in_a_child(tmp_path):
    """The file does not even open: its child is ended, and nothing is said of the file."""
    program, path = Program(tmp_path / "home"), models.endless_on_zeros(tmp_path / "net.onnx")
    process = program.start("try", path, models.bright_picture(tmp_path / "white.png"))
    while not children_of(process.pid):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    with Unhindered() as took:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "")
    assert took.seconds < MOST_S


WEIGHTS = "models/net/parts/w.bin"


@pytest.fixture
def project(terminal, tmp_path):
    """A project whose model keeps its weights in `parts/w.bin`."""
    (tmp_path / "theirs").mkdir()
    model = models.with_weights_in(tmp_path / "theirs" / "net.onnx", "parts/w.bin")
    terminal.document("new", tmp_path / "p.fieldcheck", "--model", model)
    makers.picture_folder(tmp_path / "day", makers.cycle(12))
    terminal.document("import", tmp_path / "p.fieldcheck", tmp_path / "day")
    return tmp_path / "p.fieldcheck"


def problems(project, repair=False):
    check = check_project(project, repair, NullProgress())
    return [(one.kind, one.where) for one in check.problems]


def change(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.long
def test_check_finds_nothing_wrong_and_names_weights_that_changed_or_are_gone(project):
    assert problems(project) == []
    whole = (project / WEIGHTS).read_bytes()
    change(project / WEIGHTS)
    assert problems(project) == [("changed_file", "models/net/net.onnx")]
    (project / WEIGHTS).unlink()
    assert problems(project) == [("missing_file", WEIGHTS)]
    (project / WEIGHTS).write_bytes(whole)
    assert problems(project) == []


def test_a_model_that_lies_elsewhere_in_the_project_is_put_back_whole(project):
    (project / "models" / "net").rename(project / "models" / "moved")
    assert check_project(project, True, NullProgress()).is_resolved
    assert problems(project) == []
    shutil.copytree(project / "models" / "net", project / "models" / "copy")
    (project / WEIGHTS).unlink()
    assert check_project(project, True, NullProgress()).is_resolved
    assert problems(project) == []


@pytest.mark.long
def test_a_pack_holds_the_weights_and_unpacks_to_a_model_that_runs(terminal, project, tmp_path):
    pack = tmp_path / "line.fcpack"
    terminal.document("pack", project, pack)
    assert verify_pack(pack, NullProgress()).ok
    unpacked = unpack_project(pack, tmp_path / "q.fieldcheck", NullProgress())
    assert (unpacked / WEIGHTS).read_bytes() == (project / WEIGHTS).read_bytes()
    assert problems(unpacked) == [] or {kind for kind, _ in problems(unpacked)} == {"missing_file"}
    assert all(not where.startswith("models/") for _, where in problems(unpacked))
    makers.picture_folder(tmp_path / "more", makers.cycle(8, 4))
    terminal.document("import", unpacked, tmp_path / "more")


def test_a_pack_with_other_weights_does_not_fit(terminal, project, tmp_path):
    change(project / WEIGHTS)
    terminal.document("pack", project, tmp_path / "line.fcpack")
    expected = ("models/net/net.onnx", "content")
    assert verify_pack(tmp_path / "line.fcpack", NullProgress()).first_bad == expected


def test_an_older_pack_without_weights_unpacks_and_says_so(terminal, project, tmp_path):
    terminal.document("pack", project, tmp_path / "new.fcpack")
    packs.made_again(tmp_path / "new.fcpack", tmp_path / "old.fcpack", {WEIGHTS: None})
    expected = f"Model weights are missing from the pack: {WEIGHTS}."
    assert expected in terminal.said("unpack", tmp_path / "old.fcpack", tmp_path / "q.fieldcheck")
    document = terminal.document("unpack", tmp_path / "old.fcpack", tmp_path / "r.fieldcheck")
    assert document["missing"] == [WEIGHTS]
    assert not verify_pack(tmp_path / "old.fcpack", NullProgress()).ok


@pytest.mark.long
@pytest.mark.parametrize("name", ["no\u202eno.onnx", "con.onnx", "a:b.onnx", "nul..onnx"])
def test_a_model_whose_name_no_pack_can_hold_is_stored_under_another(terminal, tmp_path, name):
    model = models.with_weights_in(tmp_path / name, "w.bin")
    terminal.document("new", tmp_path / "p.fieldcheck", "--model", model)
    terminal.document("pack", tmp_path / "p.fieldcheck", tmp_path / "line.fcpack")
    assert verify_pack(tmp_path / "line.fcpack", NullProgress()).ok


@pytest.mark.long
@pytest.mark.parametrize("name", ["con", "no\u202eno"])
def test_weights_whose_name_no_pack_can_hold_are_refused(terminal, tmp_path, name):
    path = models.with_weights_in(tmp_path / "net.onnx", name)
    said = terminal.refusal("new", tmp_path / "p.fieldcheck", "--model", path)
    assert f"whose name is not allowed in a pack ({name[:2]}" in said


def test_a_run_is_not_repeated_with_other_weights(terminal, project):
    terminal.document("run", project, "--on", "footage")
    run = terminal.document("runs", project)["runs"][0]["run_id"]
    assert terminal.document("replay", project, run)["same"]
    change(project / WEIGHTS)
    document = terminal.document("replay", project, run, code=1)
    assert [one["kind"] for one in document["differences"]] == ["model"]
