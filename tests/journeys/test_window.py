"""From the first start to the report in the window, with the keyboard alone; the figures are read
from what was written."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSpinBox

from fieldcheck.paths import get_app_paths
from tests.journeys.program import Program
from tests.journeys.window import CTRL, Person, frame_on

Key = Qt.Key
N_LABELS = 10
N_DRAWN = 20  # picks of the made project


@pytest.fixture
def person(qapp):
    """Somebody in front of a fresh window."""
    made = Person()
    yield made
    made.leaves()


@pytest.mark.long
def test_open_pick_label_ten_second_look_and_export_with_the_keyboard_alone(person, tmp_path):
    """A14: a whole visit on the sample project, the mouse disconnected. The demo opens at its
    finished report; its own key turns to the same footage without labels."""
    person.press(Key.Key_S)
    person.wait_for(lambda: person.window.current_screen == "report")
    person.wait_until_done()
    person.press(Key.Key_L, CTRL | Qt.KeyboardModifier.ShiftModifier)
    person.wait_for(lambda: person.window.current_screen == "label" and frame_on(person) == 0)
    propose(person, N_LABELS)
    reports = get_app_paths().sample / "sample.fieldcheck" / "reports"
    report, looked = label_and_export(person, N_LABELS, reports)

    summary = json.loads((report / "summary.json").read_text("utf-8"))
    # ten labels are of few classes, and the gap is over those alone
    every_class = summary["shared_classes"]["benchmark_all"]
    assert summary["field"]["n_labelled"] == N_LABELS
    assert (summary["field"]["blind"], every_class["n"]) == (True, 400)
    assert summary["benchmark"]["n"] < 400
    of_field = next(row for row in summary["label_noise"] if row["on"] == "field")
    assert of_field["n"] == looked
    assert of_field["model_wrong"] + of_field["label_wrong"] + of_field["cannot_tell"] == looked
    assert every_class["value"] == pytest.approx(0.9375)
    assert summary["gap"]["value"] == pytest.approx(
        summary["benchmark"]["score"]["value"] - summary["field"]["footage"]["value"], abs=1e-9
    )
    page = person.window.get_shown_screen().view.canvas  # a picture, and its words for a reader
    assert page.isVisible()
    assert summary["gap"]["sentence"].split(". ")[0] in page.accessibleDescription()
    names = {path.name for path in report.iterdir()}
    assert {"report.html", "report.pdf", "summary.json", "frames.csv", "predictions.csv"} <= names


def test_a_small_project_is_labelled_looked_at_and_exported_with_the_keyboard_alone(person, drawn):
    drawn.close()
    person.window.open_project(drawn.path)
    person.wait_for(lambda: person.window.current.project is not None)
    report, looked = label_and_export(person, N_DRAWN, drawn.path / "reports")
    summary = json.loads((report / "summary.json").read_text("utf-8"))
    assert (summary["field"]["n_labelled"], summary["field"]["blind"]) == (N_DRAWN, True)
    assert sum(row["n"] for row in summary["label_noise"] if row["on"] == "field") == looked
    page = person.window.get_shown_screen().view.canvas
    assert summary["gap"]["sentence"].split(". ")[0] in page.accessibleDescription()


def test_what_the_window_wrote_is_what_the_terminal_reads(person, drawn):
    drawn.close()
    person.window.open_project(drawn.path)
    person.wait_for(lambda: person.window.current.project is not None)
    person.press(Key.Key_4, CTRL)
    person.wait_for(lambda: person.window.current_screen == "label" and frame_on(person) == 0)
    for number in range(4):
        person.wait_for(lambda number=number: frame_on(person) == number)
        label_with(person, Key.Key_2, number + 1, 20)
    person.leaves()
    shown = Program(get_app_paths().settings.parent).document("label", "show", drawn.path)
    assert (shown["n_labelled"], shown["per_class"], shown["blind"]) == (4, {"green": 4}, True)
    assert all(0.2 <= label["seconds"] < 120 for label in shown["labels"])


def label_and_export(person, count, reports):
    """Labels `count` frames, looks at the model's answers again and exports the report; its folder
    and how many were looked at."""
    person.press(Key.Key_4, CTRL)
    person.wait_for(lambda: person.window.current_screen == "label" and frame_on(person) == 0)
    for number in range(count):
        person.wait_for(lambda number=number: frame_on(person) == number)
        label_with(person, Key.Key_1 + number % 3, number + 1, count)
    assert f"{count} of {count} labelled" in person.reads()
    person.press(Key.Key_Z, CTRL)
    person.wait_for(lambda: f"{count - 1} of {count} labelled" in person.reads())
    person.press(Key.Key_Y, CTRL)
    person.wait_for(lambda: f"{count} of {count} labelled" in person.reads())

    see_result(person)
    if person.window.header.primary.get_label() == "Run model":
        person.press(Key.Key_Return, CTRL)
    else:
        person.press(Key.Key_5, CTRL)
    assert person.window.current_screen == "explore"
    person.wait_until_done()
    looked = look_again(person)

    person.press(Key.Key_9, CTRL)
    assert person.window.current_screen == "report"
    person.wait_until_done()
    person.press(Key.Key_E, CTRL)
    person.wait_for(lambda: list(reports.glob("Fieldcheck_*/SHA256SUMS.txt")))
    person.wait_until_done()
    return next(reports.glob("Fieldcheck_*")), looked


def propose(person, count):
    """On the Pick screen, another number of frames in place of those that are proposed."""
    person.press(Key.Key_3, CTRL)
    person.wait_until_done()
    person.wait_for(lambda: any(" frames · " in text for text in person.reads()))
    for _ in range(60):
        if isinstance(QApplication.focusWidget(), QSpinBox):
            break
        person.press(Key.Key_Tab)
    person.press(Key.Key_A, CTRL)
    person.write(str(count))
    person.press(Key.Key_Escape)
    person.press(Key.Key_D)
    person.wait_until_done()
    person.wait_for(lambda: any(text.startswith(f"{count} frames · ") for text in person.reads()))


def see_result(person):
    """The result of the labels over the frames, shown once more after an undo: the primary button
    is its next step then."""
    person.press(Key.Key_Return, CTRL)
    person.wait_for(
        lambda: person.window.header.primary.get_label() in ("Run model", "Create report")
    )
    assert person.window.current_screen == "label"
    assert person.window.get_shown_screen().view.result.isVisible()


def look_again(person):
    """Answers every disagreement of the second look; how many there were."""
    person.press(Key.Key_4)
    person.wait_until_done()
    view = person.window.get_shown_screen().view.look_again
    person.wait_for(lambda: view.title.text().startswith("0 of "))
    n = int(view.title.text().split()[2])
    for done in range(n):
        said = f"{done + 1} of {n} reviewed"
        press_until(
            person,
            (Key.Key_M, Key.Key_L, Key.Key_C)[done % 3],
            lambda said=said: view.title.text() == said,
        )
    # computed when the answers pause
    person.wait_for(lambda: view.share.text().startswith(f"{(n + 1) // 3} of {n} reviewed label"))
    return n


def label_with(person, key, done, of):
    """A label is in; `done` of them then."""
    press_until(person, key, lambda: f"{done} of {of} labelled" in person.reads())


def press_until(person, key, taken):
    """Presses the key until it is taken: right after a frame appeared nobody can have seen it, so
    it is refused."""

    def pressed():
        if taken():
            return True
        person.press(key)
        return False

    person.wait_for(lambda: pressed() or taken())
