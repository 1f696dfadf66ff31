import pytest
from PySide6.QtCore import Qt

from fieldcheck.analyses.blocks import Cell, Table
from fieldcheck.domain.robustness import FAMILIES, SHORTCUTS
from fieldcheck.report.stress_findings import StressFindings
from fieldcheck.ui.screens.stress.view import OodPage

TABLE = Table(
    "Sure",
    (Cell("Images", head=True), Cell("n", figure=True)),
    ((Cell("Noise", head=True), Cell("200", figure=True)),),
)
FOUND = StressFindings(
    families=TABLE,
    shortcuts=TABLE,
    leaning="It answers from the background.",
    sure_from="Sure from 0.90 on.",
)


@pytest.fixture
def page(shown, look):
    return shown(OodPage(look))


def test_the_tables_stand_under_what_follows_from_them(page):
    page.show_findings(FOUND)
    assert page.leaning.text() == "It answers from the background."
    assert page.threshold.text() == "Sure from 0.90 on."
    assert page.families.lines.rowCount() == page.shortcuts.lines.rowCount() == 1
    assert page.pages.current_page is page.figures


def test_before_the_first_probes_it_says_what_to_do_and_nothing_follows(page):
    page.show_findings(FOUND)
    page.show_empty("Run the OOD test.")
    assert (page.leaning.text(), page.pages.current_page) == ("", page.placeholder)


def test_it_tells_whether_it_runs(page):
    page.set_run_label(True)
    assert page.runs
    page.set_run_label(False)
    assert not page.runs
    page.show_running(None)
    assert page.strip.isHidden()


@pytest.fixture
def probes(screen_of, settle):
    stress = screen_of("labelled", "stress")
    stress.presenter.open_page("probes")
    settle()
    return stress.view.probes


@pytest.mark.long
def test_probes_are_run_by_key_and_shown_as_the_report_does(window, probes, press, settle):
    assert probes.placeholder.isVisible()
    press(Qt.Key.Key_R)
    assert window.header.primary.get_label() == "Stop"
    settle()
    assert probes.families.lines.rowCount() == len(FAMILIES)
    assert probes.shortcuts.lines.rowCount() == len(SHORTCUTS)
    assert probes.leaning.text().startswith(("It answers from", "No shortcut"))
    assert probes.threshold.text().endswith("at 0.90 or above.")
    assert window.messages.history[-1].text == "Done: OOD."


def test_without_a_project_or_a_model_it_says_so(window, settle):
    window.show_screen("stress")
    window.get_shown_screen().presenter.open_page("probes")
    settle()
    expected = "To run the OOD test, open or create a project."
    assert window.get_shown_screen().view.probes.placeholder.sentence == expected
