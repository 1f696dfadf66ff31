import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.analyses.confident_errors import get_worst_frames
from fieldcheck.analyses.failures import get_failures
from fieldcheck.analyses.similar_items import compute_missing_vectors
from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.domain.project_state import Changes
from fieldcheck.i18n.language import capitalise
from fieldcheck.imaging.codec import read_image_size
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.run import get_benchmark_root
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.report import assemble
from fieldcheck.report.assemble import build_report
from fieldcheck.report.explore_data import compute_round_result, get_gap_progress
from fieldcheck.report.verdict import describe_reason, get_verdict
from tests import makers


def head(window):
    return window._headers["explore"].heading


def said(screen):
    return screen.view.placeholder.sentence


@pytest.mark.parametrize(("name", "sentence", "primary"), [
    ("empty", "No footage yet.", "Go to Capture"),
    ("footed", "No frames are picked yet.", "Go to Pick"),
    ("drawn", "None of the 20 picked frames has a label yet.", "Go to Label"),
])  # fmt: skip
def test_without_labels_it_says_what_is_missing(window, explore, folder, name, sentence, primary):
    screen = explore(folder(name))
    assert screen.view.pages.current_page is screen.view.placeholder
    assert said(screen) == sentence
    assert head(window).primary == primary


def test_without_project_and_model_the_way_is_shown(window, explore, tmp_path, material):
    screen = explore()
    assert said(screen) == "No project is open."
    window.context.actions.get_action("primary").trigger()
    assert window.current_screen == "project"
    path = tmp_path / "bare.fieldcheck"
    with makers.empty_project(path, classes=("red", "green", "blue")) as project:
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 20)
        makers.label_all(project)
    screen = explore(path)
    assert "No model yet" in said(screen)
    assert head(window).primary == "Go to Project"


def test_the_sentences_and_figures_are_the_reports(window, explore, folder):
    screen = explore(folder("labelled"))
    report = build_report(window.current.project, "en", NullProgress(), makers.NOW)
    band = screen.view.band
    actual = " ".join(part for part in (band.scores.text(), band.open.text()) if part)
    reason = capitalise(describe_reason(get_verdict(report)))
    assert reason in actual
    assert actual.replace(f"{reason} ", "").replace(f" {reason}", "") == report.gap.sentence
    assert report.gap.counts in band.get_text()
    assert {
        screen.view.tables.classes.data(screen.view.tables.classes.index(row, 0))
        for row in range(screen.view.tables.classes.rowCount())
    } == {row.name for row in get_failures(report).per_class}
    cells = [
        int(screen.view.tables.counts.data(screen.view.tables.counts.index(row, at)))
        for row in range(3)
        for at in range(3)
    ]
    assert sorted(cells) == sorted(
        cell for row in get_failures(report).confusion.counts for cell in row
    )
    assert [
        screen.view.grid.tiles.get_tile(at).frame_id
        for at in range(screen.view.grid.tiles.rowCount())
    ] == [one.frame_id for one in get_worst_frames(report)]
    assert head(window).primary.startswith("Label review: ")


def test_the_model_runs_until_everything_has_an_answer(window, explore, folder, settle):
    path = folder("drawn")
    with open_project(path) as project:
        makers.label_all(project)
    screen = explore(path)
    assert head(window).primary == "Run model"
    assert "benchmark" in screen.view.band.get_text()
    before = screen.view.band.get_text()
    window.context.actions.get_action("primary").trigger()
    assert not head(window).enabled
    settle()
    assert get_gap_progress(window.current.project).n_answers == 0
    assert head(window).primary.startswith("Label review: ")
    assert screen.view.band.get_text() != before
    assert screen.view.band.scores.text().startswith("Benchmark ")
    assert window.messages.history[-1].text == "All predictions are up to date."


def test_labels_without_an_answer_ask_for_a_run(window, explore, tmp_path, material, press, settle):
    path = tmp_path / "later.fieldcheck"
    with makers.empty_project(path, classes=("red", "green", "blue")) as project:
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 20)
        makers.label_all(project)
        add_model(project, material / "net.onnx", None, makers.NOW)
    screen = explore(path)
    assert said(screen).startswith("20 frames are labelled but have no predictions yet")
    press(Qt.Key.Key_R)
    settle()
    assert screen.view.pages.current_page is screen.view.figures
    assert screen.view.band.get_text()


def test_a_cancelled_run_is_gone_on_with(window, explore, folder, settle):
    path = folder("drawn")
    with open_project(path) as project:
        makers.label_all(project)
    screen = explore(path)
    screen.presenter.run_model()
    window.runner.list_running()[-1].cancel()
    settle()
    left = get_gap_progress(window.current.project).n_answers
    assert left <= 38
    if left:
        assert head(window).primary == "Run model"
        screen.presenter.run_model()
        settle()
    assert get_gap_progress(window.current.project).n_answers == 0


