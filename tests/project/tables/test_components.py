from math import isnan, nan

from fieldcheck.project.tables import frames


def test_components_are_kept_by_name_and_model(db):
    frames.put_component(db, "U", "m1", {"b": 0.25, "a": nan})
    frames.put_component(db, "U", "m2", {"a": 1.0})
    frames.put_component(db, "Q", "", {"a": 0.5})
    found = frames.get_component(db, "U", "m1")
    assert list(found) == ["a", "b"]
    assert isnan(found["a"])
    assert found["b"] == 0.25
    assert frames.get_component(db, "Q", "") == {"a": 0.5}
    assert frames.get_component(db, "S", "m1") == {}


def test_a_component_stands_once_it_is_stored(db):
    frames.put_component(db, "U", "m", {"a": 0.1})
    frames.put_component(db, "U", "m", {"a": 0.9, "b": 0.2})
    assert frames.get_component(db, "U", "m") == {"a": 0.1, "b": 0.2}
