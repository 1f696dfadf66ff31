"""A second look and the labels in doubt, by keys alone, in the real window."""

import shutil

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester

from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.labels import label_error_review as label_review
from fieldcheck.labels.label_error_review import ReviewOverlay, list_label_reviews
from fieldcheck.labels.store import LabelDecision, plan_repeats, store_repeat
from fieldcheck.models import embeddings, scored_sides
from fieldcheck.models.run import run_on_set
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.ui.jobs import Operation
from fieldcheck.ui.screens.explore.label_review import AHEAD, KEPT, ReadAhead, ReviewRow
from fieldcheck.ui.widgets.buttons import KeyButton
from tests import makers


@pytest.fixture
def look(explore, folder, do, seen):
    screen = explore(folder("labelled"))
    do("look")
    seen("look")
    return screen


@pytest.fixture
def seen(window, qtbot):
    """`seen("look")`: waits until the frame that was gone to has been painted; without the guard
    against too fast keys."""
    window.preferences.update(too_fast_ms=0)

    def wait(mode):
        part = window.get_shown_screen().presenter.label_reviews[mode]
        qtbot.waitUntil(
            lambda: part._looked_at == part._wanted != "" and part._painted_at is not None
        )

    return wait


@pytest.fixture
def told(window, settle, qtbot):
    """Waits until the answers have paused and everything was computed again."""

    def wait():
        qtbot.waitUntil(
            lambda: (
                not any(
                    part._own for part in window.get_shown_screen().presenter.label_reviews.values()
                )
            )
        )
        settle()
        settle()

    return wait


def looks(window):
    return window.current.project.read(labels_table.list_label_reviews)


@pytest.mark.long
def test_one_key_answers_a_disagreement_and_opens_the_next(look, window, press, settle, seen, told):
    wanted = [row.subject for row in list_label_reviews(window.current.project, "field").rows]
    n = len(wanted)
    for key in (Qt.Key.Key_M, Qt.Key.Key_L, Qt.Key.Key_C, *[Qt.Key.Key_L] * (n - 3)):
        seen("look")
        press(key)
        settle()
    told()
    found = looks(window)
    expected = ["model_wrong", "label_wrong", "cannot_tell", *["label_wrong"] * (n - 3)]
    assert [found[name].answer for name in wanted] == expected
    view = look.view.look_again
    assert view.title.text() == f"{n} of {n} reviewed"
    assert view.after.text().startswith(f"After label review, {n} reviewed: ")
    assert view.share.text().startswith(f"{n - 2} of {n} reviewed labels wrong (")
    assert window._headers["explore"].heading.primary == "Create report"


@pytest.mark.long
def test_scores_before_and_after_are_side_by_side_and_undone(look, window, press, settle, told):
    before = look.view.look_again.before.text()
    press(Qt.Key.Key_L)
    settle()
    told()
    assert look.view.look_again.before.text() == before
    assert look.view.look_again.after.text() != ""
    window.context.actions.get_action("undo").trigger()
    settle()
    assert looks(window) == {}
    assert look.view.look_again.after.text() == ""


@pytest.mark.long
def test_the_benchmarks_disagreements_are_one_choice_away(look, window, settle, seen):
    view = look.view.look_again
    view.set_choice.setCurrentIndex(1)
    settle()
    seen("look")
    assert view.grid.get_current_subject() == "benchmark:red/000.png"
    assert (view.truth.text(), view.prediction.text()) == (
        "Benchmark label: red",
        "Prediction: blue",
    )
    assert view.answers[1].get_label() == "Label wrong"


@pytest.mark.long
def test_suspected_labels_are_corrected(explore, folder, do, window, press, settle, seen, told):
    screen = explore(folder("labelled"))
    do("doubt")
    view = screen.view.doubts
    assert view.grid.get_current_subject() == "benchmark:red/000.png"
    seen("doubt")
    assert "group 1" in view.small.text()
    press(Qt.Key.Key_L)
    settle()
    told()
    assert looks(window)["benchmark:red/000.png"].class_name == "blue"
    assert view.after.text().startswith("After label review, 1 reviewed: 100%")
    QAbstractItemModelTester(view.grid.tiles, QAbstractItemModelTester.FailureReportingMode.Warning)


