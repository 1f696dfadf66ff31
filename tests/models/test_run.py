import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.analyses.release_gate import GateRequest, run_gate
from fieldcheck.corruptions.match_field import fit_field
from fieldcheck.corruptions.ood import OodRequest, run_ood
from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.corruptions.sweep_scores import list_evaluation_sets, run_golden_sets
from fieldcheck.errors.files import FolderGone, PathMissing, PictureUnreadable
from fieldcheck.errors.labels import NoBenchmark, NoFootage, NothingPicked
from fieldcheck.errors.models import RunUnknown
from fieldcheck.files import sha256_file
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.imaging.codec import compute_pixels_sha256, encode_png, read_image
from fieldcheck.models import replay
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.check_model import check_claim
from fieldcheck.models.decoders import plugin as decode_plugin
from fieldcheck.models.embeddings import compute_embeddings
from fieldcheck.models.evaluate import add_golden_set
from fieldcheck.models.quantise import make_quantised_model
from fieldcheck.models.run import (
    compute_benchmark_key,
    compute_picks_key,
    find_readable,
    has_missing_frame,
    iter_footage_chunks,
    run_on_set,
)
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_benchmark_side
from fieldcheck.models.store import add_model, find_model, make_model_file
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.project import get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.project.tables import runs as runs_table
from tests import makers
from tests.models import plugged


class StopsAfter(NullProgress):
    """Says stop once a piece was kept, as Ctrl-C does."""

    def __init__(self, unit):
        super().__init__()
        self.unit, self.seen = unit, False

    def report(self, done, total, unit=""):
        self.seen |= unit == self.unit

    def check(self):
        if self.seen:
            raise Cancelled


def counted(work):
    """The last count that was told, once every count was at most that."""
    progress = makers.Reports()
    work(progress)
    assert all(done <= total for done, total, _ in progress.seen)
    return progress.seen[-1][:2]


@pytest.mark.long
def test_work_that_shows_pictures_to_a_model_counts_pictures(drawn):
    """A person who waits for 5,000 pictures is not told of 157 chunks."""
    model = find_model(drawn)
    actual = counted(lambda progress: run_on_set(drawn, model, "field", progress, makers.NOW))
    assert actual == (20, 20)
    actual = counted(lambda progress: run_on_set(drawn, model, "benchmark", progress, makers.NOW))
    assert actual == (18, 18)
    actual = counted(lambda progress: compute_embeddings(drawn, "footage", progress, model))
    assert actual == (120, 120)
    wanted = SweepRequest(("dark", "jpeg"), (3.0,), ("benchmark",))
    assert counted(lambda progress: run_sweep(drawn, wanted, progress, makers.NOW)) == (36, 36)
    n = counted(lambda progress: run_ood(drawn, OodRequest(), progress, makers.NOW))
    assert n[0] == n[1] > 100


def ran(project, on, model=None):
    return run_on_set(project, find_model(project, model), on, NullProgress(), makers.NOW)


def answers(project, run):
    found = project.read(lambda db: predictions_table.get_predictions(db, run.run.run_id))
    return {name: makers.COLOURS[int(one.answer.argmax())] for name, one in found.items()}


def test_the_picks_are_answered_from_their_saved_pictures(drawn):
    found = ran(drawn, "field")
    assert (found.n, found.n_done, found.n_nan, found.resumed) == (20, 20, 0, False)
    colours = makers.cycle(240)
    answered = answers(drawn, found).items()
    assert all(said == colours[int(name.rsplit("-", 1)[1])] for name, said in answered)


def test_the_same_pixels_get_the_same_answer_from_footage_and_from_a_saved_pick(drawn):
    field, footage = ran(drawn, "field"), ran(drawn, "footage")
    stored = [
        drawn.read(lambda db, run=run: predictions_table.get_predictions(db, run.run.run_id))
        for run in (field, footage)
    ]
    assert all((one.answer == stored[1][name].answer).all() for name, one in stored[0].items())


def test_a_second_run_answers_nothing_anew(drawn):
    first, second = ran(drawn, "benchmark"), ran(drawn, "benchmark")
    assert first.run.run_id == second.run.run_id
    assert (first.resumed, second.resumed, second.n_done) == (False, True, 18)


