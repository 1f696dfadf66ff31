import json
import os
import shutil
import subprocess
import sys
import venv
from importlib.metadata import files, requires
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from fieldcheck.analyses.blocks import Table
from fieldcheck.analyses.latency import (
    build_device_section,
    compute_device_accuracy,
    list_device_lines,
)
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import NoFootage
from fieldcheck.errors.models import ModelRejected, RunnerResultRefused
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.store import mark_person
from fieldcheck.latency import bench_runner, frame_timing
from fieldcheck.latency.device_predictions import load_device_predictions, unpack_output
from fieldcheck.latency.device_runner import MOST_FRAMES, PROGRAM, export_runner, import_result
from fieldcheck.latency.latency_run import KIND, load_latency
from fieldcheck.models.compare import compare_models
from fieldcheck.models.decoders.yolo import decode_grid
from fieldcheck.models.quantise import write_int8_model
from fieldcheck.models.scored_sides import load_benchmark_side, load_field_side
from fieldcheck.models.session import open_model
from fieldcheck.models.store import add_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as facts_table
from tests import makers
from tests.makers import NOW, picture

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
    result = {**json.loads(path.read_text()), **other}
    path.write_text(json.dumps(result))
    return path


def sealed(path, exported, **other):
    """The same, sealed anew: by somebody who holds the folder, and has its secret."""
    secret = json.loads((exported.folder / "runner.json").read_text())["secret"]
    result = json.loads(changed(path, **other).read_text())
    return changed(path, digest=bench_runner.compute_digest(result, secret))


def refusal(project, path):
    with pytest.raises(RunnerResultRefused) as error:
        import_result(project, path, NOW)
    return error.value.problem


@pytest.mark.long
def test_the_folder_runs_where_there_is_only_onnxruntime_and_numpy_and_its_result_is_taken_in(
    bare, labelled, tmp_path
):
    exported = export_runner(labelled, tmp_path / "line", None, None, NullProgress(), NOW)
    assert (exported.n_field, exported.n_benchmark, len(exported.files)) == (20, 18, 5)
    path = ran(bare, exported, tmp_path / "bench.json", "--fps", "30")
    found = import_result(labelled, path, NOW)
    assert tuple(found.stages) == ("read", "normalise", "forward")
    assert found.fps == 30
    # one after the other they come by the hundred; a computer with other work lets some wait, then
    # hurry
    assert found.throughput_fps < 60
    assert "onnxruntime" in found.machine["runtime"]
    assert found.late.n == found.n
    assert load_latency(labelled).to_json() == found.to_json()
    model = labelled.read(facts_table.get_newest_model)
    device = load_device_predictions(labelled, model)
    own = {
        **load_field_side(labelled, model).answers,
        **{
            make_benchmark_subject(name): answer
            for name, answer in load_benchmark_side(labelled, model).answers.items()
        },
    }
    assert len(device.predictions) == 38
    for name, prediction in device.predictions.items():
        assert np.abs(prediction.answer - own[name].answer).max() <= 1e-4
    accuracy = compute_device_accuracy(labelled)
    assert accuracy.artefact.sha256 == model.sha256
    assert to_json_value(accuracy.latency) == to_json_value(found.total)
    assert (accuracy.n, accuracy.n_left_out, accuracy.changed) == (20, 0, ())
    assert (accuracy.field.change.value, accuracy.benchmark.n) == (0, 18)
    assert accuracy.field.before == load_field_side(labelled, model).scores.footage


@pytest.mark.long
def test_an_int8_engine_changes_the_score_as_a_direct_comparison_says(labelled, tmp_path, quick):
    exported = export_runner(labelled, tmp_path / "line", None, None, NullProgress(), NOW)
    other = makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0))
    card = get_card(labelled.read(facts_table.get_newest_model))
    frames = [picture(colour, 1) for colour in ("red", "green", "blue")]
    engine = tmp_path / "int8.onnx"
    write_int8_model(open_model(other), card, frames, engine)
    path = tmp_path / "bench.json"
    bench_runner.main(
        ["--seconds", "0.3", "--out", str(path), "--engine", str(engine)], exported.folder
    )
    import_result(labelled, path, NOW)
    found = compute_device_accuracy(labelled)
    assert (found.artefact.file, found.artefact.sha256) == (
        "int8.onnx", bench_runner.compute_sha256(engine),
    )  # fmt: skip
    assert found.artefact.sha256[:12] in load_latency(labelled).machine["artefact"]
    engine.with_suffix(".card.json").write_bytes(other.with_suffix(".card.json").read_bytes())
    add_model(labelled, engine, None, now=NOW)
    direct = compare_models(labelled, "net", "int8", NullProgress(), NOW)
    assert direct.flips
    assert (found.field.change, found.field.cameras) == (direct.table.change, direct.cameras)
    assert (found.field.before, found.field.after) == direct.scores
    flipped = {frame.frame_id for frame in found.changed if frame.correct in ("computer", "device")}
    assert flipped == {flip.frame_id for flip in direct.flips}
    (table,) = [block for block in build_device_section(found).blocks
                if isinstance(block, Table) and block.heads[0].text == "Frame"]  # fmt: skip
    assert [row[0].text for row in table.rows] == [frame.frame_id for frame in found.changed]
    lines = " ".join(list_device_lines(found))
    assert f"Prediction changed on {len(found.changed)} of 20 frames" in lines
    assert f"SHA-256 {found.artefact.sha256[:12]}" in lines