def test_figures_are_worked_out_anew_only_when_something_changed(window, explore, folder, settle):
    screen = explore(folder("labelled"))

    def jobs():
        return [job for job in window.runner.jobs if job.objectName() == "explore.figures"]

    assert len(jobs()) == 1
    window.show_screen("project")
    explore()
    assert len(jobs()) == 1
    name = window.current.project.read(picks_table.list_picks)[0].frame_id
    for word in ("red", "green", "blue"):
        window.current.run_edit(
            None,
            lambda project, word=word: set_label(
                project, name, LabelDecision(word), annotator="tester", now=makers.LATER
            ),
        )
    settle()
    assert 1 < len(jobs()) <= 4
    window.context.actions.get_action("undo").trigger()
    settle()
    assert screen.view.band.get_text()
    assert screen.view.figures.isEnabled()


def test_nothing_is_shown_of_a_frame_that_is_not_labelled(window, explore, folder):
    """While picks are blind, no tile, text or name tells what the model said of them."""
    path = folder("drawn")
    with open_project(path) as project:
        names = [one.frame_id for one in project.read(picks_table.list_picks)]
        for name in names[:10]:
            set_label(project, name, LabelDecision("red"), annotator="tester", now=makers.NOW)
    screen = explore(path)
    found = [
        screen.view.grid.tiles.get_tile(row).frame_id
        for row in range(screen.view.grid.tiles.rowCount())
    ]
    assert found
    assert set(found) <= set(names[:10])
    expected = "10 picked frames have no label yet; their predictions stay hidden."
    assert screen.view.note.text() == expected
    everything = " ".join(
        part
        for widget in screen.view.findChildren(QWidget)
        for part in (widget.accessibleName(), widget.accessibleDescription(), widget.toolTip())
    )
    assert not any(name in everything for name in names[10:])


def test_another_project_shows_its_own_figures(window, explore, folder, tmp_path):
    screen = explore(folder("labelled"))
    first = screen.view.band.get_text()
    explore(folder("drawn"))
    assert screen.view.pages.current_page is screen.view.placeholder
    assert first


def test_the_report_comes_next(window, explore, folder):
    screen = explore(folder("labelled"))
    window.context.actions.get_action("primary").trigger()
    assert (window.current_screen, screen.presenter.session.mode) == ("explore", "look")
    assert head(window).primary == "Create report"
    window.context.actions.get_action("primary").trigger()
    assert window.current_screen == ("report" if "report" in window.sidebar.items else "explore")


def test_beside_an_error_stands_the_most_similar_benchmark_image(window, explore, folder, settle):
    path = folder("labelled")
    with open_project(path) as project:
        vectors = compute_missing_vectors(project, NullProgress())
        root = get_benchmark_root(project, project.read(benchmarks_table.get_benchmark))
    view = explore(path).view
    for at in (0, 1):
        view.grid.setCurrentIndex(view.grid.tiles.index(at))
        settle()
        other = get_benchmark_path(vectors.find_nearest_benchmark(view.grid.get_current_subject()))
        assert view.nearest.text() == f"Most similar in the benchmark: {other}"
        assert view.other.isVisible()
        actual = (view.other.image.width(), view.other.image.height())
        assert actual == read_image_size(root / other)


def test_what_the_result_showed_stands_at_once_while_the_rest_is_worked_out(
    window, explore, folder, settle, qtbot, monkeypatch
):
    path, go_on, real = folder("labelled"), threading.Event(), assemble.compute_results

    def slowly(project, progress):
        assert go_on.wait(60)
        return real(project, progress)

    monkeypatch.setattr(assemble, "compute_results", slowly)
    window.open_project(path)
    qtbot.waitUntil(lambda: window.current.project is not None)
    shown = compute_round_result(window.current.project, "en")
    window.show_screen("explore")
    screen = window.get_shown_screen()
    qtbot.waitUntil(lambda: screen.view.pages.current_page is screen.view.figures)
    actual = f"{screen.view.band.scores.text()} {screen.view.band.open.text()}".strip()
    reason = capitalise(shown.reason)
    assert reason in actual
    actual = actual.replace(f"{reason} ", "").replace(f" {reason}", "")
    assert actual == " ".join(shown.headline)
    assert screen.view.band.chart.isVisible()
    assert screen.view.busy.isVisible()
    assert screen.view.figures.isEnabled()
    assert not screen.view.tables.isVisible()
    assert screen.view.grid.tiles.rowCount() == len(shown.worst)
    screen.presenter.refresh(Changes("background"))
    qtbot.wait(100)
    assert screen.view.pages.current_page is screen.view.figures
    go_on.set()
    settle()
    assert screen.view.tables.isVisible()
    assert not screen.view.busy.isVisible()


def test_the_result_is_computed_once(window, open_in_window, folder, settle, qtbot, monkeypatch):
    asked, real = [], assemble.compute_results
    monkeypatch.setattr(
        assemble,
        "compute_results",
        lambda project, progress: asked.append(project) or real(project, progress),
    )
    open_in_window(folder("labelled"))
    window.show_screen("label")
    settle()
    window.get_shown_screen().presenter.show_result()
    settle()
    assert window.get_shown_screen().view.result.isVisible()
    assert len(asked) == 1
    window.show_screen("explore")
    settle()
    assert window.get_shown_screen().view.tables.isVisible()
    assert len(asked) == 1
