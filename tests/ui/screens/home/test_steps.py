from PySide6.QtWidgets import QLabel

from fieldcheck.ui.screens.home.steps import VisitStepsLine


def test_one_visit_has_five_steps_with_their_minutes(look, qtbot):
    steps = VisitStepsLine(look)
    qtbot.addWidget(steps)
    said = [one.text() for one in steps.findChildren(QLabel)]
    assert [name for name in said if name in ("Capture", "Pick", "Label", "Explore", "Report")] == [
        "Capture",
        "Pick",
        "Label",
        "Explore",
        "Report",
    ]
    assert sum(int(one.split()[0]) for one in said if one.endswith(" min")) == 22
    steps.resize(1100, 80)
    assert not steps.grab().isNull()
