import numpy as np

from fieldcheck.domain.prediction import Prediction
from fieldcheck.imaging.masks import Mask, pack_masks, unpack_masks
from fieldcheck.project.tables import runs

GRID = np.arange(12, dtype=np.uint8).reshape(3, 4)


def answer(subject, grid=None):
    return Prediction(
        subject,
        np.ones(2, np.float32),
        masks=pack_masks([Mask(0, 0, grid)]) if grid is not None else b"",
    )


def test_masks_come_back_with_the_answers_they_belong_to(db):
    runs.insert_predictions(db, "r", [answer("b", GRID), answer("a")])
    runs.insert_predictions(db, "other", [answer("a", GRID)])
    found = runs.get_predictions(db, "r")
    assert found["a"].masks == b""
    assert np.array_equal(unpack_masks(found["b"].masks)[0].pixels, GRID)
    assert runs.get_masked_subjects(db, "r") == {"b"}


def test_a_mask_that_is_there_stays_as_it_is(db):
    runs.insert_predictions(db, "r", [answer("a", GRID)])
    runs.insert_predictions(db, "r", [answer("a", GRID + 1)])
    assert np.array_equal(unpack_masks(runs.get_masks_of_run(db, "r")["a"])[0].pixels, GRID)
