import json
import shutil
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from shiboken6 import delete

from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.projects import AdminNeeded
from fieldcheck.evidence.messages import DONE, LOOK, StateLine
from fieldcheck.labels.formats.registry import WRITABLE
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.limits import GapLimits, set_limits
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.report.export import split_labels
from fieldcheck.ui.screens.evidence import SPEC
from fieldcheck.ui.screens.evidence import presenter as screen
from fieldcheck.ui.screens.evidence.annotators import AnnotatorsPresenter
from fieldcheck.ui.screens.evidence.packs import PacksPresenter, StateRow
from fieldcheck.ui.screens.evidence.presenter import PARTS, ExportChoice, ExportsPresenter
from fieldcheck.ui.screens.evidence.runs import RunsPage, RunsPresenter
from fieldcheck.ui.widgets.buttons import KeyButton
from tests import makers
from tests.packs import held


class Head:
    def show_head(self, head):
        self.head = head


@pytest.fixture
def opened(desk, look):
    """The screen at the desk, with its real pages, entered; and what its header says."""

    def show():
        head = Head()
        desk.theme = look
        made = screen.build_screen(desk, head)
        made.view.setParent(desk.room)
        desk.actions.bind_screen("evidence", made.presenter)
        desk.actions.set_screen("evidence")
        made.presenter.enter()
        desk.settle()
        return made, head

    return show


def list_actions(page):
    """What can be pressed on the page of what the header may offer too, and the signing key."""
    offered = ("Seal now", "Choose signing key…", "Create evidence pack")
    buttons = [one for one in page.findChildren(KeyButton) if one.isVisibleTo(page)]
    labels = [one.get_label() for one in buttons]
    return [label for label in offered if label in labels]


def can(desk, name):
    return desk.actions.get_action(f"evidence.{name}").isEnabled()


def test_without_a_project_it_says_what_is_missing_and_packs_can_be_verified(desk, opened):
    made, head = opened()
    assert made.view.pages.current_page is made.view.placeholder
    assert head.head.primary == ""
    assert (can(desk, "repeat"), can(desk, "seal"), can(desk, "verify")) == (False, False, True)


def test_the_header_does_what_is_next_and_the_part_is_found_again(desk, project, opened):
    project("labelled")
    made, head = opened()
    assert (made.presenter.part, head.head.primary) == ("packs", "Create evidence pack")
    assert (can(desk, "pack"), can(desk, "seal"), can(desk, "repeat")) == (True, False, False)
    made.presenter.switch_part("runs")
    desk.settle()
    assert head.head.primary == "Reproduce this run"
    assert (can(desk, "repeat"), can(desk, "pack")) == (True, False)
    assert not any(can(desk, name) for name in ("newer", "older"))
    made.presenter.leave()
    again, _ = opened()
    assert again.view.pages.current_page is again.view.parts["runs"]
    again.presenter.refresh(Changes("project.opened"))
    assert again.presenter.parts["runs"].pages.n == 0


def test_before_the_first_label_the_main_action_seals_and_parts_are_empty(desk, project, opened):
    project("empty")
    made, head = opened()
    page = made.view.parts["packs"]
    assert (head.head.primary, can(desk, "seal")) == ("Seal now", True)
    assert list_actions(page) == ["Choose signing key…", "Create evidence pack"]
    assert page.next.text().startswith("Next: seal limits")
    actual = {code: row.mark.text() for code, row in page.rows.items()}
    assert actual == dict.fromkeys(page.rows, "–")
    made.presenter.on_primary_action()
    desk.settle()
    made.presenter.refresh(Changes("seal"))
    desk.settle()
    assert head.head.primary == "Create evidence pack"
    assert list_actions(page) == ["Seal now", "Choose signing key…"]
    assert (page.rows["seal"].mark.text(), can(desk, "seal")) == ("✓", False)
    for part in ("runs", "people"):
        made.presenter.switch_part(part)
        desk.settle()
        assert made.view.parts[part].pages.current_page is made.view.parts[part].placeholder


