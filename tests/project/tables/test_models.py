import sqlite3
from dataclasses import replace

import pytest

from fieldcheck.project.tables import models
from tests.project.made import model


def test_models_come_back_oldest_first(db):
    assert models.get_newest_model(db) is None
    for name in ("z", "a"):
        models.put_model(db, model(name))
    assert models.list_models(db) == (model("z"), model("a"))
    assert models.get_newest_model(db) == model("a")
    assert models.get_model(db, "z") == model("z")
    assert models.get_model(db, "nobody") is None


def test_the_same_model_again_adds_nothing(db):
    models.put_model(db, model())
    models.put_model(db, replace(model(), added="later"))
    assert models.list_models(db) == (model(),)


def test_another_model_of_the_same_name_is_refused(db):
    models.put_model(db, model())
    with pytest.raises(sqlite3.IntegrityError):
        models.put_model(db, replace(model(), sha256="other"))
