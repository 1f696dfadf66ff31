import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import Run, RunEnvironment, TrackedMetric, TrackedRun
from fieldcheck.imaging.masks import Mask, pack_masks, unpack_masks
from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import runs
from fieldcheck.project.tables.values import UnfitValue
from tests.project.made import answers, run


def test_a_run_comes_back_as_it_went_in_and_is_kept_once(db):
    runs.put_run(db, run())
    runs.put_run(db, replace(run(), created="later"))
    assert runs.list_all_runs(db) == (run(),)
    assert runs.get_run(db, "run1") == run()
    assert runs.get_run(db, "other") is None


def test_runs_are_found_by_model_card_and_subjects(db):
    other = run("e", model_sha256="x")
    others = (run("b", on="benchmark"), run("d", recipe="fog"), other, run("f", card_sha256="x"))
    for one in (run("a"), *others, run("c")):
        runs.put_run(db, one)
    assert runs.find_runs(db, "net-hash", "card-hash", "field") == (run("a"), run("c"))
    actual = runs.find_runs(db, "net-hash", "card-hash", "field", recipe="fog")
    assert actual == (run("d", recipe="fog"),)


def answer(subject, picture):
    return Prediction(subject, np.zeros(2, np.float32), picture=picture)


def test_hashes_stand_beside_the_answers_and_a_sweep_finds_those_of_the_clean_run(tmp_path):
    with create_project(tmp_path / "p.fieldcheck") as project:

        def fill(db):
            for name, recipe in (("clean", "none"), ("kept", "golden")):
                runs.put_run(db, Run(name, "m", "c", "benchmark", recipe, 0.0, 0, "1", 2, ""))
                first = answer("a.png", name)
                runs.insert_predictions(db, name, [first, answer("b.png", "")])
            runs.insert_predictions(db, "clean", [answer("a.png", "later")])

        project.write(fill).result()
        expected = {"a.png": "kept"}
        assert project.read(lambda db: runs.get_asked_of_run(db, "kept")) == expected
        actual = project.read(lambda db: runs.get_asked_of_clean_runs(db, "m", "c"))
        assert actual == {"a.png": "clean"}


GRID = np.arange(12, dtype=np.uint8).reshape(3, 4)


def masked_answer(subject, grid=None):
    return Prediction(
        subject,
        np.ones(2, np.float32),
        masks=pack_masks([Mask(0, 0, grid)]) if grid is not None else b"",
    )


def test_masks_come_back_with_the_answers_they_belong_to(db):
    runs.insert_predictions(db, "r", [masked_answer("b", GRID), masked_answer("a")])
    runs.insert_predictions(db, "other", [masked_answer("a", GRID)])
    found = runs.get_predictions(db, "r")
    assert found["a"].masks == b""
    assert np.array_equal(unpack_masks(found["b"].masks)[0].pixels, GRID)
    assert runs.get_masked_subjects(db, "r") == {"b"}


def test_a_mask_that_is_there_stays_as_it_is(db):
    runs.insert_predictions(db, "r", [masked_answer("a", GRID)])
    runs.insert_predictions(db, "r", [masked_answer("a", GRID + 1)])
    assert np.array_equal(unpack_masks(runs.get_masks_of_run(db, "r")["a"])[0].pixels, GRID)


RUN = TrackedRun(
    "a" * 32, "net field", 5, "0.1.0", "file:///x", {"seed": "0"}, {"k": "v"},
    (TrackedMetric("loss", 0.5, 5, 3),),
)  # fmt: skip


def test_a_store_says_its_revision_and_holds_a_run_with_its_figures(tmp_path):
    runs.write_mlflow_store(tmp_path / "mlflow.db", "Hall 3", "file:///out", [RUN])
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as db:
        actual = db.execute("SELECT version_num FROM alembic_version").fetchall()
        assert actual == [(runs.REVISION,)]
        expected = [(1, "Hall 3")]
        assert db.execute("SELECT experiment_id, name FROM experiments").fetchall() == expected
        actual = db.execute("SELECT run_uuid, name, status, start_time FROM runs").fetchall()
        assert actual == [("a" * 32, "net field", "FINISHED", 5)]
        assert db.execute("SELECT key, value, step FROM metrics").fetchall() == [("loss", 0.5, 3)]
        tags = dict(db.execute("SELECT key, value FROM tags"))
    assert tags == {"k": "v", "mlflow.runName": "net field", "mlflow.source.name": "fieldcheck"}


