import pytest

from fieldcheck.domain.project_state import BY_NAME
from fieldcheck.errors.projects import AdminNeeded
from fieldcheck.project import criteria
from fieldcheck.project.limits import GapLimits, get_gap_limits, set_limits
from fieldcheck.project.tables import project_state, values
from tests import makers


def test_a_pin_is_kept_as_a_salted_hash_and_the_chain_says_that_it_was_set(empty):
    for _ in range(2):
        empty.write(lambda db: criteria.set_pin(db, "4711", makers.NOW)).result()
    assert empty.read(lambda db: criteria.is_pin(db, "4711"))
    assert not empty.read(lambda db: criteria.is_pin(db, "4712"))
    assert "4711" not in str(empty.read(values.list_settings))
    empty.write(lambda db: criteria.set_pin(db, "", makers.LATER)).result()
    assert not empty.read(criteria.has_pin)
    expected = [("admin", True), ("admin", True), ("admin", False)]
    assert [(one.kind, one.body["set"]) for one in empty.read(project_state.list_seals)] == expected


@pytest.mark.parametrize("value", ["x", {"salt": "zz"}, [], 7])
def test_a_damaged_pin_opens_nothing(empty, value):
    empty.write(lambda db: values.store_setting(db, "admin_pin", value)).result()
    assert empty.read(criteria.has_pin)
    assert not empty.read(lambda db: criteria.is_pin(db, ""))


def test_only_an_admin_sets_limits_takes_them_back_and_sets_them_again(empty):
    assert set(criteria.ADMIN_ACTS) <= set(BY_NAME)
    set_limits(empty, GapLimits(0.05))
    empty.write(lambda db: criteria.set_pin(db, "4711", makers.NOW)).result()
    for act in (lambda: set_limits(empty, GapLimits(0.2)), empty.undo):
        with pytest.raises(AdminNeeded):
            act()
    assert get_gap_limits(empty).tolerance == 0.05
    empty.admin = True
    empty.undo()
    empty.admin = False
    with pytest.raises(AdminNeeded):
        empty.redo()
    assert get_gap_limits(empty).tolerance == 0.03
