import threading

import pytest
from PySide6.QtCore import Qt

from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.store import mark_person
from fieldcheck.latency import bench_runner, latency_run
from fieldcheck.latency.latency_run import load_target, set_target
from fieldcheck.models import store
from fieldcheck.ui.screens.latency import presenter
from tests import makers
from tests.latency.made import beside, variant
from tests.makers import NOW
from tests.ui.screens.latency.made import ten_minutes

Key = Qt.Key
WORK = "bench.run"


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("fieldcheck.latency.frame_timing.WARM_UP_S", 0.1)
    monkeypatch.setitem(presenter.DURATIONS, "short", (0.5, False))


@pytest.fixture
def bench(quick, screen_of):
    return screen_of("footed", "bench")


def test_without_a_project_or_footage_it_says_what_is_missing(window, screen_of, settle):
    window.show_screen("bench")
    settle()
    assert window.get_shown_screen().view.placeholder.isVisible()
    screen = screen_of("empty", "bench")
    assert screen.view.placeholder.sentence == "No footage imported."
    assert not window.context.actions.get_action("bench.run").isEnabled()


@pytest.mark.long
def test_a_key_begins_a_run_whose_figures_stand_there_afterwards(bench, window, press, settle):
    view = bench.view
    assert view.heading.text() == "Not measured yet"
    press(Key.Key_1)
    assert view.choices["duration"].chosen_code == "short"
    press(Key.Key_R)
    assert view.heading.text() == "Latency test running"
    assert window.header.primary.get_label() == "Stop"
    settle()
    assert view.heading.text() == "Too short to detect throttling"
    assert view.sentence.text().startswith("Median ")
    assert " ms per frame." in view.sentence.text()
    assert float(view.figures["p50"][0].text()) > 0
    assert "MB.\nPeak activation memory: at most" in view.memory.lines.text()
    assert view.memory.rows[0][1].text().endswith(" MB")
    assert view.stages.parts[3][0] == "forward pass"
    assert window.sidebar.items["bench"].accessibleName() == "Step Latency, measured"
    assert window.header.primary.get_label() == "Run 1 min"


@pytest.mark.long
def test_before_a_run_there_are_no_axes_and_the_options_are_one_line(bench, press, settle):
    view = bench.view
    parts = (view.over_time, view.where, view.percentiles)
    assert [part.isVisible() for part in parts] == [False] * 3
    assert view.options_line.text().startswith("Duration: 10 min · ")
    assert not view.options.isVisible()
    press(Key.Key_O)
    assert view.options.isVisible()
    press(Key.Key_1)
    assert view.options_line.text().startswith("Duration: 1 min · ")
    press(Key.Key_O)
    assert not view.options.isVisible()
    press(Key.Key_R)
    assert view.over_time.isVisible()
    settle()
    assert [part.isVisible() for part in parts] == [True] * 3


@pytest.mark.long
def test_the_curve_grows_while_it_is_measured_and_nothing_stays_of_a_run_that_was_stopped(
    bench, window, press, qtbot, settle
):
    press(Key.Key_2)
    press(Key.Key_R)
    qtbot.waitUntil(lambda: "frames; median over the last second " in bench.view.sentence.text())
    assert bench.view.stages.parts
    press(Key.Key_3)
    assert bench.presenter.session.choices["duration"] == "usual", "nothing changes under a run"
    press(Key.Key_R)
    settle()
    assert bench.view.heading.text() == "Not measured yet"
    assert not bench.view.strip.isVisible()
    assert window.runner.jobs[-1].state == "cancelled"


@pytest.mark.long
def test_a_run_goes_on_while_another_screen_is_shown_and_is_found_again_in_a_window_built_anew(
    bench, window, press, qtbot, settle
):
    press(Key.Key_R)
    window.show_screen("pick")
    assert window.runner.find_running(WORK) is not None
    window.preferences.update(theme="dark")
    window.show_screen("bench")
    screen = window.get_shown_screen()
    assert screen is not bench
    qtbot.waitUntil(lambda: bool(screen.view.stages.parts))
    screen.presenter.on_primary_action()
    settle()
    assert screen.view.heading.text() == "Not measured yet"


@pytest.mark.long
def test_a_run_that_got_slower_is_told_with_its_moment_and_the_rates_it_keeps(bench):
    bench.presenter.session.latency = ten_minutes()
    bench.presenter.update_running_curve()
    view = bench.view
    assert (view.sign.kind, view.heading.text()) == ("triangle", "Slows down during the test")
    expected = "slower from 4:10. Target met at 15 fps, missed at 30 fps."
    assert view.sentence.text().endswith(expected)
    assert view.curve.plot.rules[-1].mark == "▲ 4:10  1.67×"
    assert "CPU frequency governor is powersave: set it to performance." in view.facts.get_lines()
    assert view.memory.isHidden(), "a run from before memory was looked at"
    bench.presenter.session.latency = ten_minutes(slower=1.0)
    bench.presenter.update_running_curve()
    assert (view.sign.kind, view.heading.text()) == ("tick", "Stable")


def test_l_goes_through_the_loads(bench, press):
    press(Key.Key_L)
    assert bench.view.choices["load"].chosen_code == "encode"


@pytest.mark.long
def test_a_folder_goes_to_a_device_and_back(bench, window, settle, tmp_path, monkeypatch):
    monkeypatch.setattr(bench_runner, "WARM_UP_S", 0.1)
    bench.presenter.export_runner(tmp_path)
    settle()
    expected = "On the device, run python -I run_bench.py, then import bench.json here."
    assert expected in window.messages.history[-1].text
    bench_runner.main(
        ["--seconds", "0.3", "--out", str(tmp_path / "bench.json")], tmp_path / "footed-bench"
    )
    bench.presenter.import_device_result(tmp_path / "bench.json")
    settle()
    assert [name for name, _ in bench.view.stages.parts] == ["read", "normalise", "forward pass"]
    expected = "by the exported runner. Decoding, resizing and post-processing are not included."
    assert expected in "\n".join(bench.view.facts.get_lines())
    (tmp_path / "bench.json").write_text("{")
    bench.presenter.import_device_result(tmp_path / "bench.json")
    settle()
    assert "bench.json is an incomplete result" in window.messages.banners[-1].text