def test_answers_of_every_kind_come_back_to_the_last_bit(db):
    runs.insert_predictions(db, "run1", answers())
    found = runs.get_predictions(db, "run1")
    assert list(found) == ["boxes", "broken", "classes", "nothing"]
    for put in answers():
        back = found[put.subject]
        np.testing.assert_array_equal(back.answer, put.answer)
        assert back.answer.shape == put.answer.shape
        assert (back.answer.dtype, back.nan) == (np.float32, put.nan)


def test_figures_that_were_not_finite_are_told_without_the_answers(db):
    runs.insert_predictions(db, "run1", answers())
    assert runs.get_nan_flags(db, "run1") == {one.subject: one.nan for one in answers()}
    assert runs.get_nan_flags(db, "run2") == {}


def test_an_answer_stands_once_it_is_stored(db):
    runs.insert_predictions(db, "run1", answers())
    prediction = Prediction("classes", np.array([0.5, 0.5], np.float32))
    runs.insert_predictions(db, "run1", [prediction])
    read = runs.get_predictions(db, "run1")
    np.testing.assert_array_equal(read["classes"].answer, answers()[0].answer)


def test_runs_do_not_see_each_other(db):
    runs.insert_predictions(db, "run1", answers()[:1])
    runs.insert_predictions(db, "run2", answers()[:2])
    assert runs.get_predicted_subjects(db, "run1") == {"classes"}
    assert runs.get_predicted_subjects(db, "run2") == {"classes", "boxes"}
    assert runs.get_predictions(db, "run3") == {}


def test_a_blob_of_the_wrong_size_is_not_decoded(db):
    runs.insert_predictions(db, "run1", answers())
    db.execute("UPDATE prediction SET n_rows = 1000000000 WHERE subject = 'boxes'")
    with pytest.raises(UnfitValue, match=r"prediction\.answer"):
        runs.get_predictions(db, "run1")


def test_each_model_and_card_that_was_asked_is_named_once(db):
    for run_id, model, card, recipe in (
        ("a", "m1", "c1", "none"), ("b", "m1", "c1", "none"), ("c", "m2", "c1", "none"),
        ("d", "m3", "c1", "jpeg"),
    ):  # fmt: skip
        runs.put_run(
            db,
            Run(run_id, model, card, "field", recipe, 0.0, 0, "1", 1, "2026-03-01T08:00:00+00:00"),
        )
        runs.insert_predictions(db, run_id, answers()[:1])
    assert runs.list_models_asked(db, ["classes", "other"]) == (("m1", "c1"), ("m2", "c1"))
    assert runs.list_models_asked(db, ["other"]) == ()
    assert runs.list_models_asked(db, []) == ()


HERE = RunEnvironment({"numpy": "2.1"}, {"cores": "2"}, 1)


def test_a_run_that_went_on_elsewhere_has_both_and_saying_one_again_adds_nothing(tmp_path):
    with create_project(tmp_path / "p.fieldcheck") as project:
        there = RunEnvironment({"numpy": "2.2"}, {"cores": "8"}, 1)
        for one in (HERE, there, HERE):
            project.write(lambda db, one=one: runs.put_run_environment(db, "r", one)).result()
        assert project.read(lambda db: runs.get_run_environments(db, "r")) == (HERE, there)
        assert project.read(lambda db: runs.get_run_environments(db, "other")) == ()


def test_a_run_knows_where_it_was_computed_once_for_each_place(db):
    runs.put_run(db, run("a"))
    runs.put_run(db, run("b", model_sha256="other"))
    for run_id, provider in (("a", "cuda"), ("a", "cpu"), ("a", "cpu"), ("b", "coreml")):
        runs.put_run_provider(db, run_id, provider)
    assert runs.get_run_providers(db, "a") == ("cpu", "cuda")
    assert runs.get_run_providers(db, "none") == ()
    assert runs.get_providers_of_model(db, "net-hash") == ("cpu", "cuda")
