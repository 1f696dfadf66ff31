from pathlib import Path

import pytest

from fieldcheck.ui import screens
from fieldcheck.ui.screen import ScreenSpec, get_spec, list_specs, sort_specs


def made(name, place, requires=()):
    return ScreenSpec(
        name,
        "cog-outline",
        place,
        name.title,
        make=lambda _context, _header: None,
        requires=requires,
    )


def test_every_folder_of_screens_has_registered_its_own():
    folders = [
        path
        for path in Path(screens.__file__).parent.iterdir()
        if (path / "presenter.py").is_file()
    ]
    assert len(list_specs()) == len(folders) > 5


def test_they_stand_in_the_order_of_their_places():
    assert [one.id for one in sort_specs([made("b", 10), made("a", 2)])] == ["a", "b"]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((made("a", 1), made("b", 1)), "a and b want the same place: 1"),
        ((made("a", 1), made("a", 2)), "two screens have the same name among a, a"),
        ((made("a", 1), made("b", 2, ("c",))), "b requires a screen that is not there: c"),
    ],
)
def test_two_that_cannot_stand_beside_each_other_are_refused(found, said):
    with pytest.raises(ValueError, match=said):
        sort_specs(found)


def test_a_screen_is_found_by_its_name():
    assert get_spec("label").order == 4
    with pytest.raises(KeyError):
        get_spec("workshop")