@pytest.mark.long
def test_the_class_is_named_before_the_key_and_can_be_changed(look, window, press, settle, seen):
    """The model's class used to be stored without a word."""
    view, rows = look.view.look_again, list_label_reviews(window.current.project, "field").rows
    assert view.instead.text() == "Label wrong: press the digit of the correct class."
    assert view.get_correct_class() == rows[0].predicted[0]
    third = next(
        name for name in makers.COLOURS if name not in (*rows[0].truth, *rows[0].predicted)
    )
    view.right.setCurrentText(third)
    press(Qt.Key.Key_L)
    settle()
    assert looks(window)[rows[0].subject].class_name == third
    seen("look")
    assert view.get_correct_class() == rows[1].predicted[0]  # the next frame begins anew
    view.right.setCurrentText(rows[1].truth[0])
    press(Qt.Key.Key_L)
    settle()
    expected = "This is already the current label. Choose the correct class, or press M."
    assert view.instead.text() == expected
    assert rows[1].subject not in looks(window)


@pytest.mark.long
def test_a_digit_says_that_the_label_was_wrong_and_which_class_is_right(
    look, window, press, settle, seen
):
    view, rows = look.view.look_again, list_label_reviews(window.current.project, "field").rows
    classes = look.presenter.label_reviews["look"]._findings.classes
    third = next(
        name for name in makers.COLOURS if name not in (*rows[0].truth, *rows[0].predicted)
    )
    view.grid.setFocus()
    press(Qt.Key(Qt.Key.Key_1 + classes.index(third)))
    settle()
    assert looks(window)[rows[0].subject].class_name == third
    assert look.presenter.session.mode == "look", "no digit leads elsewhere while the list has it"
    seen("look")
    press(Qt.Key(Qt.Key.Key_1 + classes.index(rows[1].truth[0])))
    settle()
    assert rows[1].subject not in looks(window), "that is the label it has"
    assert view.right.isHidden()


@pytest.mark.long
def test_a_key_before_the_frame_could_be_seen_is_no_answer(look, window, press, settle, seen):
    window.preferences.update(too_fast_ms=60_000)
    press(Qt.Key.Key_M)
    settle()
    assert looks(window) == {}
    assert look.view.look_again.instead.text() == "Too fast. Press the key again."
    window.preferences.update(too_fast_ms=0)
    press(Qt.Key.Key_M)
    press(Qt.Key.Key_M)  # the next frame is not on the screen yet
    settle()
    assert len(looks(window)) == 1


@pytest.mark.long
def test_between_answers_nothing_is_computed_and_the_next_frame_is_there_already(
    look, window, press, settle, seen, told, monkeypatch
):
    part, reckoned, waited = look.presenter.label_reviews["look"], [], []
    for module, name in ((label_review, "list_label_reviews"), (scored_sides, "_load_field_side")):
        real = getattr(module, name)
        monkeypatch.setattr(
            module,
            name,
            lambda *given, real=real, name=name: (reckoned.append(name), real(*given))[1],
        )
    n = min(4, part.n_open)
    assert n > 1
    for _ in range(n):
        seen("look")
        monkeypatch.setattr(part._pause, "start", lambda: None)  # a slow machine is no pause
        following = part._list_following_open(part._looked_at)
        settle()
        waited += [name for name in following[:1] if part._ahead.get_frame(name) is None]
        press(Qt.Key.Key_M)
        settle()
    assert (reckoned, waited) == ([], [])
    part.report_answers()
    told()
    assert "list_label_reviews" in reckoned
    assert look.view.look_again.after.text().startswith(f"After label review, {n} reviewed: ")


@pytest.mark.long
def test_picture_and_words_change_together(look, window, settle, seen):
    """A frame that is not read yet leaves the one before, with its words, until both can change."""
    view, part = look.view.look_again, look.presenter.label_reviews["look"]
    rows = list_label_reviews(window.current.project, "field").rows
    before = (view.truth.text(), view.prediction.text(), view.still.image.copy())
    part._ahead.reset(part._findings.basis)  # nothing is read ahead
    part.choose_frame(rows[-1].subject)
    assert (view.truth.text(), view.prediction.text(), view.still.image) == before
    part.store_answer("model_wrong")
    assert view.instead.text() == "Too fast. Press the key again."
    seen("look")
    assert view.still.image != before[2]
    assert view.still.accessibleDescription().startswith(
        f"Label {rows[-1].truth[0]}; prediction {rows[-1].predicted[0]}"
    )
    settle()
    assert looks(window) == {}


