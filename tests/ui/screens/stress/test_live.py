import shutil

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from fieldcheck.corruptions.live_frame import list_kept_pairs
from fieldcheck.ui.screens.stress.corruption_picker import CorruptionChoice, CorruptionPopover
from fieldcheck.ui.screens.stress.live import KeptPairsPresenter, LiveStressPresenter
from fieldcheck.ui.screens.stress.state import StressState
from tests import makers
from tests.ui.screens.stress.made import of_colour


class Told(QObject):
    """A display without a widget: keeps what it was told last."""

    shows_model_input = True

    def __init__(self):
        super().__init__()
        self.last = {}

    def __getattr__(self, name):
        if not name.startswith("show_"):
            raise AttributeError(name)
        return lambda *given: self.last.__setitem__(name, given)


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def live(window, qtbot, told):
    """The live pictures of the sample, told to a display without a widget."""
    place = QWidget(window)
    session = StressState()
    session.is_shown = True
    choosing = CorruptionChoice(
        CorruptionPopover(window.context.theme, window.context.actions, place)
    )
    made = LiveStressPresenter(window.context, told, choosing, session, place)
    made.enter()
    yield made
    session.is_shown = False
    made.leave()
    qtbot.waitUntil(lambda: not window.runner.busy)
    place.deleteLater()


@pytest.fixture
def playing(live, told, qtbot):
    """With the first frame shown."""
    qtbot.waitUntil(lambda: "show_result" in told.last)
    return live


def test_the_sample_plays_and_says_what_is_done_to_it(playing, told):
    choices, key = told.last["show_sources"]
    assert (len(choices), key) == (12, choices[0][0])
    assert told.last["show_recipe"][0] == "dark"
    assert told.last["show_result"][0].corrupted.title == "Corrupted: Low light, moderate"


def test_a_held_frame_is_asked_where_it_flips(playing, told, qtbot):
    playing.toggle_hold()
    assert told.last["show_held"] == (True,)
    assert told.last["show_tip"][0].startswith("Searching for the severity")
    playing.toggle_hold()
    assert (told.last["show_held"], told.last["show_tip"]) == ((False,), ("",))


def test_the_difference_stands_in_place_of_the_corrupted_picture(playing, told):
    playing.toggle_difference()
    assert told.last["show_difference"] == (True,)
    assert told.last["show_result"][0].corrupted.title.startswith("Difference")


def test_what_cannot_be_opened_is_said_where_the_pictures_were(
    playing, told, window, qtbot, tmp_path
):
    playing.open_file(str(tmp_path / "gone.mp4"))
    qtbot.waitUntil(lambda: told.last["show_nothing"] == ("No image.",))
    assert "gone.mp4" in window.messages.banners[0].text


def test_another_file_is_opened_in_place_of_the_sample(playing, told, qtbot, tmp_path):
    playing.open_file(str(makers.save_picture(tmp_path / "one.png", "blue")))
    qtbot.waitUntil(lambda: told.last["show_result"][0].original.description.startswith("one.png"))
    assert told.last["show_sources"][0][-1][1] == "one.png"


@pytest.fixture
def keeping(window, open_in_window, made, tmp_path):
    open_in_window(shutil.copytree(made["empty"], tmp_path / "empty.fieldcheck"))
    return KeptPairsPresenter(window.context)


def test_a_pair_is_one_act_and_the_toast_says_where_it_goes_and_takes_it_back(
    window, keeping, settle, colours
):
    keeping.save_pair(of_colour(colours, "red", corruption="dark", severity=3.0))
    settle()
    (pair,) = list_kept_pairs(window.current.project)
    assert pair.steps == (("dark", 3.0),)
    toast = window.messages.history[-1]
    assert toast.text == "Image pair added to the report (section “Robustness to corruptions”)."
    assert toast.button == "Undo"
    toast.action()
    settle()
    assert list_kept_pairs(window.current.project) == ()
    assert window.messages.history[-1].text == "Image pair removed from the report."


def test_without_a_corruption_there_is_no_pair(window, keeping, settle, colours):
    keeping.save_pair(of_colour(colours, "red"))
    keeping.save_pair(None)
    settle()
    assert list_kept_pairs(window.current.project) == ()
    assert window.messages.history[-1].text == "Apply a corruption first: an image pair needs one."


def test_the_thresholds_of_the_field_are_tried_and_put_away_again(
    window, open_in_window, live, told, qtbot, tmp_path
):
    with makers.shy_project(tmp_path) as project:
        path = project.path
    open_in_window(path)
    live.enter()

    def decided(tried):
        last = live._state.last
        return (
            last is not None
            and bool(last.card.output.thresholds) is tried
            and live._state.live is not None
        )

    qtbot.waitUntil(lambda: decided(False))
    live.toggle_field_thresholds()
    qtbot.waitUntil(lambda: decided(True))
    assert "With field thresholds: automatic" in told.last["show_result"][0].caption
    live.toggle_field_thresholds()
    qtbot.waitUntil(lambda: decided(False))


def test_the_sample_that_ships_has_no_labels_to_try(playing):
    playing.toggle_field_thresholds()
    assert playing._state.uses_field_thresholds is False
