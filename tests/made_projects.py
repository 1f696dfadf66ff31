"""Projects that many tests begin from, made once for all processes of a test run, of which every
test gets a copy to change; and a database alone."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlite_utils import Database

from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.api import demo
from fieldcheck.corruptions import export, match_field
from fieldcheck.domain.label import Box
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models import session as open_model
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project import migrations
from fieldcheck.project.connection import open_for_writing
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.report.evidence_pack import PackOptions, pack_project
from tests import fits, makers, tracer, trials
from tests.faults.forking import Forking
from tests.journeys.program import Outcome, Program
from tests.programs import run_program

CONDITIONS = ("dark", "glare")
ALONE = ("unshare", "--map-root-user", "--net")  # a network of its own, without an interface


@dataclass(frozen=True)
class WalkedDemo:
    """The demo as the program walked it for the first time. `alone`: there was no network at all.
    `trace`: what it asked of the network all the same, as `tracer` reads it; None where nothing can
    be traced. Tests read it and change copies."""

    folder: Path
    outcome: Outcome
    alone: bool
    trace: Path | None

    def copy(self, folder: Path) -> Path:
        """The same in another folder."""
        for name in (demo.PROJECT_NAME, demo.HEALTHY_NAME):
            shutil.copytree(self.folder / name, folder / name)
        return folder


@pytest.fixture(scope="session")
def of_the_run(tmp_path_factory) -> Path:
    """A folder that all processes of a test run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "of-the-run"
    folder.mkdir(exist_ok=True)
    return folder


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """A folder that `make` has filled. The first process that asks makes it, the others wait."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        whole = folder.with_suffix(".whole")
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a process that broke off
            folder.mkdir()
            make(folder)
            whole.touch()
    return folder


@pytest.fixture(scope="session", autouse=True)
def trials_once(of_the_run) -> Iterator[None]:
    """The same model file is tried in a child once a run, and not once a test."""
    folder = of_the_run / "trials"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(open_model, "run_module", trials.once(open_model.run_module, folder))
        yield


@pytest.fixture(scope="session", autouse=True)
def fits_once(of_the_run) -> Iterator[None]:
    """The same footage and benchmark are fitted to each other once a run."""
    kept = of_the_run / "fits"
    kept.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patched:
        once = fits.once(match_field.fit_field, kept)
        for asking in (export, match_field):
            patched.setattr(asking, "fit_field", once)
        yield


@pytest.fixture(scope="session")
def forking(tmp_path_factory) -> Iterator[Forking]:
    """Commands as programs of their own that begin in an instant."""
    made = Forking(tmp_path_factory.mktemp("forked-home"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def walked_demo(of_the_run) -> WalkedDemo:
    """Walked once for all processes of a test run: the longest thing that tests begin from."""
    folder = made_once(of_the_run / "walked-demo", walk_demo)
    facts = json.loads((folder / "outcome.json").read_text())
    return WalkedDemo(
        folder / "demo",
        Outcome(**facts["outcome"]),
        facts["alone"],
        folder / "trace" if facts["traced"] else None,
    )


def walk_demo(folder: Path) -> None:
    alone = (
        shutil.which(ALONE[0]) is not None
        and not run_program([*ALONE, "true"], text=False).returncode
    )
    within = ALONE if alone else ()
    traced = tracer.watching_network(folder / "trace") if tracer.usable(within) else ()
    program = Program(folder / "home", (*within, *traced))
    outcome = program("demo", folder / "demo", "--headless")
    facts = {"alone": alone, "traced": bool(traced), "outcome": asdict(outcome)}
    (folder / "outcome.json").write_text(json.dumps(facts))


@pytest.fixture
def short_sample(monkeypatch) -> demo.DemoFiles:
    """The sample with its first four clips, for whoever prepares it in this process: each takes
    seconds, and other tests have them all."""
    whole = demo.get_demo_files()
    short = replace(whole, key={**whole.key, "footage": whole.key["footage"][:4]})
    monkeypatch.setattr(demo, "get_demo_files", lambda: short)
    return short


@pytest.fixture(scope="session")
def material(of_the_run) -> Path:
    """A folder with `net.onnx`, `box.onnx`, `mask.onnx`, `belt.avi` (60 s, 120 listed frames),
    `night.avi` (15 s), `clean` (18 files). Nobody changes it."""
    return made_once(of_the_run / "material", make_material)


def make_material(folder: Path) -> None:
    makers.colour_model(folder / "net.onnx")
    makers.box_model(folder / "box.onnx")
    makers.mask_model(folder / "mask.onnx")
    makers.video(folder / "belt.avi", makers.cycle(240))
    makers.video(folder / "night.avi", makers.cycle(60, start=1), seed=1)
    makers.benchmark_folder(folder / "clean", wrong=1)


@pytest.fixture(scope="session")
def made(material, of_the_run, tmp_path_factory) -> dict[str, Path]:
    """`empty` (model and benchmark), `footed` (and the belt), `drawn` (and 20 picks), `labelled`
    (and labels and runs). Copies of this process, since some tests open one to write."""
    whole = made_once(of_the_run / "made", partial(make_projects, material))
    folder = shutil.copytree(whole, tmp_path_factory.mktemp("made"), dirs_exist_ok=True)
    return {path.stem: path for path in folder.iterdir()}


def make_projects(material: Path, folder: Path) -> None:
    cases = ("empty", "footed", "drawn", "labelled")
    paths = {name: folder / f"{name}.fieldcheck" for name in cases}
    options = {"benchmark": material / "clean", "claimed": 0.95, "site": "Hall 3"}
    makers.empty_project(paths["empty"], material / "net.onnx", **options).close()
    shutil.copytree(paths["empty"], paths["footed"])
    with open_project(paths["footed"]) as project:
        footage_facts = {
            "camera": "left",
            "location": "line 1",
            "taken_at": makers.NOW,
            "conditions": CONDITIONS,
        }
        makers.add_footage(project, material / "belt.avi", **footage_facts)
    shutil.copytree(paths["footed"], paths["drawn"])
    with open_project(paths["drawn"]) as project:
        makers.draw(project, 20)
    shutil.copytree(paths["drawn"], paths["labelled"])
    with open_project(paths["labelled"]) as project:
        makers.label_all(project)
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        compare_sets(project, NullProgress(), makers.NOW)


@pytest.fixture(scope="session")
def made_pack(made, tmp_path_factory) -> Path:
    """An evidence pack of `labelled`, unsigned."""
    folder = tmp_path_factory.mktemp("packed")
    with open_project(shutil.copytree(made["labelled"], folder / "labelled.fieldcheck")) as project:
        pack = folder / "site.fcpack"
        return pack_project(project, pack, PackOptions(), NullProgress(), makers.NOW).pack


@pytest.fixture(scope="session")
def made_boxed(material, of_the_run, tmp_path_factory) -> Path:
    """A detection project with 12 picks: two boxes on the first one, nothing on the second, the
    model run, the rest to do."""
    whole = made_once(of_the_run / "boxed", partial(make_boxed, material))
    path = tmp_path_factory.mktemp("boxed") / "boxed.fieldcheck"
    return shutil.copytree(whole / path.name, path)


def make_boxed(material: Path, folder: Path) -> None:
    path = folder / "boxed.fieldcheck"
    with makers.empty_project(path, material / "box.onnx", site="Hall 4") as project:
        makers.add_footage(
            project, material / "belt.avi", camera="left", location="line 2", taken_at=makers.NOW,
            conditions=("dark",),
        )  # fmt: skip
        makers.draw(project, 12)
        first, second = (pick.frame_id for pick in project.read(picks_table.list_picks)[:2])
        boxes = (Box("part", 4, 4, 28, 20), Box("hole", 40, 10, 16, 16))
        set_label(project, first, LabelDecision(boxes=boxes), annotator="tester", now=makers.NOW)
        set_label(project, second, LabelDecision(nothing=True), annotator="tester", now=makers.NOW)
        run_and_score(project, None, "field", NullProgress(), makers.NOW)


@pytest.fixture(scope="session")
def made_pointed(material, of_the_run, tmp_path_factory) -> Path:
    """A project of masks with 20 picks that are pointed at, two of them wrongly, and the model
    run."""
    whole = made_once(of_the_run / "pointed", partial(make_pointed, material))
    path = tmp_path_factory.mktemp("pointed") / "pointed.fieldcheck"
    return shutil.copytree(whole / path.name, path)


def make_pointed(material: Path, folder: Path) -> None:
    path = folder / "pointed.fieldcheck"
    with makers.empty_project(path, material / "mask.onnx", site="Hall 5") as project:
        film = material / "belt.avi"
        makers.add_footage(project, film, camera="left", location="line 3", taken_at=makers.NOW)
        makers.draw(project, 20)
        makers.point_all(project, wrong=2)
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        compare_sets(project, NullProgress(), makers.NOW)


@pytest.fixture(scope="session")
def every_made(made, made_boxed, made_pointed) -> dict[str, Path]:
    """All of them by name."""
    return {**made, "boxed": made_boxed, "pointed": made_pointed}


@pytest.fixture
def pointed(made_pointed, tmp_path):
    with open_project(shutil.copytree(made_pointed, tmp_path / "pointed.fieldcheck")) as project:
        yield project


def _copy(made, tmp_path, name):
    with open_project(shutil.copytree(made[name], tmp_path / f"{name}.fieldcheck")) as project:
        yield project


@pytest.fixture
def empty(made, tmp_path):
    yield from _copy(made, tmp_path, "empty")


@pytest.fixture
def footed(made, tmp_path):
    yield from _copy(made, tmp_path, "footed")


@pytest.fixture
def drawn(made, tmp_path):
    yield from _copy(made, tmp_path, "drawn")


@pytest.fixture
def labelled(made, tmp_path):
    yield from _copy(made, tmp_path, "labelled")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A write connection to a database of ours, without a folder around it."""
    opened = open_for_writing(tmp_path / "alone.db", "NORMAL")
    migrations.migrate_database(opened, "0.1.0")
    yield opened
    opened.close()


@pytest.fixture
def leaky(empty, tmp_path):
    """A benchmark of six scenes, the first of which is there twice; two of them, coded or resized
    again, in a training folder of five."""
    from tests.stats.test_similarity import recoded, resized, scene

    def save(path: Path, rgb: np.ndarray) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(path), rgb[:, :, ::-1])

    for seed in range(6):
        save(tmp_path / "set" / "red" / f"{seed}.png", scene(seed))
    save(tmp_path / "set" / "green" / "0_again.png", resized(scene(0), 0.7))
    training = tmp_path / "training"
    for seed in range(20, 23):
        save(training / "deep" / f"{seed}.png", scene(seed))
    save(training / "a.jpg", recoded(scene(3), 60))
    save(training / "b.png", resized(scene(4), 1.3))
    (training / "broken.png").write_bytes(b"no picture")
    set_benchmark(empty, read_benchmark(tmp_path / "set", None, None))
    return empty
