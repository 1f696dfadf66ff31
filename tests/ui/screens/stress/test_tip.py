import pytest

from fieldcheck.ui.jobs.runner import JobRunner
from fieldcheck.ui.screens.stress.tip import TipSeeker
from tests import makers

HANG_MS = 30_000


@pytest.fixture
def seeker(qtbot):
    runner = JobRunner()
    made = TipSeeker(runner, 0)
    made.heard, made.errors, made.runner = [], [], runner
    made.said.connect(made.heard.append)
    made.failed.connect(made.errors.append)
    yield made
    runner.shut_down()


def test_the_severity_is_said_once_it_is_found_and_is_no_job_that_people_see(seeker, colours, qtbot):
    rgb = makers.picture("red", 0)
    seeker.seek(rgb, "dark", colours)
    assert (seeker.runner.jobs, seeker.heard[-1]) == ([], "Looking for the severity at which it flips …")
    qtbot.waitUntil(lambda: seeker.heard[-1] == "The answer does not flip up to severe.", timeout=HANG_MS)
    n = len(seeker.heard)
    seeker.seek(rgb, "dark", colours)
    assert len(seeker.heard) == n


def test_a_search_nobody_waits_for_is_not_told(seeker, colours, qtbot):
    seeker.seek(makers.picture("red", 0), "dark", colours)
    seeker.drop()
    qtbot.waitUntil(lambda: not seeker.runner.busy, timeout=HANG_MS)
    assert (seeker.heard[-1], seeker.errors) == ("", [])


def test_a_model_that_cannot_be_opened_is_an_error(seeker, colours, qtbot, tmp_path):
    from dataclasses import replace

    seeker.seek(makers.picture("red", 0), "dark", replace(colours, path=str(tmp_path / "gone.onnx"), sha256="gone"))
    qtbot.waitUntil(lambda: len(seeker.errors) == 1, timeout=HANG_MS)
