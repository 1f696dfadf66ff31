from math import isnan, nan

from fieldcheck.project.tables import components


def test_components_are_kept_by_name_and_model(db):
    components.put_component(db, "U", "m1", {"b": 0.25, "a": nan})
    components.put_component(db, "U", "m2", {"a": 1.0})
    components.put_component(db, "Q", "", {"a": 0.5})
    found = components.get_component(db, "U", "m1")
    assert list(found) == ["a", "b"]
    assert isnan(found["a"])
    assert found["b"] == 0.25
    assert components.get_component(db, "Q", "") == {"a": 0.5}
    assert components.get_component(db, "S", "m1") == {}


def test_a_component_stands_once_it_is_stored(db):
    components.put_component(db, "U", "m", {"a": 0.1})
    components.put_component(db, "U", "m", {"a": 0.9, "b": 0.2})
    assert components.get_component(db, "U", "m") == {"a": 0.1, "b": 0.2}