@pytest.mark.long
def test_its_keys_turn_to_every_part_and_the_pin_is_set_by_its_button(desk, project, opened, qtbot):
    project("drawn")
    made, _ = opened()
    room = desk.room
    made.view.show()
    room.resize(900, 500)
    room.show()
    room.activateWindow()
    qtbot.waitUntil(room.isActiveWindow)
    for key, part in (
        (Qt.Key.Key_2, "runs"), (Qt.Key.Key_3, "people"), (Qt.Key.Key_4, "exports"),
        (Qt.Key.Key_1, "packs"),
    ):  # fmt: skip
        made.view.setFocus()
        QTest.keyClick(room, key)
        assert made.presenter.part == part
        desk.settle()
    page = made.view.parts["packs"]
    QTest.keyClick(room, Qt.Key.Key_P)
    assert page.pin.hasFocus()
    QTest.keyClicks(page.pin, "1234")
    QTest.mouseClick(page.give, Qt.MouseButton.LeftButton)
    desk.settle()
    made.presenter.refresh(Changes("admin"))
    desk.settle()
    assert page.rows["pin"].mark.text() == "▲"
    assert (page.give.get_label(), page.clear.isVisible()) == ("Change PIN", True)
    QTest.mouseClick(page.clear, Qt.MouseButton.LeftButton)
    desk.settle()
    made.presenter.refresh(Changes("admin"))
    desk.settle()
    assert (page.rows["pin"].mark.text(), page.give.get_label()) == ("–", "Set PIN")


def test_each_part_has_its_action_on_the_key_of_its_place_and_says_what_it_is_for():
    keys = {entry.id: entry.keys for entry in SPEC.actions()}
    for at, part in enumerate(PARTS, 1):
        assert keys[f"evidence.{part.code}"] == (str(at),)
        assert part.name()
        # as much as has room beside the main action in the narrow window
        assert len(part.hint()) <= 45


def test_a_row_that_is_to_be_looked_at_says_so_by_mark_and_tone(look, shown):
    row = shown(StateRow(look, "Seal"), 400, 60)
    row.show_state(StateLine(LOOK, "The limit changed."))
    assert row.mark.text() == "▲"
    assert (row.sentence.text(), row.sentence.property("tone")) == ("The limit changed.", "warn")
    row.show_state(StateLine(DONE, "Sealed."))
    assert (row.mark.text(), row.sentence.property("tone")) == ("✓", "quiet")


def begun(desk, told):
    view = told()
    return PacksPresenter(view, desk), view


def done(desk, made):
    desk.settle()
    made.load_data()
    desk.settle()


def test_the_seal_precedes_the_first_label_and_a_changed_limit_is_named(desk, project, told):
    opened = project("drawn")
    made, view = begun(desk, told)
    done(desk, made)
    assert view.told["show_state"][0]["seal"].sentence.startswith("Not sealed yet")
    made.create_seal()
    done(desk, made)
    assert "sealed before the first label" in view.told["show_state"][0]["seal"].sentence
    set_limits(opened, GapLimits(0.05, "A. B."))
    done(desk, made)
    assert any(", by A. B.: 3 → 5 pp." in line for line in view.told["show_changes"][0])
    assert view.told["show_state"][0]["seal"].mark == "▲"


@pytest.mark.long
def test_a_pack_is_made_verified_and_a_changed_byte_is_named(desk, project, told, tmp_path):
    project("labelled")
    made, view = begun(desk, told)
    before = datetime.now()
    made.create_pack(tmp_path, recordings=False, with_people=False)
    desk.settle()
    (pack,) = tmp_path.glob("*.fcpack")
    assert pack.name in {f"labelled_{day:%Y-%m-%d}.fcpack" for day in (before, datetime.now())}
    assert not any(name.startswith("recordings/") for name in held(pack))
    made.verify_pack(pack)
    desk.settle()
    lines, fits = view.told["show_verification"]
    assert fits
    assert " values reproduced from labels and predictions." in lines[0]
    pack.write_bytes(pack.read_bytes()[:-1] + b"x")
    made.verify_pack(pack)
    desk.settle()
    assert view.told["show_verification"][1] is False
    assert "archive truncated or extended" in desk.said[-1]