def test_before_every_pick_is_labelled_there_is_only_a_sentence(explore, folder, do):
    screen = explore(folder("drawn"))
    do("look")
    view = screen.view.look_again
    assert view.placeholder.isVisible()
    assert view.placeholder.sentence == "20 picked frames have no label yet."
    assert not any(button.isEnabled() for button in view.answers)


@pytest.mark.long
def test_without_a_benchmark_the_labels_in_doubt_say_where_it_is_added(
    explore, every_made, tmp_path, do
):
    screen = explore(shutil.copytree(every_made["boxed"], tmp_path / "boxed.fieldcheck"))
    do("doubt")
    placeholder = screen.view.doubts.placeholder
    assert placeholder.isVisible()
    assert placeholder.sentence.startswith("No benchmark images yet.")
    (button,) = placeholder.findChildren(KeyButton)
    assert button.isEnabled()


@pytest.mark.long
def test_an_image_that_is_gone_is_said_and_read_again_once_it_is_back(
    explore, tmp_path, material, do, seen, settle
):
    path, clean = tmp_path / "own.fieldcheck", shutil.copytree(material / "clean", tmp_path / "own")
    with makers.empty_project(path, material / "net.onnx", benchmark=clean) as project:
        model = project.read(models_table.get_newest_model)
        run_on_set(project, model, "benchmark", NullProgress(), makers.NOW)
    aside = clean.rename(tmp_path / "aside")
    screen = explore(path)
    do("doubt")
    seen("doubt")
    view = screen.view.doubts
    assert view.placeholder.state == "failed"
    assert view.placeholder.isVisible()
    assert view.truth.text() == "Benchmark label: red"
    aside.rename(clean)
    view.placeholder.retry_requested.emit()
    settle()
    seen("doubt")
    assert view.still.isVisible()
    assert view.still.image.width() > 0


def test_a_row_that_nobody_looked_at_has_no_answer():
    assert ReviewRow("a", "b", "c", "", "", "").answer == ""


@pytest.mark.long
def test_points_and_masks_are_shown_over_the_frame_that_is_looked_at(
    explore, do, made_pointed, tmp_path, press, settle, seen
):
    screen = explore(shutil.copytree(made_pointed, tmp_path / "pointed.fieldcheck"))
    assert "95%" in screen.view.result.get_text()
    do("look")
    seen("look")
    view = screen.view.look_again
    assert (view.truth.text(), view.prediction.text()) == ("Label: blue", "Prediction: red")
    assert view.instead.text() == "If the label was wrong, the frame is set to “unsure”."
    assert view.get_correct_class() == ""
    assert view.overlays.isVisible()
    marked = view.still.image.copy()
    press(Qt.Key.Key_H)
    settle()
    assert view.still.image != marked


@pytest.mark.long
def test_blind_repeats_stand_beside_review_with_agreement_and_ceiling(look, window, settle):
    view = look.view.look_again
    assert view.repeats.text() == (
        "No frame labelled twice yet. Press R on the Label screen to relabel some frames blind."
    )
    project = window.current.project
    first = {label.frame_id: label.class_name for label in project.read(labels_table.list_labels)}

    def work(project):
        changes = plan_repeats(project, "tester")
        for at, one in enumerate(project.read(labels_table.list_repeats)):
            said = (
                first[one.frame_id]
                if at
                else next(name for name in makers.COLOURS if name != first[one.frame_id])
            )
            store_repeat(project, one.frame_id, LabelDecision(said), "tester", makers.LATER)
        return changes

    window.current.run_edit(None, work)
    settle()
    expected = "Intra-annotator agreement (minutes apart): 19 of 20 frames in agreement, 95% ("
    assert view.repeats.text().startswith(expected)
    assert "kappa" in view.repeats.text()
    assert "a model scores at most" in view.repeats.text()
    view.set_choice.setCurrentIndex(1)
    settle()
    assert not view.repeats.isVisibleTo(view)


