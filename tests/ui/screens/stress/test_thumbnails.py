from math import isinf

import pytest

from fieldcheck.ui.jobs import JobRunner
from fieldcheck.ui.screens.stress.live import SeverityThumbnails, TippingPointSearch
from fieldcheck.ui.screens.stress.state import RecipeSelection
from tests import makers
from tests.ui.screens.stress.made import of_colour

NAMES = ("dark", "jpeg")


@pytest.fixture
def beside(qtbot):
    runner = JobRunner()
    made = SeverityThumbnails(runner, NAMES, 0)
    made.sets, made.figures, made.runner = [], [], runner
    made.made.connect(made.sets.append)
    made.likeness_measured.connect(lambda *figures: made.figures.append(figures))
    yield made
    runner.shutdown()


def rest(beside, qtbot):
    qtbot.waitUntil(lambda: not beside.runner.busy)


def test_a_frame_is_shown_under_every_favourite_and_measured(beside, colours, qtbot):
    result = of_colour(colours, "red", corruption="dark", severity=3.0, number=7)
    beside.make_thumbnails(result, RecipeSelection("dark"))
    rest(beside, qtbot)
    assert [set(one) for one in beside.sets] == [set(NAMES)]
    ((number, psnr, ssim),) = beside.figures
    assert number == 7
    assert 5 < psnr < 40
    assert 0 < ssim < 1


def test_the_same_frame_under_the_same_recipe_is_not_made_again(beside, colours, qtbot):
    result = of_colour(colours, "red", corruption="dark", severity=3.0)
    for chosen in (RecipeSelection("dark"), RecipeSelection("dark"), RecipeSelection("fog")):
        beside.make_thumbnails(result, chosen)
        rest(beside, qtbot)
    assert [set(one) for one in beside.sets] == [set(NAMES), {*NAMES, "fog"}]


def test_where_nothing_is_done_the_likeness_is_without_end(beside, colours, qtbot):
    beside.make_thumbnails(of_colour(colours, "red"), RecipeSelection("dark", 0.0))
    rest(beside, qtbot)
    assert isinf(beside.figures[0][1])
    assert beside.figures[0][2] == 1.0


def test_what_is_made_for_a_view_that_was_left_is_thrown_away(beside, colours, qtbot):
    beside.make_thumbnails(of_colour(colours, "red"), RecipeSelection("dark"))
    beside.stop()
    rest(beside, qtbot)
    assert beside.sets == []
    beside.make_thumbnails(None, RecipeSelection("dark"))
    assert not beside.runner.busy


def test_any_of_the_catalogue_are_made_once_on_demand(beside, colours, qtbot):
    told = []
    beside.make_once(of_colour(colours, "red"), ("fog", "rain"), 3.0, told.append)
    rest(beside, qtbot)
    assert [set(one) for one in told] == [{"fog", "rain"}]


@pytest.fixture
def seeker(qtbot):
    runner = JobRunner()
    made = TippingPointSearch(runner, 0)
    made.heard, made.errors, made.runner = [], [], runner
    made.message_changed.connect(made.heard.append)
    made.failed.connect(made.errors.append)
    yield made
    runner.shutdown()


def test_the_severity_is_said_once_it_is_found_and_is_no_job_that_people_see(
    seeker, colours, qtbot
):
    rgb = makers.picture("red", 0)
    seeker.start_search(rgb, "dark", colours)
    assert seeker.runner.jobs == []
    assert seeker.heard[-1] == "Searching for the severity at which the prediction changes …"
    qtbot.waitUntil(
        lambda: seeker.heard[-1] == "No change of the prediction observed up to severe."
    )
    n = len(seeker.heard)
    seeker.start_search(rgb, "dark", colours)
    assert len(seeker.heard) == n


def test_a_search_nobody_waits_for_is_not_told(seeker, colours, qtbot):
    seeker.start_search(makers.picture("red", 0), "dark", colours)
    seeker.cancel_search()
    qtbot.waitUntil(lambda: not seeker.runner.busy)
    assert (seeker.heard[-1], seeker.errors) == ("", [])


def test_a_model_that_cannot_be_opened_is_an_error(seeker, colours, qtbot, tmp_path):
    from dataclasses import replace

    seeker.start_search(
        makers.picture("red", 0),
        "dark",
        replace(colours, path=str(tmp_path / "gone.onnx"), sha256="gone"),
    )
    qtbot.waitUntil(lambda: len(seeker.errors) == 1)