@pytest.mark.long
def test_a_pin_guards_the_limits_until_it_is_given(desk, project, told):
    opened = project("empty")
    made, view = begun(desk, told)
    made.submit_pin("123")
    assert "at least 4" in view.told["show_pin_error"][0]
    made.submit_pin("1234")
    done(desk, made)
    assert view.told["show_pin_action"] == ("Change PIN", True)
    desk.current.close()
    desk.settle()
    opened = desk.open(opened.path)
    done(desk, made)
    assert view.told["show_pin_action"] == ("Enter PIN", False)
    storing = desk.current.run_edit(None, lambda project: set_limits(project, GapLimits(0.1, "")))
    storing.on_failure(desk.messages.show_error)
    made.submit_pin("4321")
    done(desk, made)
    assert [isinstance(one, str) and "PIN" in one for one in desk.said] == [True, True]
    assert AdminNeeded.__name__ not in "".join(desk.said)
    made.submit_pin("1234")
    done(desk, made)
    made.remove_pin()
    done(desk, made)
    assert view.told["show_pin_action"] == ("Set PIN", False)
    assert opened.read(lambda db: True)


def test_what_fits_is_offered_by_name_and_written_to_a_new_folder(desk, project, told, tmp_path):
    project("labelled")
    view = told()
    made = ExportsPresenter(view, desk)
    made.load_data()
    desk.settle()
    (formats,) = view.told["show_formats"]
    offered = {code: name for code, name, about, _ in formats if about}
    assert {code for code, *_, splits in formats if splits} <= set(WRITABLE)
    assert offered["label-studio"] == "Labelled frames: Label Studio"
    assert "coco" not in offered  # which holds boxes, and these labels are classes
    assert {"mlflow", "recipe", "suspects"} < set(offered)
    assert offered["cvat-tasks"] == "Labelling tasks for CVAT (without labels)"
    for _ in range(2):
        made.export_labels(tmp_path, ExportChoice("label-studio"))
        desk.settle()
    for name in ("labelled_label-studio", "labelled_label-studio_2"):
        (tasks,) = (tmp_path / name).glob("*.json")
        assert len(json.loads(tasks.read_text("utf-8"))) == 20
    assert desk.said[-1].startswith("20 labelled frames exported to")
    made.export_labels(tmp_path, ExportChoice("cvat-tasks"))
    desk.settle()
    assert "Nothing was written" in desk.said[-1]


@pytest.mark.long
def test_a_training_and_a_validation_set_are_written_as_the_command_does(
    desk, material, told, tmp_path
):
    with makers.empty_project(tmp_path / "two.fieldcheck", material / "net.onnx") as two:
        for clip, camera in (("belt.avi", "left"), ("night.avi", "right")):
            makers.add_footage(two, material / clip, camera=camera)
        makers.draw(two, 10)
        makers.label_all(two)
        wanted = split_labels(
            two, "imagefolder", tmp_path / "command", "clip", 0.2, 0, NullProgress()
        )
    desk.open(tmp_path / "two.fieldcheck")
    made = ExportsPresenter(told(), desk)
    made.export_labels(tmp_path, ExportChoice("imagefolder", split=True))
    desk.settle()
    assert desk.said[-1].endswith("no group is in both sets.")
    assert wanted.train
    assert wanted.validation
    for name in wanted.files:
        mine, theirs = tmp_path / "two_imagefolder" / name, tmp_path / "command" / name
        assert mine.read_bytes() == theirs.read_bytes()


def answered(project, by, said):
    names = [one.frame_id for one in project.read(labels_table.list_picks)]
    for place, class_name in said.items():
        set_label(project, names[place], LabelDecision(class_name), annotator=by, now=makers.NOW)
    return names