@pytest.mark.long
def test_what_was_ended_at_any_byte_is_gone_on_with(labelled, tmp_path):
    exported = export_runner(labelled, tmp_path / "line", None, None, NullProgress(), NOW)
    told = json.loads((exported.folder / "runner.json").read_text())
    pictures = np.load(exported.folder / "frames.npy")
    engine = bench_runner.open_engine(exported.folder / told["model_file"], 1, None)
    part, header, asked = tmp_path / "bench.part.jsonl", {"key": told["key"]}, []

    class Counting:
        def run(self, names, feed):
            asked.append(names)
            return engine.run(names, feed)

    def outputs():
        rows = bench_runner.predict_frames(Counting(), told, pictures, part, header)
        return [(row["id"], row["outputs"]) for row in rows]

    first = outputs()
    whole = part.read_bytes()
    for at in (0, 1, len(whole) // 3, len(whole) // 2, len(whole) - 1, len(whole)):
        part.write_bytes(whole[:at])
        asked.clear()
        assert outputs() == first
        there = max(0, whole[:at].count(b"\n") - 1)
        assert len(asked) == len(first) - there - (at == len(whole) - 1)
        asked.clear()
        outputs()
        assert asked == []
    header["artefact"] = "another engine"
    outputs()
    assert len(asked) == len(first)


@pytest.mark.long
def test_a_result_that_was_altered_or_lacks_predictions_is_refused(labelled, tmp_path, quick):
    exported = export_runner(labelled, tmp_path / "line", None, None, NullProgress(), NOW)
    path = result_of(exported, tmp_path / "bench.json")
    whole = json.loads(path.read_text())
    rows = whole["predictions"]
    cut = {**rows[0], "outputs": [{**rows[0]["outputs"][0], "shape": [1, 4]}]}
    assert refusal(labelled, changed(path, fps=12.0)) == "tampered"
    for problem, other in {
        "frames": {"predictions": rows[1:]},
        "field": {"predictions": [cut, *rows[1:]]},
    }.items():
        path.write_text(json.dumps(whole))
        assert refusal(labelled, sealed(path, exported, **other)) == problem
    path.write_text(json.dumps({**whole, "manifest_sha256": "0" * 64}))
    assert refusal(labelled, sealed(path, exported)) == "frames"
    assert compute_device_accuracy(labelled) is None
    digest = bench_runner.compute_digest(whole, "00" * 8)
    path.write_text(json.dumps({**whole, "digest": digest}))
    assert refusal(labelled, path) == "tampered"


@pytest.mark.long
def test_a_result_of_the_first_version_is_taken_in_as_before(labelled, tmp_path, quick):
    exported = export_runner(labelled, tmp_path / "line", None, None, NullProgress(), NOW)
    path = result_of(exported, tmp_path / "bench.json")
    result = {**json.loads(path.read_text()), "version": 1}
    model = labelled.read(facts_table.get_newest_model)
    about = "latency_runner", model.sha256, model.card_sha256, result["key"]
    stored = labelled.read(lambda db: facts_table.get_newest_fact(db, *about))
    early = {name: stored[name] for name in ("source", "answers")}
    labelled.write(lambda db: facts_table.put_fact(db, *about, early, NOW)).result()
    for name in ("manifest_sha256", "artefact", "predictions", "digest"):
        del result[name]
    path.write_text(json.dumps(result))
    assert import_result(labelled, path, NOW).n > 0
    assert compute_device_accuracy(labelled) is None
    result["answers"][0][0]["figures"][0] += 1.0
    path.write_text(json.dumps(result))
    assert refusal(labelled, path) == "answers"


@pytest.mark.long
def test_boxes_come_back_as_they_are_here_and_masks_are_not_asked_for(
    made_boxed, pointed, tmp_path, quick
):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        exported = export_runner(project, tmp_path / "line", None, None, NullProgress(), NOW)
        import_result(project, result_of(exported, tmp_path / "bench.json"), NOW)
        model = project.read(facts_table.get_newest_model)
        own = load_field_side(project, model).answers
        device = load_device_predictions(project, model).predictions
        assert len(device) == exported.n_field == 12
        assert sum(len(prediction.answer) for prediction in device.values())
        for name, prediction in device.items():
            assert np.abs(prediction.answer - own[name].answer).max(initial=0) <= 1e-4
        assert compute_device_accuracy(project).metric == "frame_score"
    exported = export_runner(pointed, tmp_path / "masks", None, None, NullProgress(), NOW)
    assert (exported.n_field, exported.n_benchmark) == (0, 0)


def test_frames_with_a_marked_person_are_not_asked_about_unless_told_to(labelled, tmp_path):
    marked = labelled.read(labels_table.list_picks)[0].frame_id
    mark_person(labelled, [marked], marked=True, annotator="tester")
    without, with_them = (
        export_runner(
            labelled, tmp_path / str(people), None, None, NullProgress(), NOW, with_people=people
        )
        for people in (False, True)
    )
    assert (without.n_field, with_them.n_field) == (19, 20)
    assert marked not in (without.folder / "runner.json").read_text()


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


@pytest.mark.long
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
        assert refusal(footed, sealed(path, exported, **other)) == problem
    assert footed.read(lambda db: facts_table.list_facts(db, KIND)) == ()
    path.write_text(whole)
    assert import_result(footed, path, NOW).n > 0


@pytest.mark.long
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
        assert refusal(footed, sealed(path, exported, **other)) == "field", other
    with pytest.raises(PathMissing):
        import_result(footed, tmp_path / "gone.json", NOW)


@pytest.mark.long
def test_a_device_without_heat_or_energy_is_imported(footed, exported, tmp_path, quick):
    path = result_of(exported, tmp_path / "bench.json")
    untold = dict.fromkeys(("governor", "mhz", "celsius", "joules", "waited_s"))
    found = import_result(
        footed, sealed(path, exported, states=[[0.0, untold], [1.0, untold]]), NOW
    )
    assert (found.after.celsius, found.after.governor, found.joules_per_frame) == (None, None, None)


def test_a_model_that_takes_integers_cannot_be_fed_there(footed, monkeypatch, tmp_path):
    monkeypatch.setattr("fieldcheck.latency.device_runner.FLOATS", {})
    with pytest.raises(ModelRejected) as error:
        export_runner(footed, tmp_path / "new", None, None, NullProgress(), NOW)
    assert error.value.problem == "runner"
    assert not (tmp_path / "new").exists()


@pytest.mark.long
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
        "outputs": ["y"], "n_answers": 3, "n_frames": 5, "questions": [], "quiet": None,
        "output_shapes": [[1, 3]], "secret": "00" * 16,
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


def test_candidates_that_no_decoder_reads_are_left_out_of_a_grid():
    rng = np.random.default_rng(2)
    raw = np.concatenate([rng.random((1, 4, 900)) * 32, rng.random((1, 3, 900)) ** 24], axis=1)
    raw = raw.astype(np.float32)
    quiet = {"floor": 0.05, "channels": 7, "first": 4, "last": 7}
    packed, whole = bench_runner.pack_output(raw, quiet), bench_runner.pack_output(raw, None)
    assert len(packed["data"]) < len(whole["data"]) / 2
    found, expected = (
        decode_grid(unpack_output(one)[0], 3, 0.05, "yolo") for one in (packed, whole)
    )
    assert len(expected.scores) > 100
    for name in ("xyxy", "scores", "classes"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))


