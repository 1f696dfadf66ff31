import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.analyses.confident_errors import get_worst_frames
from fieldcheck.analyses.failures import get_failures
from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.domain.project_state import Changes
from fieldcheck.imaging.codec import read_image_size
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.embeddings import compute_missing_vectors
from fieldcheck.models.store import add_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.project import get_benchmark_root
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.report import assemble
from fieldcheck.report.assemble import build_report
from fieldcheck.report.explore_data import compute_round_result, get_gap_progress
from fieldcheck.report.summary_page import list_limit_reasons
from fieldcheck.report.verdict_and_checklist import get_verdict
from fieldcheck.ui.screens.explore import presenter
from tests import makers
from tests.ui.visible import buttons_named


def head(window):
    return window._headers["explore"].heading


def said(screen):
    return screen.view.placeholder.sentence


@pytest.mark.long
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
    assert buttons_named(primary, window) == 1
    screen.presenter.switch_part("frames")
    assert buttons_named(primary, window) == 1, "in the header, where the page has no such button"


@pytest.mark.long
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


@pytest.mark.long
def test_the_sentences_and_figures_are_the_reports(window, explore, folder):
    screen = explore(folder("labelled"))
    report = build_report(window.current.project, "en", NullProgress(), makers.NOW)
    result = screen.view.result
    assert result.headline.text() == report.gap.sentence
    assert report.gap.counts in result.get_text()
    for reason in list_limit_reasons(get_verdict(report)):
        assert f"{reason.title}. {reason.text}".strip() in result.get_text()
    classes, counts = (screen.view.breakdown.classes, screen.view.breakdown.confusion.table.counts)
    assert {classes.data(classes.index(row, 0)) for row in range(classes.rowCount())} == {
        row.name for row in get_failures(report).per_class
    }
    cells = [int(counts.data(counts.index(row, at)) or 0) for row in range(3) for at in range(3)]
    assert sorted(cells) == sorted(
        cell for row in get_failures(report).confusion.counts for cell in row
    )
    assert [tile._error.frame_id for tile in result.list_tiles()] == [
        one.frame_id for one in get_worst_frames(report)[:3]
    ]
    assert head(window).primary == "Create report"


@pytest.mark.long
def test_the_model_runs_until_everything_has_an_answer(window, explore, folder, settle):
    path = folder("drawn")
    with open_project(path) as project:
        makers.label_all(project)
    screen = explore(path)
    assert head(window).primary == "Run model"
    assert "benchmark" in screen.view.result.get_text()
    before = screen.view.result.get_text()
    window.context.actions.get_action("primary").trigger()
    assert not head(window).enabled
    settle()
    assert get_gap_progress(window.current.project).n_answers == 0
    assert head(window).primary == "Create report"
    assert screen.view.result.get_text() != before
    assert screen.view.result.headline.text().startswith("Benchmark ")
    assert window.messages.history[-1].text == "All predictions are up to date."


@pytest.mark.long
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
    assert screen.view.result.get_text()


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.parametrize("again", ["page", "job"])
def test_figures_that_were_cancelled_can_be_asked_for_again(
    window, explore, folder, open_in_window, settle, qtbot, monkeypatch, again
):
    compute = presenter.explore_data.build_explore_data

    def wait_for_cancel(*args):
        while True:
            args[2].check()

    monkeypatch.setattr(presenter.explore_data, "build_explore_data", wait_for_cancel)
    open_in_window(folder("labelled"))
    window.show_screen("explore")
    qtbot.waitUntil(lambda: window.runner.find_running("explore.figures") is not None)
    job = window.runner.find_running("explore.figures")
    job.cancel()
    settle()
    view = window.get_shown_screen().view
    assert window.runner.find_running("explore.figures") is None
    assert view.pages.current_page is view.placeholder
    monkeypatch.setattr(presenter.explore_data, "build_explore_data", compute)
    if again == "page":
        view.placeholder.retry_requested.emit()
    else:
        job.retry()
    settle()
    assert view.result.get_text()
    assert window.header.primary.isEnabled()


@pytest.mark.long
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
    assert screen.view.result.get_text()
    assert screen.view.figures.isEnabled()


