"""Ctrl-C: the command stops within a second or so, keeps what is finished, and the next one goes on
from there."""

import sqlite3

import pytest

from tests import makers


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    """Two minutes: long enough to be stopped in."""
    return makers.video(
        tmp_path_factory.mktemp("footage") / "long.avi", makers.cycle(480), size=(240, 320)
    )


@pytest.fixture
def project(program, tmp_path):
    makers.colour_model(tmp_path / "net.onnx")
    program.document("new", tmp_path / "p.fieldcheck", "--model", tmp_path / "net.onnx")
    return tmp_path / "p.fieldcheck"


def count(project, table):
    connection = sqlite3.connect(f"file:{project / 'project.db'}?mode=ro", uri=True, timeout=5)
    try:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    finally:
        connection.close()


@pytest.mark.long
def test_an_interrupted_import_keeps_what_is_finished_and_goes_on(program, project, footage):
    outcome = program.interrupt_when(
        lambda: count(project, "frame") > 0, "import", project, footage, "--json"
    )
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "")
    kept = count(project, "frame")
    assert 0 < kept < 240
    assert program.document("check", project)["ok"]
    document = program.document("import", project, footage)
    assert document["resumed"]
    assert document["clips"][0]["n_listed"] == 240


@pytest.mark.long
def test_a_run_that_is_interrupted_keeps_its_answers_and_goes_on(program, project, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "clean", each=400)
    program.document("benchmark", "set", project, folder)
    outcome = program.interrupt_when(
        lambda: count(project, "prediction") > 0, "run", project, "--json"
    )
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "")
    kept = count(project, "prediction")
    assert 0 < kept < 1200
    (run,) = program.document("run", project)["runs"]
    assert (run["n"], run["n_done"], run["resumed"]) == (1200, 1200, True)