def test_eight_bit_tensors_and_colours_last_are_fed_and_read_by_their_scale():
    details = {"quantization": (0.5, -3), "dtype": np.int8}
    value = np.array([-1000.0, -0.5, 0.0, 0.7, 1000.0], np.float32)
    steps = bench_runner.quantise(value, details)
    assert steps.tolist() == [-128, -4, -3, -2, 127]
    assert bench_runner.dequantise(steps, details).tolist() == [-62.5, -0.5, 0.0, 0.5, 65.0]
    assert bench_runner.arrange_axes(np.zeros((1, 3, 4, 5)), (1, 4, 5, 3)).shape == (1, 4, 5, 3)
    with pytest.raises(SystemExit, match="the engine takes"):
        bench_runner.arrange_axes(np.zeros((1, 3, 4, 5)), (1, 8, 8, 3))
    boxes, scores = np.zeros((1, 9, 4)), np.ones((1, 9))
    came = bench_runner.arrange_outputs([scores, boxes], [[1, -1, 4], [1, -1]])
    assert [one.shape for one in came] == [(1, 9, 4), (1, 9)]
    with pytest.raises(SystemExit, match="outputs"):
        bench_runner.arrange_outputs([scores], [[1, -1, 4]])


def test_an_engine_that_is_none_or_has_no_runtime_here_is_named(tmp_path):
    (tmp_path / "net.plan").write_bytes(b"engine")
    for name, text in (("net.txt", "no engine file"), ("net.plan", "requires tensorrt")):
        with pytest.raises(SystemExit, match=text):
            bench_runner.open_engine(tmp_path / name, 1, None)
    model = makers.tiny_model(tmp_path / "net.onnx")
    with pytest.raises(SystemExit, match="no provider AzureExecutionProvider"):
        bench_runner.open_engine(model, 1, "AzureExecutionProvider")