@pytest.mark.long
def test_a_detectors_labels_in_doubt_are_replaced_by_what_it_sees(
    explore, do, window, material, tmp_path, press, settle, seen
):
    path = tmp_path / "boxed.fieldcheck"
    with makers.empty_project(
        path,
        material / "box.onnx",
        benchmark=makers.boxed_benchmark(tmp_path / "boxes", left_out=1),
    ) as project:
        model = project.read(models_table.get_newest_model)
        run_on_set(project, model, "benchmark", NullProgress(), makers.NOW)
    screen = explore(path)
    do("doubt")
    seen("doubt")
    view = screen.view.doubts
    expected = "If the label was wrong, it is replaced by the predicted boxes: part"
    assert view.instead.text() == expected
    assert view.truth.text() == "Benchmark label: empty frame"
    assert view.prediction.text() == "Prediction: part"
    assert view.small.text().startswith("label confidence ")
    press(Qt.Key.Key_L)
    settle()
    look = looks(window)["benchmark:0.png"]
    assert (look.answer, [box.class_name for box in look.boxes]) == ("label_wrong", ["part"])


class Asked:
    """The open project, as far as it is read: what was asked is answered when the test says so."""

    def __init__(self):
        self.asked = []

    def query(self, parent, question):
        self.asked.append((question.args[0], Operation(parent)))
        return self.asked[-1][1]

    def answer(self):
        for subject, reading in self.asked:
            reading.succeed((subject, (QImage(), ReviewOverlay())))
        self.asked.clear()


def test_the_wanted_frame_and_the_next_few_are_asked_for_once_each(qapp):
    current, came = Asked(), []
    ahead = ReadAhead(current, None, came.append)
    names = [f"f{at}" for at in range(20)]
    ahead.request_frames(names)
    ahead.request_frames(names)
    assert [subject for subject, _ in current.asked] == names[: AHEAD + 1]
    assert ahead.get_frame("f0") is None
    current.answer()
    assert came == names[: AHEAD + 1]
    assert ahead.get_frame("f0") is not None
    ahead.request_frames(names[1:])
    assert [subject for subject, _ in current.asked] == [names[AHEAD + 1]]


def test_those_far_behind_are_forgotten_and_what_was_read_with_older_labels_is_not_taken(qapp):
    current, came = Asked(), []
    ahead = ReadAhead(current, None, came.append)
    for at in range(KEPT + 3):
        ahead.request_frames([f"f{at}"])
        current.answer()
    assert ahead.get_frame("f0") is None
    assert ahead.get_frame(f"f{KEPT + 2}") is not None
    ahead.request_frames(["late"])
    ahead.reset(object())
    came.clear()
    current.answer()
    assert (came, ahead.get_frame("late"), ahead.get_frame(f"f{KEPT + 2}")) == ([], None, None)


@pytest.mark.long
def test_the_nearest_benchmark_image_stands_below_the_frame(look, window, seen, qtbot):
    nearest = look.view.look_again.nearest
    assert nearest.isHidden()  # there are no vectors yet, and none are made for it
    index = embeddings.compute_missing_vectors(window.current.project, NullProgress())
    part = look.presenter.label_reviews["look"]
    following = part._findings.rows[1].subject
    look.view.look_again.select_subject(following)
    seen("look")
    qtbot.waitUntil(lambda: not nearest.isHidden())
    named = get_benchmark_path(index.find_nearest_benchmark(following))
    assert nearest.accessibleDescription() == f"Benchmark, nearest: {named}"
    assert not nearest.image.isNull()


@pytest.mark.long
def test_the_ground_of_the_frame_reaches_tabs_status_bar_and_the_panel_at_the_edge(look, window):
    view = look.view.look_again

    def edges(widget):
        corner = widget.mapTo(window, QPoint(0, 0))
        return corner.x(), corner.y(), corner.x() + widget.width(), corner.y() + widget.height()

    left, top, right, bottom = edges(view.still)
    if view.nearest.isVisible():
        assert edges(view.nearest)[1] == bottom
        bottom = edges(view.nearest)[3]
    assert left == edges(view.left)[2]
    assert (right, edges(view.side)[2]) == (edges(view.side)[0], window.width())
    assert top - max(edges(tab)[3] for tab in look.view.modes.buttons.values()) <= 2
    assert bottom == edges(view.side)[3] == edges(window.status)[1]