def test_nothing_is_shown_of_a_frame_that_is_not_labelled(window, explore, folder):
    """While picks are blind, no tile, text or name tells what the model said of them."""
    path = folder("drawn")
    with open_project(path) as project:
        names = [one.frame_id for one in project.read(picks_table.list_picks)]
        for name in names[:10]:
            set_label(project, name, LabelDecision("red"), annotator="tester", now=makers.NOW)
    screen = explore(path)
    found = [tile._error.frame_id for tile in screen.view.result.list_tiles()]
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
    first = screen.view.result.get_text()
    explore(folder("drawn"))
    assert screen.view.pages.current_page is screen.view.placeholder
    assert first


@pytest.mark.long
def test_the_report_comes_next(window, explore, folder):
    explore(folder("labelled"))
    window.context.actions.get_action("primary").trigger()
    assert window.current_screen == ("report" if "report" in window.sidebar.items else "explore")


@pytest.mark.long
def test_beside_a_frame_stands_the_most_similar_benchmark_image(
    window, explore, folder, settle, do
):
    path = folder("labelled")
    with open_project(path) as project:
        vectors = compute_missing_vectors(project, NullProgress())
        root = get_benchmark_root(project, project.read(benchmarks_table.get_benchmark))
    view = explore(path).view
    do("worst")
    for at in (0, 1):
        view.frames.grid.setCurrentIndex(view.frames.grid.tiles.index(at))
        settle()
        subject = view.frames.grid.get_current_subject()
        other = get_benchmark_path(vectors.find_nearest_benchmark(subject))
        assert view.frames.side.under.text() == f"Benchmark, nearest: {other}"
        assert view.frames.side.other.isVisible()
        image = view.frames.side.other.image
        assert (image.width(), image.height()) == read_image_size(root / other)


@pytest.mark.long
def test_an_error_of_the_result_opens_among_all_errors(window, explore, folder, settle):
    screen = explore(folder("labelled"))
    tile = screen.view.result.list_tiles()[1]
    tile.click()
    settle()
    assert (screen.presenter.session.mode, screen.presenter.session.view) == ("frames", "grid")
    assert screen.view.frames.grid.get_current_subject() == tile._error.frame_id
    screen.presenter.switch_part("gap")
    screen.view.result.show_all.click()
    assert screen.view.frames.grid.tiles.rowCount() == screen.presenter.session.explore_data.n_wrong


@pytest.mark.long
def test_what_narrows_the_interval_is_one_press_away(window, explore, folder, settle):
    screen = explore(folder("labelled"))
    action = screen.presenter.session.explore_data.outlook.action
    screen.view.result.outlook.button.click()
    settle()
    assert window.current_screen == {"record": "capture", "label": "label"}[action]


@pytest.mark.long
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
    result = screen.view.result
    assert result.headline.text() == " ".join(shown.headline)
    assert result.under.text() == " ".join(shown.under)
    assert all(reason.text in result.get_text() for reason in shown.reasons)
    assert result.chart.isVisible()
    assert screen.view.busy.isVisible()
    assert screen.view.figures.isEnabled()
    assert len(result.list_tiles()) == len(shown.worst)
    qtbot.wait(50)  # until the layout has come to rest
    before = (result.verdict.geometry(), result.headline.text(), result.outlook.geometry())
    screen.presenter.refresh(Changes("background"))
    qtbot.wait(100)
    assert screen.view.pages.current_page is screen.view.figures
    go_on.set()
    settle()
    assert not screen.view.busy.isVisible()
    after = (result.verdict.geometry(), result.headline.text(), result.outlook.geometry())
    assert after == before, "the rest comes and nothing moves"


@pytest.mark.long
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
    assert window.get_shown_screen().view.result.isVisible()
    assert len(asked) == 1


@pytest.mark.long
def test_flicker_is_measured_from_here_and_has_its_chart(explore, folder, do, window, settle):
    screen = explore(folder("labelled"))
    before = [plot.title for plot in screen.presenter.session.explore_data.plots]
    assert "Flicker by clip" not in before
    do("flicker")
    settle()
    (plot,) = (
        one for one in screen.presenter.session.explore_data.plots if one.section == "flicker"
    )
    # 240 frames of a belt that shows another colour every fourth: 59 changes
    assert plot.title == "Flicker by clip"
    assert plot.marks[0].row[0]
    assert plot.marks[0].y == pytest.approx(59 / (239 / makers.FPS / 60))
    assert plot.marks[0].frames
    assert "Flicker on this footage only" in plot.alt_text
