import shutil

import pytest

from fieldcheck.ui.screens.stress import findings
from fieldcheck.ui.screens.stress.findings import Findings

HANG_MS = 30_000


@pytest.fixture
def heard(window):
    made = Findings(window.context, lambda: made.grows, window)
    made.heard, made.errors, made.grows = [], [], False
    made.found.connect(made.heard.append)
    made.failed.connect(made.errors.append)
    yield made
    made.drop()


@pytest.fixture
def opened(open_in_window, made, tmp_path):
    open_in_window(shutil.copytree(made["labelled"], tmp_path / "labelled.fieldcheck"))


def test_without_a_project_there_is_nothing(heard):
    heard.read()
    assert heard.heard == [None]


def test_what_there_is_comes_back_once_and_is_no_job_that_people_see(window, heard, settle, opened):
    n = len(window.runner.jobs)
    heard.read()
    heard.read()
    settle()
    assert (len(heard.heard), heard.errors, len(window.runner.jobs)) == (1, [], n)
    assert len(heard.heard[0].sets) == 3


def test_what_nobody_waits_for_is_not_told(heard, settle, opened):
    heard.read()
    heard.drop()
    settle()
    assert (heard.heard, heard.errors) == ([], [])


def test_while_it_grows_it_is_read_again(window, heard, settle, opened, qtbot, monkeypatch):
    monkeypatch.setattr(findings, "GROWING_MS", 50)
    growing = Findings(window.context, lambda: True, window)
    growing.heard = []
    growing.found.connect(growing.heard.append)
    growing.read()
    qtbot.waitUntil(lambda: len(growing.heard) > 1, timeout=HANG_MS)
    growing.drop()
    settle()