def test_a_picture_of_the_benchmark_that_was_changed_is_answered_again_and_others_are_not(drawn):
    """The benchmark lies where it lay: nothing but the hash that was kept with the answer says that
    it is another picture."""
    first = ran(drawn, "benchmark")
    before = answers(drawn, first)
    root = get_benchmark_root(drawn, drawn.read(benchmarks_table.get_benchmark))
    run_sweep(drawn, SweepRequest(("dark",), (3.0,), ("benchmark",)), NullProgress(), makers.NOW)
    kept = (root / "green/000.png").read_bytes()
    try:
        shutil.copyfile(root / "blue/001.png", root / "green/000.png")
        # written anew and still the same
        shutil.copyfile(root / "green/001.png", root / "green/001.tmp")
        (root / "green/001.tmp").replace(root / "green/001.png")
        again = ran(drawn, "benchmark")
        assert (again.renewed, again.resumed, again.n_done) == (("green/000.png",), True, 18)
        assert answers(drawn, again) == before | {"green/000.png": "blue"}
        cell = next(
            one for one in drawn.read(predictions_table.list_all_runs) if one.recipe == "dark"
        )
        actual = drawn.read(lambda db: predictions_table.get_predicted_subjects(db, cell.run_id))
        assert "green/000.png" not in actual
        assert ran(drawn, "benchmark").renewed == ()
    finally:
        (root / "green/000.png").write_bytes(kept)


def test_the_benchmark_is_answered_by_the_paths_of_its_items(drawn):
    said = answers(drawn, ran(drawn, "benchmark"))
    assert said["green/000.png"] == "green"
    assert said["red/000.png"] == "blue"  # the one that is filed wrongly


@pytest.mark.long
def test_a_run_that_was_stopped_keeps_its_answers_and_goes_on(empty, material, tmp_path):
    benchmark = read_benchmark(makers.benchmark_folder(tmp_path / "many", each=60), None, None)
    set_benchmark(empty, benchmark)
    model = find_model(empty)
    with pytest.raises(Cancelled), makers.workers(1):
        run_on_set(empty, model, "benchmark", StopsAfter("benchmark"), makers.NOW)
    found = ran(empty, "benchmark")
    assert found.resumed
    assert (found.n, found.n_done) == (180, 180)


