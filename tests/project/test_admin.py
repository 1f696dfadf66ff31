import pytest

from fieldcheck.errors.projects import AdminNeeded
from fieldcheck.project.folder import open_project
from fieldcheck.project.limits import (
    GapLimits,
    clear_admin_pin,
    enable_admin_access,
    has_admin,
    set_admin_pin,
    set_limits,
)
from tests import makers


def test_who_gives_the_pin_is_the_admin_as_long_as_the_project_is_open(empty):
    set_admin_pin(empty, "4711", makers.NOW)
    set_limits(empty, GapLimits(0.05))
    path = empty.path
    empty.close()
    with open_project(path) as again:
        for pin in ("4712", ""):
            with pytest.raises(AdminNeeded):
                enable_admin_access(again, pin)
        with pytest.raises(AdminNeeded):
            set_admin_pin(again, "another", makers.NOW)
        enable_admin_access(again, "4711")
        set_limits(again, GapLimits(0.06))
        clear_admin_pin(again, makers.NOW)
        assert not has_admin(again)
        with pytest.raises(AdminNeeded) as found:
            clear_admin_pin(again, makers.NOW)
        assert found.value.problem == "unset"


def test_a_pin_of_three_letters_is_none(empty):
    with pytest.raises(ValueError, match="at least 4"):
        set_admin_pin(empty, "123", makers.NOW)
