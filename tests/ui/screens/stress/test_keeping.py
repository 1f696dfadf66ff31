import shutil

import pytest

from fieldcheck.ui.screens.stress.keeping import KeptPairsPresenter
from fieldcheck.workflows.stress.kept_pairs import all_pairs
from tests.ui.screens.stress.made import of_colour


@pytest.fixture
def keeping(window, open_in_window, made, tmp_path):
    open_in_window(shutil.copytree(made["empty"], tmp_path / "empty.fieldcheck"))
    return KeptPairsPresenter(window.context)


def test_a_pair_is_one_act_and_the_toast_says_where_it_goes_and_takes_it_back(window, keeping, settle, colours):
    keeping.keep(of_colour(colours, "red", corruption="dark", severity=3.0))
    settle()
    (pair,) = all_pairs(window.current.project)
    assert pair.steps == (("dark", 3.0),)
    toast = window.messages.kept[-1]
    assert "“What breaks it”" in toast.text
    assert toast.button == "Undo"
    toast.act()
    settle()
    assert all_pairs(window.current.project) == ()
    assert window.messages.kept[-1].text == "The pair is no longer kept."


def test_without_a_corruption_there_is_no_pair(window, keeping, settle, colours):
    keeping.keep(of_colour(colours, "red"))
    keeping.keep(None)
    settle()
    assert all_pairs(window.current.project) == ()
    assert window.messages.kept[-1].text == "Nothing is done to the picture yet: a pair needs a corruption."
