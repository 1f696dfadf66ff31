import json
import os
import subprocess
import sys
import venv
from importlib.metadata import files, requires
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import NoFootage
from fieldcheck.errors.models import ModelRejected, RunnerResultRefused
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.store import mark_person
from fieldcheck.latency import bench_runner, frame_timing
from fieldcheck.latency.device_runner import MOST_FRAMES, PROGRAM, export_runner, import_result
from fieldcheck.latency.latency_run import KIND, load_latency
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as facts_table
from tests import makers
from tests.makers import NOW

NEEDED = ("onnxruntime", "numpy")
FORBIDDEN = (
    "import importlib.util as u; print([m for m in "
    "('cv2','fieldcheck','onnx','PIL','scipy','PySide6') if u.find_spec(m)])"
)


@pytest.fixture
def quick(monkeypatch):
    """Without the wait for a device to warm up, which the one run in a bare environment has."""
    for module in (bench_runner, frame_timing):
        monkeypatch.setattr(module, "WARM_UP_S", 0.1)


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Path:
    """Python of a virtual environment that has onnxruntime and numpy, what onnxruntime needs of
    Python, and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    place = next(folder.rglob("site-packages"))
    wanted, taken = [*NEEDED], set()
    while wanted:
        name = wanted.pop()
        if name in taken:
            continue
        taken.add(name)
        wanted += [
            one.split(";")[0].split("<")[0].split(">")[0].split("=")[0].strip()
            for one in requires(name) or ()
            if "extra ==" not in one
        ]
        for top in {
            file.parts[0] for file in files(name) or () if file.parts[0] not in ("..", "bin")
        }:
            source = Path(find_spec("numpy").origin).parent.parent / top
            if source.exists() and not (place / top).exists():
                (place / top).symlink_to(source)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    seen = subprocess.run(
        [python, "-I", "-c", FORBIDDEN], capture_output=True, text=True, check=True
    )
    assert seen.stdout.strip() == "[]", "the environment is not bare"
    return python


@pytest.fixture
def exported(footed, tmp_path):
    return export_runner(footed, tmp_path / "for the line", None, None, NullProgress(), NOW)


def ran(python, exported, into, *options):
    """The result as the folder's own program writes it, with nothing of the product in reach."""
    command = [
        str(python), "-I", str(exported.folder / PROGRAM), "--seconds", "1", "--threads", "1",
        "--out", str(into), *options,
    ]  # fmt: skip
    run = subprocess.run(
        command, cwd="/", capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return into


def result_of(exported, into):
    """The result, measured here, in less time."""
    bench_runner.main(["--seconds", "0.3", "--out", str(into)], exported.folder)
    return into


def changed(path, **other):
    """The result with other fields."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **other}))
    return path


def refusal(project, path):
    with pytest.raises(RunnerResultRefused) as error:
        import_result(project, path, NOW)
    return error.value.problem


def test_the_folder_runs_where_there_is_only_onnxruntime_and_numpy_and_its_result_is_taken_in(
    bare, footed, exported, tmp_path
):
    found = import_result(footed, ran(bare, exported, tmp_path / "bench.json", "--fps", "30"), NOW)
    assert tuple(found.stages) == ("read", "normalise", "forward")
    assert found.fps == 30
    # one after the other they come by the hundred; a computer with other work lets some wait, then
    # hurry
    assert found.throughput_fps < 60
    assert "onnxruntime" in found.machine["runtime"]
    assert found.late.n == found.n
    assert load_latency(footed).to_json() == found.to_json()


def test_the_folder_is_small_and_names_its_files_by_hash(exported):
    assert 1 <= exported.n <= MOST_FRAMES
    assert exported.megabytes < 70
    told = json.loads((exported.folder / "runner.json").read_text())
    assert set(told["files"]) == {"frames.npy", told["model_file"]}
    assert {
        one.relative_to(exported.folder).as_posix()
        for one in exported.folder.rglob("*")
        if one.is_file()
    } == set(exported.files)


def test_a_file_that_was_changed_on_the_way_is_refused_there(exported, tmp_path):
    with (exported.folder / "frames.npy").open("ab") as frames:
        frames.write(b"more")
    run = subprocess.run(
        [sys.executable, exported.folder / PROGRAM, "--out", tmp_path / "bench.json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "not the files that were exported: frames.npy" in run.stderr
    assert not (tmp_path / "bench.json").exists()


def test_a_folder_that_holds_something_is_left_alone(footed, exported):
    with pytest.raises(PathOccupied):
        export_runner(footed, exported.folder, None, None, NullProgress(), NOW)


def test_altered_answers_another_model_or_project_are_refused(footed, exported, tmp_path, quick):
    path = result_of(exported, tmp_path / "bench.json")
    whole = path.read_text()
    answers = json.loads(whole)["answers"]
    answers[0][0]["figures"][0] *= 1 + 2e-4
    answers[0][0]["figures"][0] += 2e-4
    cases = {
        "answers": {"answers": answers}, "other_model": {"model_sha256": "0" * 64},
        "other_card": {"card_sha256": "0" * 64}, "unknown": {"key": "0" * 16},
    }  # fmt: skip
    for problem, other in cases.items():
        path.write_text(whole)
        assert refusal(footed, changed(path, **other)) == problem
    assert footed.read(lambda db: facts_table.list_facts(db, KIND)) == ()
    path.write_text(whole)
    assert import_result(footed, path, NOW).n > 0


def test_cut_json_and_figures_that_no_clock_gives_are_refused(footed, exported, tmp_path, quick):
    path = result_of(exported, tmp_path / "bench.json")
    whole = path.read_text()
    path.write_text(whole[: len(whole) // 2])
    assert refusal(footed, path) == "not_json"
    path.write_text("[1]")
    assert refusal(footed, path) == "field"
    found = json.loads(whole)
    for other in (
        {"begun_s": found["begun_s"][::-1]}, {"begun_s": found["begun_s"][:-1]},
        {"stages_ms": {**found["stages_ms"], "forward": [-1.0] * len(found["begun_s"])}},
        {"stages_ms": {"forward": found["stages_ms"]["forward"]}},
        {"states": [[0.0, {"celsius": "hot"}]]}, {"states": [[0.0, {"wings": 2}]]},
        {"states": [[0.0, {"governor": "\u202eslow"}]]}, {"states": [[0.0, 5]]},
        {"states": [[None, {}]]},
        {"stages_ms": {**found["stages_ms"], "forward": [1e300] * len(found["begun_s"])}},
        {"begun_s": [*found["begun_s"][:-1], 1e300]},
        {"memory": {**found["memory"], "peak_mb": None}}, {"states": []}, {"memory": {}},
        {"machine": "mine"}, {"fps": True}, {"busy": -1}, {"version": 99},
    ):  # fmt: skip
        path.write_text(whole)
        assert refusal(footed, changed(path, **other)) == "field", other
    with pytest.raises(PathMissing):
        import_result(footed, tmp_path / "gone.json", NOW)


def test_a_device_without_heat_or_energy_is_imported(footed, exported, tmp_path, quick):
    path = result_of(exported, tmp_path / "bench.json")
    untold = dict.fromkeys(("governor", "mhz", "celsius", "joules", "waited_s"))
    found = import_result(footed, changed(path, states=[[0.0, untold], [1.0, untold]]), NOW)
    assert (found.after.celsius, found.after.governor, found.joules_per_frame) == (None, None, None)


def test_a_model_that_takes_integers_cannot_be_fed_there(footed, monkeypatch, tmp_path):
    monkeypatch.setattr("fieldcheck.latency.device_runner.FLOATS", {})
    with pytest.raises(ModelRejected) as error:
        export_runner(footed, tmp_path / "new", None, None, NullProgress(), NOW)
    assert error.value.problem == "runner"
    assert not (tmp_path / "new").exists()


def test_footage_with_a_marked_person_leaves_for_no_device_unasked(footed, exported, tmp_path):
    listed = [line.frame for line in footed.read(list_sampling_lines)]
    mark_person(footed, [listed[1].frame_id], marked=True, annotator="tester")
    found = export_runner(footed, tmp_path / "without", None, None, NullProgress(), NOW)
    assert found.n_people == listed[2].source_index - listed[0].source_index - 1
    whole, without = (np.load(folder / "frames.npy") for folder in (exported.folder, found.folder))
    marked = whole[
        [at for at in range(len(whole)) if listed[0].source_index < at + 1 < listed[2].source_index]
    ]
    assert len(marked)
    assert not any((picture == other).all() for picture in marked for other in without)
    actual = export_runner(
        footed, tmp_path / "with", None, None, NullProgress(), NOW, with_people=True
    ).n_people
    assert actual == 0
    mark_person(footed, [frame.frame_id for frame in listed], marked=True, annotator="tester")
    with pytest.raises(NoFootage):
        export_runner(footed, tmp_path / "none", None, None, NullProgress(), NOW)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder as it is exported, of a tiny model."""
    monkeypatch.setattr(bench_runner, "WARM_UP_S", 0.1)
    model = makers.tiny_model(tmp_path / "net.onnx")
    asked = ort.InferenceSession(str(model)).get_inputs()[0]
    np.save(
        tmp_path / "frames.npy", np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    )
    told = {
        "key": "0" * 16, "model_sha256": "a", "card_sha256": "b", "model_file": "net.onnx",
        "input": asked.name, "type": asked.type,
        "layout": "NCHW", "shape": [3, 32, 32], "batch": 1, "without_batch": False,
        "offset": [0.0] * 3, "factor": [1 / 255] * 3,
        "outputs": ["y"], "n_answers": 3,
        "files": {name: bench_runner.compute_sha256(tmp_path / name) for name in ("net.onnx",
        "frames.npy")},
    }  # fmt: skip
    (tmp_path / "runner.json").write_text(json.dumps(told))
    return tmp_path


def test_it_times_every_frame_and_writes_its_answers(folder):
    out = folder / "bench.json"
    assert bench_runner.main(["--seconds", "0.2", "--fps", "200", "--out", str(out)], folder) == 0
    found = json.loads(out.read_text())
    assert len(found["begun_s"]) == len(found["stages_ms"]["forward"]) > bench_runner.WARM_UP_FRAMES
    assert (len(found["answers"]), found["answers"][0][0]["shape"]) == (3, [1, 3])
    assert found["begun_s"] == sorted(found["begun_s"])


def test_a_file_that_is_another_is_refused(folder):
    (folder / "net.onnx").write_bytes(b"other")
    with pytest.raises(SystemExit, match=r"net\.onnx"):
        bench_runner.main(["--seconds", "0.2"], folder)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_a_tensor_is_filled_as_its_layout_wants_it(layout):
    picture = np.random.default_rng(1).integers(0, 256, (4, 6, 3), np.uint8)
    tensor = np.zeros((3, 4, 6) if layout == "NCHW" else (4, 6, 3), np.float32)
    bench_runner.fill_tensor(
        tensor, picture, {"layout": layout, "offset": [1.0, 2.0, 3.0], "factor": [0.5, 1.0, 2.0]}
    )
    planes = tensor if layout == "NCHW" else tensor.transpose(2, 0, 1)
    assert np.allclose(planes[2], (picture[..., 2] - 3.0) * 2.0)


def test_figures_are_spread_over_an_array_and_those_that_are_none_stay_so():
    some = bench_runner.sample_values(np.arange(10_000.0))
    assert (len(some), some[0], some[-1]) == (bench_runner.SHOWN, 0.0, 9999.0)
    assert bench_runner.sample_values(np.array([1.0, np.nan, np.inf])) == [1.0, None, None]
    assert bench_runner.sample_values(np.zeros(0)) == []