@pytest.mark.long
@pytest.mark.parametrize(
    ("modifier", "all_of_it"),
    [(Qt.KeyboardModifier.NoModifier, False), (Qt.KeyboardModifier.ShiftModifier, True)],
)
def test_footage_with_a_person_goes_into_the_folder_by_its_own_key_alone(
    bench, window, press, settle, tmp_path, monkeypatch, modifier, all_of_it
):
    monkeypatch.setattr(
        "fieldcheck.ui.screens.latency.view.choose_folder",
        lambda _view, _title, then, **_options: then(tmp_path),
    )
    every = [line.frame.frame_id for line in window.current.project.read(list_sampling_lines)]
    mark_person(window.current.project, every, marked=True, annotator="tester")
    press(Key.Key_E, modifier)
    settle()
    assert (tmp_path / "footed-bench" / "run_bench.py").exists() is all_of_it


@pytest.mark.long
def test_a_rate_that_it_has_to_keep_up_with_is_kept_in_the_project(bench, window, settle):
    bench.presenter.choose_option("target", "25")
    settle()
    assert load_target(window.current.project) == ((25.0,), 0.0)
    assert bench.view.choices["target"].chosen_code == "25"
    assert [rule.mark for rule in bench.view.curve.plot.rules] == ["25 fps"]
    bench.presenter.choose_option("target", "0")
    settle()
    assert load_target(window.current.project) == ((), 0.0)


@pytest.mark.long
def test_memory_that_it_may_take_is_kept_beside_the_rate(bench, window, settle):
    bench.presenter.choose_option("target", "15")
    bench.presenter.choose_option("memory", "250")
    settle()
    assert load_target(window.current.project) == ((15.0,), 250.0)
    set_target(window.current.project, None, (15.0,), 333.0, NOW)
    bench.presenter.enter()
    settle()
    assert bench.view.choices["memory"].chosen_code == "333"
    assert bench.view.choices["memory"].currentText() == "333 MB"


@pytest.mark.long
def test_providers_and_thread_counts_stand_side_by_side(bench, window, press, settle, monkeypatch):
    monkeypatch.setattr("fieldcheck.ui.screens.latency.presenter.thread_counts", lambda: (0, 1, 2))
    bench.presenter.choose_option("threads", "all")
    assert bench.view.heading.text() == "Variant comparison"
    press(Key.Key_1)
    press(Key.Key_R)
    settle()
    lines = bench.view.variants.table.lines
    said = [
        [lines.index(at, column).data() for column in range(lines.columnCount())]
        for at in range(lines.rowCount())
    ]
    assert said[0][0].endswith(", 1 thread")
    assert said[0][-1] == "–"
    assert said[1][0].endswith(", 2 threads")
    assert "(" in said[1][1]
    assert bench.view.variants.about.text().startswith("Variants compared on ")
    assert "ms per frame" in bench.view.sentence.text()
    assert bench.view.over_time.isHidden()
    assert "optional" in window.sidebar.items["bench"].accessibleName(), "it is shown and not kept"
    bench.presenter.choose_option("threads", "0")
    assert bench.view.heading.text() == "Not measured yet"
    assert (bench.view.several.isHidden(), bench.view.over_time.isHidden()) == (True, True)


@pytest.fixture
def variants(bench, monkeypatch):
    """The figures of a comparison of variants, held back until they are let go."""
    goes_on, figures = threading.Event(), beside(variant(1.0), variant(0.55, 2))

    def compare(*_asked):
        goes_on.wait(10)
        return figures

    monkeypatch.setattr(latency_run, "run_side_by_side", compare)
    bench.presenter.choose_option("threads", presenter.SIDE_BY_SIDE)
    return goes_on


@pytest.mark.long
def test_variants_are_those_of_this_project_and_of_its_newest_model(
    bench, variants, window, settle, tmp_path
):
    session = bench.presenter.session
    variants.set()
    bench.presenter.on_primary_action()
    settle()
    assert session.beside.variants
    window.show_screen("settings")
    window.show_screen("bench")
    settle()
    assert session.beside is not None
    project, path = window.current.project, makers.colour_model(tmp_path / "v2.onnx", gain=21.0)
    store.set_model(project, store.inspect_fitting_model(project, path, None), NOW)
    bench.presenter.enter()
    settle()
    assert session.beside is None, "of the model before"


@pytest.mark.long
def test_variants_of_a_project_are_not_shown_in_another(
    bench, variants, window, settle, qtbot, tmp_path
):
    bench.presenter.on_primary_action()
    makers.empty_project(tmp_path / "other.fieldcheck").close()
    with qtbot.waitSignal(window.current.opened):
        told = window.messages.show_error
        window.current.open(tmp_path / "other.fieldcheck", told, told)
    variants.set()
    settle()
    assert window.get_shown_screen() is bench
    assert bench.presenter.session.beside is None


@pytest.mark.long
def test_variants_go_with_their_project(bench, variants, settle, open_in_window, tmp_path):
    variants.set()
    bench.presenter.on_primary_action()
    settle()
    makers.empty_project(tmp_path / "other.fieldcheck").close()
    open_in_window(tmp_path / "other.fieldcheck")
    settle()
    assert bench.presenter.session.beside is None
