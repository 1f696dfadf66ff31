import pytest
from PySide6.QtCore import Qt

from fieldcheck.domain.robustness import FAMILIES, SHORTCUTS


@pytest.fixture
def probes(screen_of, settle):
    stress = screen_of("labelled", "stress")
    stress.presenter.open_page("probes")
    settle()
    return stress.view.probes


def test_probes_are_run_by_key_and_shown_as_the_report_does(window, probes, press, settle):
    assert probes.placeholder.isVisible()
    press(Qt.Key.Key_R)
    assert probes.run.get_label() == "Stop"
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