@pytest.mark.long
def test_footage_that_came_in_before_the_model_is_answered_by_the_run(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        folder = makers.picture_folder(tmp_path / "f", ["red", "blue"])
        makers.add_footage(project, material / "night.avi", folder)
        model = add_model(project, material / "net.onnx", None, makers.NOW)
        found = ran(project, "footage")
        assert (found.n, found.n_done, found.resumed) == (32, 32, False)
        stored = project.read(lambda db: predictions_table.get_run(db, found.run.run_id))
        actual = stored.model_sha256
        assert actual == model.sha256


@pytest.mark.long
def test_answers_to_an_import_that_was_broken_off_are_not_counted(footed, tmp_path):
    long = makers.video(tmp_path / "long.avi", makers.cycle(320), size=(240, 320))
    with pytest.raises(Cancelled), makers.workers(1):
        import_footage(footed, [long], FootageInfo(), StopsAfter("long.avi"), makers.NOW)
    found = ran(footed, "footage")
    assert (found.n, found.n_done) == (120, 120)


def test_what_cannot_be_run_is_refused(empty, material, tmp_path):
    with pytest.raises(NoFootage):
        ran(empty, "footage")
    with pytest.raises(NothingPicked):
        ran(empty, "field")
    with (
        makers.empty_project(tmp_path / "p.fieldcheck", material / "net.onnx") as project,
        pytest.raises(NoBenchmark),
    ):
        ran(project, "benchmark")


def test_without_any_benchmark_picture_that_can_be_read_the_run_is_refused(empty, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "clean", each=2)
    set_benchmark(empty, read_benchmark(folder, None, None))
    for picture in folder.rglob("*.png"):
        picture.write_text("no image")
    with pytest.raises(PictureUnreadable) as broken:
        ran(empty, "benchmark")
    assert broken.value.path.parent.parent == folder
    shutil.rmtree(folder)
    with pytest.raises(PathMissing):
        ran(empty, "benchmark")


@pytest.mark.long
def test_figures_that_are_not_finite_are_counted(material, tmp_path):
    with makers.empty_project(
        tmp_path / "p.fieldcheck", makers.half_nan_model(tmp_path / "nan.onnx")
    ) as project:
        makers.add_footage(project, material / "belt.avi")
        found = ran(project, "footage")
        assert (found.n_done, found.n_nan) == (120, makers.cycle(240)[::2].count("blue"))


def test_chunks_are_chosen_by_the_frames_they_hold(footed, material):
    makers.add_footage(footed, material / "night.avi")
    model = footed.read(benchmarks_table.get_newest_model)
    recording_id = footed.read(frames_table.list_frames)[0].recording_id
    missing = {f"{recording_id}-000042"}
    chunks = list(iter_footage_chunks(footed, model, missing))
    assert {chunk.recording_id for chunk in chunks} == {recording_id}
    assert [chunk.number for chunk in chunks if has_missing_frame(chunk, missing)] == [2]


def test_keys_name_sets_and_not_their_order(empty):
    key = compute_picks_key(["b", "a"])
    assert key == compute_picks_key(["a", "b"]) != compute_picks_key(["a"])
    benchmark = empty.read(benchmarks_table.get_benchmark)
    assert len(compute_benchmark_key(benchmark)) == 16
    assert get_benchmark_root(empty, benchmark).is_dir()


# One benchmark picture that cannot be read any more: it is told, left out, and everything else is
# answered and counted without it.

N = 18


class Told(NullProgress):
    def __init__(self):
        super().__init__()
        self.names = []

    def warn(self, error):
        assert isinstance(error, PictureUnreadable)
        self.names.append(f"{error.path.parent.name}/{error.path.name}")


@pytest.fixture
def project(material, tmp_path):
    """A picture of its benchmark was cut off after it was named."""
    folder = makers.benchmark_folder(tmp_path / "set")
    with makers.empty_project(
        tmp_path / "p.fieldcheck", material / "net.onnx", benchmark=folder
    ) as project:
        makers.add_footage(project, material / "night.avi", taken_at=makers.NOW)
        victim = folder / "green" / "003.png"
        victim.write_bytes(victim.read_bytes()[:60])
        yield project


def test_each_that_cannot_be_read_is_told_once(tmp_path):
    files = [str(makers.save_picture(tmp_path / "a" / f"{k}.png", "red", k)) for k in range(5)]
    (tmp_path / "a" / "2.png").write_bytes(b"no picture")
    told = Told()
    assert find_readable(files, told).tolist() == [True, True, False, True, True]
    assert find_readable(files, NullProgress()).sum() == 4
    assert told.names == ["a/2.png"]


def test_where_their_whole_folder_is_moved_away_it_is_named_once(tmp_path):
    files = [str(makers.save_picture(tmp_path / "a" / f"{k}.png", "red", k)) for k in range(5)]
    (tmp_path / "a").rename(tmp_path / "b")
    told = Told()
    with pytest.raises(FolderGone):
        find_readable(files, told)
    assert told.names == []


@pytest.mark.long
def test_a_run_goes_on_without_it_and_says_it_again_each_time(project):
    for _ in range(2):
        told = Told()
        ran = run_and_score(project, None, "benchmark", told, makers.NOW)[0].run_result
        assert (ran.n, ran.n_done, ran.left_out) == (N, N - 1, ("green/003.png",))
        assert told.names == ["green/003.png"]
    assert load_benchmark_side(project, find_model(project)).score.n == N - 1


@pytest.mark.long
def test_a_claim_is_checked_without_it(project):
    told = Told()
    assert check_claim(project, told, makers.NOW).score.n == N - 1
    assert told.names == ["green/003.png"]


@pytest.mark.long
def test_with_its_whole_folder_gone_no_picture_is_at_fault(project, tmp_path):
    run_on_set(project, find_model(project), "benchmark", Told(), makers.NOW)
    (tmp_path / "set").rename(tmp_path / "elsewhere")
    with pytest.raises(PathMissing):
        run_on_set(project, find_model(project), "benchmark", Told(), makers.NOW)


@pytest.mark.long
def test_a_sweep_and_its_figures_go_on_without_it(project):
    told = Told()
    request = SweepRequest(("dark", "defocus"), (3.0,), ("benchmark",))
    swept = run_sweep(project, request, told, makers.NOW).sweep
    assert told.names == ["green/003.png"]
    assert {row.value.n for row in swept.rows} == {N - 1}


@pytest.mark.long
def test_probes_go_on_without_it(project):
    told = Told()
    found = run_ood(project, OodRequest(), told, makers.NOW).probes
    assert told.names == ["green/003.png"]
    assert {row.family: row.n for row in found.families}["defocus"] == N - 1


@pytest.mark.long
def test_the_camera_is_fitted_without_it(project):
    told = Told()
    assert fit_field(project, 0, told).fitted
    assert told.names == ["green/003.png"]


@pytest.mark.long
def test_the_gate_goes_on_without_it(project, material):
    told = Told()
    found = run_gate(project, GateRequest(str(material / "net.onnx")), told, makers.NOW)
    assert told.names == ["green/003.png"]
    assert next(line.after.n for line in found.lines if line.kind == "clean") == N - 1


@pytest.mark.long
def test_an_int8_copy_is_measured_without_it(project):
    told = Told()
    assert make_quantised_model(project, "net", told, makers.NOW).benchmark.before.n == N - 1
    assert told.names == ["green/003.png"]


@pytest.mark.long
def test_collected_failures_are_answered_without_it(project, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "golden", each=2)
    add_golden_set(project, "kept", folder)
    (folder / "blue" / "001.png").write_bytes(b"no picture")
    told = Told()
    run_golden_sets(project, find_model(project), told, makers.NOW)
    assert told.names == ["blue/001.png"]
    sets = list_evaluation_sets(project, find_model(project), None)
    assert {one.name: one.score.n for one in sets}["kept"] == 5


def runs_of(project, **told):
    runs = project.read(runs_table.list_all_runs)
    return [run for run in runs if all(getattr(run, key) == value for key, value in told.items())]


def again(project, **told):
    (run,) = runs_of(project, **told)
    return replay.replay_run(project, run.run_id, NullProgress(), makers.NOW)


def kinds(found):
    return {one.kind for one in found.differences}


@pytest.mark.long
def test_every_kind_of_run_gives_the_same_digits(labelled, material):
    """Picks, footage, benchmark, sweeps, probes and golden sets: all stored can be repeated."""
    model = labelled.read(models_table.get_newest_model)
    request = SweepRequest(("dark", "jpeg"), (3.0,), ("benchmark", "field", "footage"))
    run_sweep(labelled, request, NullProgress(), makers.NOW)
    run_ood(labelled, OodRequest(), NullProgress(), makers.NOW)
    add_golden_set(labelled, "kept", material / "clean")
    run_golden_sets(labelled, model, NullProgress(), makers.NOW)
    stored = labelled.read(runs_table.list_all_runs)
    assert {(run.on, run.recipe.partition(":")[0]) for run in stored} == {
        *(
            (on, recipe)
            for on in ("field", "footage", "benchmark")
            for recipe in ("none", "dark", "jpeg")
        ),
        ("field", "probe"),
        ("benchmark", "golden"),
    }
    for run in stored:
        found = replay.replay_run(labelled, run.run_id, NullProgress(), makers.NOW)
        facts = (found.is_identical, found.n_different, found.differences)
        assert facts == (found.n > 0, 0, ()), run
        # nothing is hidden where no box says where it is, and nothing is to be repeated
        assert found.n or "hidden" in run.recipe


def test_a_changed_frame_is_named_by_both_hashes(labelled):
    pick = labelled.read(picks_table.list_picks)[0]
    file = labelled.path / pick.file
    rgb = read_image(file).copy()
    rgb[:] = 255 - rgb
    file.write_bytes(encode_png(rgb))
    found = again(labelled, on="field", recipe="none")
    assert not found.is_identical
    assert found.n_different == 1
    frame, answer = found.differences
    assert (frame.kind, frame.what) == ("frame", pick.frame_id)
    assert frame.stored != frame.now != ""
    assert (answer.kind, answer.what) == ("answer", f"{pick.frame_id}[0]")
    assert float(answer.stored) != float(answer.now)


def test_a_changed_or_missing_benchmark_picture_is_named(empty, tmp_path):
    root = makers.benchmark_folder(tmp_path / "own")
    set_benchmark(empty, read_benchmark(root, None, None))
    newest = empty.read(models_table.get_newest_model)
    run_on_set(empty, newest, "benchmark", NullProgress(), makers.NOW)
    before = sha256_file(root / "green/000.png")
    with (root / "green/000.png").open("ab") as file:
        file.write(b"x")  # behind the picture: the pixels are the same
    (root / "green/001.png").unlink()
    found = again(empty, on="benchmark")
    assert (found.is_identical, found.n, found.n_different) == (False, 18, 1)
    expected = [("frame", "green/000.png"), ("frame", "green/001.png")]
    assert [(one.kind, one.what) for one in found.differences] == expected
    assert found.differences[0].stored == before
    assert found.differences[1].now == ""


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_a_changed_byte_of_the_model_is_named_and_nothing_is_computed_with_it(labelled, at):
    model = labelled.read(models_table.get_newest_model)
    file = labelled.path / model.file
    data = bytearray(file.read_bytes())
    data[int(len(data) * at)] ^= 1
    file.write_bytes(data)
    found = again(labelled, on="field", recipe="none")
    assert (found.is_identical, found.n_different) == (False, found.n)
    (difference,) = found.differences
    assert difference.kind == "model"
    assert (difference.what, difference.stored) == (model.name, model.sha256)
    assert difference.now != model.sha256


def test_a_model_whose_file_or_row_is_gone_is_named(labelled):
    model = labelled.read(models_table.get_newest_model)
    (labelled.path / model.file).unlink()
    (difference,) = again(labelled, on="field", recipe="none").differences
    assert (difference.kind, difference.what) == ("model", model.name)
    assert (difference.stored, difference.now) == (model.sha256, "")
    labelled.write(lambda db: db.execute("DELETE FROM model")).result()
    (difference,) = again(labelled, on="field", recipe="none").differences
    assert (difference.kind, difference.what) == ("model", "")
    assert (difference.stored, difference.now) == (model.sha256, "")


def test_a_changed_card_is_named(labelled):
    def widen(db):
        card = json.loads(models_table.get_newest_model(db).card)
        card["input"]["mean"] = [0.5, 0.5, 0.5]
        db.execute("UPDATE model SET card = ?", [json.dumps(card)])

    labelled.write(widen).result()
    found = again(labelled, on="field", recipe="none")
    assert (found.is_identical, kinds(found)) == (False, {"card"})


def test_another_library_version_and_computer_are_named_and_alone_make_no_difference(labelled):
    def age(db):
        db.execute(
            "UPDATE run_environment SET environment = replace(environment, "
            '\'"onnxruntime":"1.\', \'"onnxruntime":"0.\')'
        )

    labelled.write(age).result()
    found = again(labelled, on="footage", recipe="none")
    assert found.is_identical
    (difference,) = found.differences
    assert (difference.kind, difference.what) == ("library", "onnxruntime")
    assert difference.stored.startswith("0.")
    assert difference.now.startswith("1.")


def test_other_digits_are_named_by_their_place(labelled):
    (run,) = runs_of(labelled, on="field", recipe="none")

    def nudge(db):
        answer = db.execute(
            "SELECT answer FROM prediction WHERE run_id = ? ORDER BY subject", [run.run_id]
        ).fetchone()[0]
        db.execute(
            (
                "UPDATE prediction SET answer = ? WHERE run_id = ? AND subject = (SELECT "
                "min(subject) FROM prediction WHERE run_id = ?)"
            ),
            [bytes([answer[0] ^ 1]) + answer[1:], run.run_id, run.run_id],
        )

    labelled.write(nudge).result()
    found = again(labelled, on="field", recipe="none")
    assert (found.is_identical, found.n_different, kinds(found)) == (False, 1, {"answer"})


def test_a_provider_that_is_not_here_is_named(labelled):
    labelled.write(lambda db: db.execute("UPDATE run_provider SET provider = 'coreml'")).result()
    found = again(labelled, on="field", recipe="none")
    expected = [("provider", "coreml", "cpu")]
    assert [(one.kind, one.stored, one.now) for one in found.differences] == expected
    assert found.is_identical  # the processor says the same here, and that is what is asked


def test_frames_of_an_earlier_draw_are_read_from_the_footage(drawn):
    run_and_score(drawn, None, "field", NullProgress(), makers.NOW)
    makers.draw(drawn, 7)
    found = again(drawn, on="field")
    assert (found.is_identical, found.n, found.differences) == (True, 20, ())


def test_a_run_is_named_by_the_beginning_of_its_id(labelled):
    (run,) = runs_of(labelled, on="field", recipe="none")
    assert replay.replay_run(labelled, run.run_id[:8], NullProgress(), makers.NOW).run == run
    with pytest.raises(RunUnknown) as refused:
        replay.replay_run(labelled, "zzzz", NullProgress(), makers.NOW)
    assert run.run_id in refused.value.known


def test_masks_are_repeated_pixel_by_pixel(pointed):
    found = again(pointed, on="field")
    assert (found.is_identical, found.n) == (True, 20)


@pytest.mark.long
def test_another_version_of_a_decoder_plug_in_is_named(material, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    source = (plugged.EXAMPLE / "fieldcheck_fastestdet.py").read_text()
    plugged.install(tmp_path, "fastestdet", source)
    with makers.empty_project(
        tmp_path / "p.fieldcheck", plugged.fastestdet(tmp_path / "net.onnx")
    ) as project:
        makers.add_footage(project, makers.picture_folder(tmp_path / "shots", ["red", "blue"]))
        assert again(project, on="footage").differences == ()
        plugged.install(tmp_path, "fastestdet", source.replace("** 0.6", "** 0.5"), "1.1.0")
        decode_plugin.terminate_all()
        library, *answers = again(project, on="footage").differences
    decode_plugin.terminate_all()
    assert library.kind == "library"
    assert (library.what, library.now[:6]) == ("plugin:fastestdet", "1.1.0 ")
    assert [one.kind for one in answers] == ["answer", "answer"]


CLEAN = replay.CorruptionSpec("none", 0.0, 0)


def test_a_picture_is_hashed_by_its_pixels_as_a_frame_and_by_its_bytes_elsewhere(empty, material):
    spec = make_model_file(empty, empty.read(models_table.get_newest_model))
    file = material / "clean" / "green" / "000.png"
    gone = ("gone", str(file.with_name("none.png")))
    cases = ((True, compute_pixels_sha256(read_image(file))), (False, sha256_file(file)))
    for frames, sha256 in cases:
        pictures = replay.ReplayedPictures(spec, CLEAN, (("a", str(file)), gone), frames)
        shown = replay.predict_again(pictures)
        actual = [(subject, hashed, one.answer.argmax()) for subject, hashed, one in shown]
        assert actual == [("a", sha256, 1)]


def test_a_picture_is_damaged_by_its_own_seed_and_as_it_is_where_the_recipe_is_no_corruption():
    rgb = np.full((32, 32, 3), 120, np.uint8)
    noisy = replay.CorruptionSpec("shot_noise", 3.0, 5)
    assert (noisy("a", rgb) == noisy("a", rgb)).all()
    assert (noisy("a", rgb) != noisy("b", rgb)).any()
    recipes = ("none", "golden", "probe:blank")
    assert all((replay.CorruptionSpec(recipe, 0.0, 0)("a", rgb) == rgb).all() for recipe in recipes)


def shown(project, run, subjects):
    model = project.read(models_table.get_newest_model)
    return replay.run_again(
        project, run, model, make_model_file(project, model), frozenset(subjects), NullProgress(),
        makers.NOW,
    )  # fmt: skip


def test_only_pictures_that_are_asked_for_and_there_come_back(labelled):
    run = next(run for run in labelled.read(runs_table.list_all_runs) if run.on == "benchmark")
    found = shown(labelled, run, ["green/000.png", "green/999.png"])
    assert list(found) == ["green/000.png"]
    assert len(found["green/000.png"][0]) == 64


def test_a_golden_set_that_was_named_anew_elsewhere_has_none(labelled):
    run = next(run for run in labelled.read(runs_table.list_all_runs) if run.on == "benchmark")
    assert shown(labelled, replace(run, recipe="golden"), ["green/000.png"]) == {}
