from shiboken6 import delete

from fieldcheck.project.tables import models as models_table
from fieldcheck.ui.screens.evidence.runs import RunsPage, RunsPresenter


def test_runs_are_listed_with_scores_and_one_that_is_repeated_is_identical_or_names_its_model(
    desk, project, told
):
    opened, view = project("labelled"), told()
    runs = RunsPresenter(view, desk)
    runs.load_data()
    desk.settle()
    table, said, at = view.told["show_runs"]
    assert (said.split(";")[0], at) == ("3 runs saved", 0)
    scored = {line[1].text: line[4].text for line in table.rows}
    assert scored["benchmark"] == "94% (74–99%), accuracy, n = 18"
    assert scored["footage"] == "–"
    assert view.told["show_outcome"] == ((),)
    runs.start_replay()
    assert not runs.can_replay
    desk.settle()
    assert runs.pages.outcome.is_identical
    assert view.told["show_runs"][0].rows[0][5].text == "✓ identical"
    assert "of net on benchmark reproduced: all 18 predictions identical." in desk.said[-1]
    model = opened.read(models_table.get_newest_model)
    (opened.path / model.file).write_bytes(b"another")
    runs.choose_run(1)
    runs.start_replay()
    desk.settle()
    assert "Model file net: SHA-256" in view.told["show_outcome"][0][1]


def test_scores_that_come_when_the_window_was_built_anew_are_told_to_nobody(desk, project, look):
    project("labelled")
    page = RunsPage(look, desk.actions)
    runs = RunsPresenter(page, desk)
    runs.load_data()
    delete(page)
    desk.settle()
    assert runs.pages.n == 3
