import numpy as np
import pytest

from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import Run
from fieldcheck.project.tables import runs
from fieldcheck.project.tables import runs as predictions
from fieldcheck.project.tables.values import UnfitValue
from tests.project.made import answers


def test_answers_of_every_kind_come_back_to_the_last_bit(db):
    predictions.insert_predictions(db, "run1", answers())
    found = predictions.get_predictions(db, "run1")
    assert list(found) == ["boxes", "broken", "classes", "nothing"]
    for put in answers():
        back = found[put.subject]
        np.testing.assert_array_equal(back.answer, put.answer)
        assert back.answer.shape == put.answer.shape
        assert (back.answer.dtype, back.nan) == (np.float32, put.nan)


def test_figures_that_were_not_finite_are_told_without_the_answers(db):
    predictions.insert_predictions(db, "run1", answers())
    assert predictions.get_nan_flags(db, "run1") == {one.subject: one.nan for one in answers()}
    assert predictions.get_nan_flags(db, "run2") == {}


def test_an_answer_stands_once_it_is_stored(db):
    predictions.insert_predictions(db, "run1", answers())
    predictions.insert_predictions(
        db, "run1", [Prediction("classes", np.array([0.5, 0.5], np.float32))]
    )
    np.testing.assert_array_equal(
        predictions.get_predictions(db, "run1")["classes"].answer, answers()[0].answer
    )


def test_runs_do_not_see_each_other(db):
    predictions.insert_predictions(db, "run1", answers()[:1])
    predictions.insert_predictions(db, "run2", answers()[:2])
    assert predictions.get_predicted_subjects(db, "run1") == {"classes"}
    assert predictions.get_predicted_subjects(db, "run2") == {"classes", "boxes"}
    assert predictions.get_predictions(db, "run3") == {}


def test_a_blob_of_the_wrong_size_is_not_decoded(db):
    predictions.insert_predictions(db, "run1", answers())
    db.execute("UPDATE prediction SET n_rows = 1000000000 WHERE subject = 'boxes'")
    with pytest.raises(UnfitValue, match=r"prediction\.answer"):
        predictions.get_predictions(db, "run1")


def test_each_model_and_card_that_was_asked_is_named_once(db):
    for run_id, model, card, recipe in (
        ("a", "m1", "c1", "none"),
        ("b", "m1", "c1", "none"),
        ("c", "m2", "c1", "none"),
        ("d", "m3", "c1", "jpeg"),
    ):
        runs.put_run(
            db,
            Run(run_id, model, card, "field", recipe, 0.0, 0, "1", 1, "2026-03-01T08:00:00+00:00"),
        )
        predictions.insert_predictions(db, run_id, answers()[:1])
    assert predictions.list_models_asked(db, ["classes", "other"]) == (("m1", "c1"), ("m2", "c1"))
    assert predictions.list_models_asked(db, ["other"]) == ()
    assert predictions.list_models_asked(db, []) == ()
