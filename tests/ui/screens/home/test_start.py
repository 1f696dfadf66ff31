from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QLabel

from fieldcheck.ui.screens.home.captions import build_missing_row
from fieldcheck.ui.screens.home.start_page import StartPage, VisitStepsLine
from fieldcheck.ui.widgets.buttons import KeyButton


def test_three_ways_to_begin_carry_their_keys_and_the_promise_stands_below(view):
    names = {one.accessibleName() for one in view.start.findChildren(KeyButton)}
    assert names >= {"Open demo, S", "Create project, N", "Open folder…, O", "Open pack…, P"}
    said = [one.text() for one in view.start.findChildren(QLabel)]
    assert (
        "Everything stays on this computer. Fieldcheck connects only to network cameras that "
        "you specify."
    ) in said


def test_recent_projects_stand_before_all_else_and_without_one_what_this_is_about(
    look, window, qtbot
):
    page = StartPage(look, window.context.actions)
    qtbot.addWidget(page)
    page.resize(1092, 460)
    page.show()
    qtbot.waitExposed(page)
    question = next(
        one
        for one in page.findChildren(QLabel)
        if one.text() == "Compare your model's field score with its benchmark score"
    )
    assert (question.isVisible(), page.recent.isVisible()) == (True, False)
    page.show_recent_projects([build_missing_row("/dock/b.fieldcheck", Path("/dock"))])
    assert (question.isVisible(), page.recent.isVisible()) == (False, True)
    ways = [
        one for one in page.findChildren(KeyButton) if one.accessibleName() == "Create project, N"
    ]
    assert page.recent.mapTo(page, QPoint()).y() < ways[0].mapTo(page, QPoint()).y()


def test_a_lost_project_is_found_in_a_folder(look, window, qtbot, tmp_path):
    page = StartPage(look, window.context.actions)
    qtbot.addWidget(page)
    told = []
    page.project_located.connect(lambda old, folder: told.append((old, folder)))
    page.folder_chosen.connect(told.append)
    page.show_recent_projects([build_missing_row("/dock/b.fieldcheck", Path("/dock"))])
    page.recent.locate_requested.emit("/dock/b.fieldcheck")
    page.prompt_for_project()
    for dialog in page.findChildren(QFileDialog):
        dialog.fileSelected.emit(str(tmp_path))
        dialog.close()
    assert told == [("/dock/b.fieldcheck", tmp_path), tmp_path]


def test_one_visit_has_five_steps_with_their_minutes(look, qtbot):
    steps = VisitStepsLine(look)
    qtbot.addWidget(steps)
    said = [one.text() for one in steps.findChildren(QLabel)]
    actual = [name for name in said if name in ("Capture", "Pick", "Label", "Explore", "Report")]
    assert actual == ["Capture", "Pick", "Label", "Explore", "Report"]
    assert sum(int(one.split()[0]) for one in said if one.endswith(" min")) == 22
    steps.resize(1100, 80)
    assert not steps.grab().isNull()
