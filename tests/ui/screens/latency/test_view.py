from PySide6.QtCore import QCoreApplication

from fieldcheck.ui.screens.latency.presenter import build_latency_plot
from fieldcheck.ui.screens.latency.state import LatencyCurve
from tests.ui.states import SMALL, USUAL, rest


def test_choices_are_told_by_code_and_cannot_be_made_while_a_run_is_under_way(screen_of):
    view, told = screen_of("labelled", "bench").view, []
    view.option_chosen.connect(lambda what, code: told.append((what, code)))
    view.choices["rate"].setCurrentIndex(3)
    view.choices["rate"].activated.emit(3)
    assert told == [("rate", "15")]
    view.show_choices(
        {
            "duration": "long", "rate": "0", "load": "none", "threads": "0", "target": "0",
            "memory": "0",
        },
        False,
    )  # fmt: skip
    assert view.choices["duration"].currentText() == "30 min"
    assert not any(choice.isEnabled() for choice in view.choices.values())


def test_a_narrow_window_shows_the_first_facts_and_says_all_of_them_under_the_pointer(
    window, screen_of, settle
):
    view = screen_of("labelled", "bench").view
    view.show_facts([f"Fact {at}." for at in range(10)])
    window.resize(SMALL)
    rest(window, settle)
    assert view.facts.get_shown_lines() == [*(f"Fact {at}." for at in range(6)), "Fact 6. …"]
    view.show_facts([f"Fact number {at} takes a line." for at in range(8)])
    assert "Fact number 7" in view.facts.toolTip()
    window.resize(USUAL)
    rest(window, settle)
    assert len(view.facts.get_shown_lines()) == 8


def test_memory_has_a_card_of_its_own_and_in_a_narrow_window_follows_the_facts(
    window, screen_of, settle
):
    view = screen_of("labelled", "bench").view
    view.show_facts(("Fact.",), ("60 parameters.",), (("Conv 1 × 4", "0.10 MB"),))
    rest(window, settle)
    assert (view.memory.isVisible(), view.facts.get_shown_lines()) == (True, ["Fact."])
    window.resize(SMALL)
    rest(window, settle)
    assert not view.memory.isVisible()
    assert view.facts.get_shown_lines() == ["Fact.", "60 parameters."]
    window.resize(USUAL)


def test_no_figure_is_cut_off_however_long_a_frame_takes(screen_of):
    view = screen_of("labelled", "bench").view
    view.set_compact(True)
    view.show_percentiles(
        (("41.4", "39.4–44.5 ms"), ("1184.4", "1162.8–1225.6 ms"), ("1320.6", "1266.6–1417.3 ms"))
    )
    QCoreApplication.processEvents()
    assert all(
        part.width() >= part.sizeHint().width() for pair in view.figures.values() for part in pair
    )


def test_verdict_stages_and_percentiles_stand_where_they_are_read(screen_of):
    view = screen_of("labelled", "bench").view
    view.show_verdict("triangle", "Slows down during the test", "31 ms a frame.")
    view.show_stages((("decode", 4.0), ("forward pass", 24.0)))
    view.show_curve(
        build_latency_plot(LatencyCurve((0.0,), (31.0,), (35.0,)), 5, 10.0, (15.0,), ()), "n = 5"
    )
    view.show_percentiles((("35.0", "34.0–36.0 ms"), ("57.0", ""), ("–", "too few frames")))
    QCoreApplication.processEvents()
    assert (view.sign.kind, view.heading.text()) == ("triangle", "Slows down during the test")
    assert view.sentence.text() == "31 ms a frame."
    assert view.stages_line.text() == "decode 4.0 · forward pass 24.0 = 28.0 ms per frame"
    assert [figure.text() for figure, _ in view.figures.values()] == ["35.0", "57.0", "–"]
