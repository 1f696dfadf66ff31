import sqlite3
from dataclasses import replace

import pytest

from fieldcheck.project.tables import models
from tests.project.made import model


def test_models_come_back_oldest_first(db):
    assert models.newest(db) is None
    for name in ("z", "a"):
        models.put(db, model(name))
    assert models.all(db) == (model("z"), model("a"))
    assert models.newest(db) == model("a")
    assert models.get(db, "z") == model("z")
    assert models.get(db, "nobody") is None


def test_the_same_model_again_adds_nothing(db):
    models.put(db, model())
    models.put(db, replace(model(), added="later"))
    assert models.all(db) == (model(),)


def test_another_model_of_the_same_name_is_refused(db):
    models.put(db, model())
    with pytest.raises(sqlite3.IntegrityError):
        models.put(db, replace(model(), sha256="other"))