@pytest.fixture
def met(desk, project, told, made, tmp_path):
    """Two people labelled three frames each and differ on two of them; the labels of the other one
    are in."""
    mine, view = project("drawn"), told()
    names = answered(mine, "me", {0: "red", 1: "red", 2: "blue"})
    theirs = shutil.copytree(made["drawn"], tmp_path / "theirs.fieldcheck")
    with open_project(theirs) as other:
        answered(other, "you", {0: "blue", 1: "green", 2: "blue"})
    presenter = AnnotatorsPresenter(view, desk)
    presenter.merge_labels([theirs])
    desk.settle()
    presenter.load_data()
    desk.settle()
    return mine, presenter, view, names


def test_both_answers_stand_beside_each_other_and_the_one_that_is_chosen_is_the_label(desk, met):
    mine, presenter, view, names = met
    assert "2 label conflicts." in desk.said[-1]
    assert "Inter-annotator agreement: 33%" in desk.said[-1]
    expected = ("Conflict 1 of 2; resolved: 0.", ("red (me)", "blue (you)"))
    assert view.told["show_conflict"] == expected
    rgb, marks = view.told["show_frame"]
    assert (rgb.ndim, marks) == (3, ((), ()))
    presenter.decide_conflict(second=True)
    desk.settle()
    assert mine.read(lambda db: labels_table.get_label(db, names[0])).class_name == "blue"
    presenter.load_data()
    desk.settle()
    expected = ("Conflict 2 of 2; resolved: 1.", ("red (me)", "green (you)"))
    assert view.told["show_conflict"] == expected
    presenter.decide_conflict(second=False)
    desk.settle()
    assert mine.read(lambda db: labels_table.get_label(db, names[1])).class_name == "red"
    desk.current.undo(None).on_failure(desk.messages.show_error)
    desk.current.undo(None).on_failure(desk.messages.show_error)
    desk.settle()
    assert mine.read(lambda db: labels_table.get_label(db, names[0])).class_name == "red"


def test_a_decision_is_about_the_answer_that_is_shown_where_a_frame_has_several(
    desk, met, made, tmp_path
):
    mine, presenter, view, names = met
    third = shutil.copytree(made["drawn"], tmp_path / "third.fieldcheck")
    with open_project(third) as other:
        answered(other, "she", {0: "green"})
    presenter.merge_labels([third])
    desk.settle()
    presenter.load_data()
    desk.settle()
    shown = [view.told["show_conflict"][1]]
    presenter.step_conflict(-1)
    shown.append(view.told["show_conflict"][1])
    assert shown == [("red (me)", "blue (you)"), ("red (me)", "green (she)")]
    presenter.step_conflict(1)
    presenter.decide_conflict(second=True)
    desk.settle()
    assert mine.read(lambda db: labels_table.get_label(db, names[0])).class_name == "blue"
    presenter.load_data()
    desk.settle()
    expected = ("Conflict 3 of 3; resolved: 1.", ("red (me)", "green (you)"))
    assert view.told["show_conflict"] == expected
    presenter.step_conflict(-2)
    expected = ("Conflict 1 of 3; resolved: 1.", ("blue (you)", "green (she)"))
    assert view.told["show_conflict"] == expected


@pytest.mark.long
def test_the_picks_are_dealt_out_to_two_people_with_an_overlap(desk, project, told, tmp_path):
    project("drawn")
    presenter = AnnotatorsPresenter(told(), desk)
    presenter.split_frames(tmp_path, 4, with_people=False)
    desk.settle()
    expected = ["drawn_A.fcpack", "drawn_B.fcpack"]
    assert sorted(one.name for one in tmp_path.glob("*.fcpack")) == expected
    assert desk.said[-1] == "drawn_A.fcpack: 12 frames; drawn_B.fcpack: 12 frames; in both: 4."
    presenter.load_data()
    desk.settle()
    assert presenter.conflicts.current_conflict is None


def test_runs_are_listed_with_scores_and_reproduced_or_their_model_is_named(desk, project, told):
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
    unexpected = []
    desk.runner.unexpected.connect(lambda error, _detail: unexpected.append(error))
    runs.load_data()
    delete(page)
    desk.settle()
    assert (runs.pages.n, unexpected) == (0, [])
