import json
from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.corruptions.ood import OodRequest, run_ood
from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.corruptions.sweep_scores import run_golden_sets
from fieldcheck.errors.models import RunUnknown
from fieldcheck.files import sha256_file
from fieldcheck.imaging.codec import compute_pixels_sha256, encode_png, read_image
from fieldcheck.models import replay
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.decoders import plugin as decode_plugin
from fieldcheck.models.evaluate import add_golden_set
from fieldcheck.models.run import run_on_set
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import make_model_file
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as runs_table
from tests import makers
from tests.models import plugged


def runs_of(project, **told):
    runs = project.read(runs_table.list_all_runs)
    return [run for run in runs if all(getattr(run, key) == value for key, value in told.items())]


def again(project, **told):
    (run,) = runs_of(project, **told)
    return replay.replay_run(project, run.run_id, NullProgress(), makers.NOW)


def kinds(found):
    return {one.kind for one in found.differences}


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
