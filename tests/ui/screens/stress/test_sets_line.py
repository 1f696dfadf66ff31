from PySide6.QtWidgets import QLabel

from fieldcheck.ui.screens.stress.view import EvaluationSetsRow

SETS = (
    ("Clean: the benchmark", "97% (96–98%)"),
    ("Damaged", "not run yet"),
    ("Collected failures", "none yet"),
)


def test_the_three_sets_are_named_with_score_or_why_there_is_none(qtbot, look):
    line = EvaluationSetsRow(look)
    qtbot.addWidget(line)
    assert line.isHidden()
    line.show_sets(SETS)
    wanted = [
        "Clean: the benchmark: 97% (96–98%)",
        "Damaged: not run yet",
        "Collected failures: none yet",
    ]
    assert [one.text() for one in line.findChildren(QLabel)] == line.list_captions() == wanted
    line.show_sets(())
    assert line.isHidden()
