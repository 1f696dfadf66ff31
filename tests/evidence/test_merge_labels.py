import shutil
from dataclasses import replace

import pytest

from fieldcheck.domain.label import Label, ReviewRequest
from fieldcheck.errors.labels import FrameNotPicked
from fieldcheck.errors.projects import MergeRefused
from fieldcheck.evidence.merge_labels import list_label_conflicts, merge_labels, resolve_conflict
from fieldcheck.labels.store import LabelDecision, plan_repeats, set_label, store_repeat, undo_label
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels
from fieldcheck.project.tables import labels as marks
from fieldcheck.project.tables import labels as picks
from fieldcheck.project.tables import labels as repeats
from fieldcheck.project.tables import values as settings
from tests import makers


@pytest.fixture
def other(made, tmp_path):
    """The same picks on another laptop; `other({place: class})` labels some of them there and
    returns the folder."""

    def labelled_by(by, said, name="other"):
        path = tmp_path / f"{name}.fieldcheck"
        if not path.exists():
            shutil.copytree(made["drawn"], path)
        with open_project(path) as project:
            names = [one.frame_id for one in project.read(picks.list_picks)]
            for place, class_name in said.items():
                decision = LabelDecision(class_name)
                set_label(project, names[place], decision, annotator=by, now=makers.LATER)
        return path

    return labelled_by


def label(project, said, by="me"):
    names = [one.frame_id for one in project.read(picks.list_picks)]
    for place, class_name in said.items():
        set_label(project, names[place], LabelDecision(class_name), annotator=by, now=makers.NOW)
    return names


def merged(project, *paths):
    return merge_labels(project, paths, NullProgress())


def everything(project):
    return project.read(lambda db: (labels.list_labels(db), repeats.list_repeats(db)))


def test_labels_of_both_people_stand_and_doing_it_again_adds_nothing(drawn, other):
    names = label(drawn, {0: "red", 1: "blue"})
    path = other("you", {1: "blue", 2: "green", 3: "red"})
    found = merged(drawn, path)
    assert (found.n_taken, found.n_second) == (2, 1)
    assert (found.n_known, found.unmatched, found.conflicts) == (0, (), ())
    assert {one.frame_id: (one.class_name, one.by) for one in drawn.read(labels.list_labels)} == {
        names[0]: ("red", "me"), names[1]: ("blue", "me"), names[2]: ("green", "you"),
        names[3]: ("red", "you"),
    }  # fmt: skip
    before = everything(drawn)
    again = merged(drawn, path, path)
    assert (again.n_taken, again.n_second, again.n_known) == (0, 0, 6)
    assert everything(drawn) == before


def test_nothing_is_lost_whichever_way_the_stick_goes(drawn, other):
    label(drawn, {0: "red", 1: "blue"})
    path = other("you", {0: "green", 2: "green"})
    merged(drawn, path)
    answers = {(one.by, one.frame_id, one.class_name) for part in everything(drawn) for one in part}
    assert len(answers) == 4
    with open_project(path) as back:
        drawn_path = drawn.path
        merged(back, drawn_path)
        assert {
            (one.by, one.frame_id, one.class_name) for part in everything(back) for one in part
        } == answers


def test_a_label_conflict_is_shown_until_somebody_decides_and_both_answers_stay(drawn, other):
    names = label(drawn, {0: "red", 1: "blue"})
    found = merged(drawn, other("you", {0: "green", 1: "blue"}))
    (conflict,) = found.conflicts
    actual = (conflict.frame_id, conflict.first.names, conflict.second.names, conflict.settled)
    assert actual == (names[0], ("red",), ("green",), False)
    resolve_conflict(drawn, names[0], second=True, annotator="chief", now=makers.LATER)
    (conflict,) = list_label_conflicts(drawn)
    assert (conflict.first.names, conflict.first.by) == (("green",), "you")
    assert (conflict.second.names, conflict.settled) == (("red",), True)
    drawn.undo()
    assert list_label_conflicts(drawn)[0].first.names == ("red",)
    with pytest.raises(FrameNotPicked):
        resolve_conflict(drawn, names[1], second=True, annotator="chief", now=makers.LATER)


def test_agreement_between_people_has_an_interval_and_no_decision_changes_it(drawn, other):
    label(drawn, dict.fromkeys(range(8), "red") | {8: "blue", 9: "blue"})
    agreed = merged(
        drawn, other("you", dict.fromkeys(range(8), "red") | {8: "blue", 9: "red"})
    ).trust.other
    assert (agreed.n, agreed.agreement.value) == (10, 0.9)
    assert agreed.agreement.lo < 0.9 < agreed.agreement.hi
    assert agreed.kappa.value == pytest.approx(0.6154, abs=1e-4)
    resolve_conflict(
        drawn,
        list_label_conflicts(drawn)[0].frame_id,
        second=True,
        annotator="chief",
        now=makers.LATER,
    )
    assert merged(drawn, other("you", {})).trust.other.agreement == agreed.agreement


def test_a_merge_is_one_act_that_the_key_for_a_label_does_not_take_back(drawn, other):
    merged(drawn, other("you", {2: "green"}))
    with pytest.raises(Exception, match="NothingToUndo"):
        undo_label(drawn)
    assert drawn.undo().act == "label.merge"
    assert drawn.read(labels.list_labels) == ()


def test_marks_come_along(drawn, other):
    path = other("you", {2: "green"})
    with open_project(path) as project:
        name = project.read(picks.list_picks)[2].frame_id
        mark = ReviewRequest(name, person=True, by="you")
        project.edit("mark.person", puts=[marks.make_mark_row(mark)])
    merged(drawn, path)
    assert drawn.read(marks.list_marks)[name].person


def marked(project, *told):
    project.edit("mark.person", puts=[marks.make_mark_row(mark) for mark in told])


def test_a_person_or_an_expert_that_either_marked_stays_marked(drawn, other):
    names = [one.frame_id for one in drawn.read(picks.list_picks)][:4]
    path = other("you", {})
    marked(
        drawn,
        ReviewRequest(names[0], expert=True, by="anna"),
        ReviewRequest(names[1], person=True),
        ReviewRequest(names[2], person=True, by="anna"),
    )
    with open_project(path) as project:
        marked(
            project,
            ReviewRequest(names[0], person=True, by="ben"),
            ReviewRequest(names[1], expert=True),
            ReviewRequest(names[2], person=True, by="ben"),
            ReviewRequest(names[3], person=True, by="ben"),
        )
    merged(drawn, path)
    told = drawn.read(marks.list_marks)
    assert told == {
        names[0]: ReviewRequest(names[0], person=True, expert=True, by="anna"),
        names[1]: ReviewRequest(names[1], person=True, expert=True),
        names[2]: ReviewRequest(names[2], person=True, by="anna"),
        names[3]: ReviewRequest(names[3], person=True, by="ben"),
    }
    n_acts = drawn.count_history()
    merged(drawn, path)
    assert (drawn.read(marks.list_marks), drawn.count_history()) == (told, n_acts)


def test_a_person_that_the_other_marked_on_an_excluded_frame_stays_marked(drawn, other):
    name = drawn.read(picks.list_picks)[0].frame_id
    path = other("you", {})
    first = drawn.read(picks.list_picks)[0]
    drawn.edit("pick.take_out", puts=[picks.make_pick_row(replace(first, taken_out="unusable"))])
    with open_project(path) as project:
        marked(project, ReviewRequest(name, person=True, by="ben"))
    merged(drawn, path)
    assert drawn.read(marks.list_with_person) == {name}


def put(project, *told):
    project.edit("label.import", puts=[labels.make_label_row(one) for one in told])


def test_a_label_that_is_replaced_and_put_back_keeps_all_that_was_stored_with_it(drawn, other):
    name = drawn.read(picks.list_picks)[0].frame_id
    ours = Label(name, "skipped", why="glare on lens", by="me", at=makers.NOW, seconds=4.0)
    theirs = Label(name, "done", "red", by="you", at=makers.LATER, seconds=2.5, blind=False)
    path = other("you", {})
    with open_project(path) as project:
        put(project, theirs)
    put(drawn, ours)
    merged(drawn, path)
    (second,) = drawn.read(repeats.list_repeats)
    assert (second.blind, second.seconds) == (False, 2.5)
    resolve_conflict(drawn, name, second=True, annotator="chief", now=makers.LATER)
    (second,) = drawn.read(repeats.list_repeats)
    assert drawn.read(labels.list_labels) == (theirs,)
    assert (second.why, second.seconds, second.blind) == ("glare on lens", 4.0, None)
    resolve_conflict(drawn, name, second=True, annotator="chief", now=makers.LATER)
    assert drawn.read(labels.list_labels) == (ours,)
    merged(drawn, path)
    with open_project(path) as project:
        merged(project, drawn.path)
        (second,) = project.read(repeats.list_repeats)
        assert (second.why, second.seconds, second.blind) == ("glare on lens", 4.0, None)


def test_a_label_of_a_blind_round_is_merged_as_blind_with_its_reason(drawn, other):
    path = other("you", {0: "red"})
    with open_project(path) as project:
        plan_repeats(project, "you")
        name = project.read(picks.list_picks)[0].frame_id
        decision = LabelDecision(skip="glare on lens")
        store_repeat(project, name, decision, "you", "2026-12-01T10:00:00Z")
    merged(drawn, path)
    (second,) = drawn.read(repeats.list_repeats)
    assert (second.state, second.why, second.blind) == ("skipped", "glare on lens", True)


def list_open(project):
    return [
        (one.first.class_name, one.second.class_name)
        for one in list_label_conflicts(project)
        if not one.settled
    ]


def test_a_third_answer_is_open_after_the_second_was_decided_about(drawn, other):
    (name, *_) = label(drawn, {0: "red"})
    merged(drawn, other("you", {0: "green"}))
    resolve_conflict(drawn, name, second=False, annotator="chief", now=makers.LATER)
    assert list_open(drawn) == []
    merged(drawn, other("he", {0: "blue"}, "third"))
    assert list_open(drawn) == [("red", "blue")]
    resolve_conflict(drawn, name, second=True, annotator="chief", now=makers.LATER)
    assert drawn.read(labels.list_labels)[0].class_name == "blue"
    assert list_open(drawn) == []
    (green,) = (one for one in list_label_conflicts(drawn) if one.second.class_name == "green")
    resolve_conflict(drawn, name, True, "chief", makers.LATER, green.second.repeat_id)
    assert drawn.read(labels.list_labels)[0].class_name == "green"
    with pytest.raises(FrameNotPicked):
        resolve_conflict(drawn, name, True, "chief", makers.LATER, "-9.none")


def test_a_label_that_is_changed_after_the_decision_opens_the_conflict_again(drawn, other):
    (name, *_) = label(drawn, {0: "red"})
    merged(drawn, other("you", {0: "green"}))
    resolve_conflict(drawn, name, second=False, annotator="chief", now=makers.LATER)
    set_label(drawn, name, LabelDecision("blue"), annotator="me", now="2026-12-01T10:00:00Z")
    assert list_open(drawn) == [("blue", "green")]
    drawn.undo()
    assert list_open(drawn) == []


def test_decisions_of_an_earlier_version_stand_until_a_third_answer_is_merged(drawn, other):
    """It stored them by frame."""
    (name, *_) = label(drawn, {0: "red"})
    merged(drawn, other("you", {0: "green"}))
    said = {name: {"by": "chief", "at": makers.LATER}}
    drawn.edit("label.adjudicate", puts=[settings.make_setting_row("adjudicated", said)])
    assert list_open(drawn) == []
    merged(drawn, other("he", {0: "blue"}, "third"))
    assert list_open(drawn) == [("red", "blue")]
    drawn.undo()
    assert list_open(drawn) == []
    assert drawn.read(lambda db: settings.get_setting(db, "adjudicated")) == said


def test_labels_of_other_frames_or_other_classes_are_refused(drawn, made, other, tmp_path):
    path = other("you", {0: "red"})
    with open_project(path) as project:
        project.write(lambda db: db.execute("UPDATE frame SET sha256 = 'other'")).result()
    with pytest.raises(MergeRefused) as found:
        merged(drawn, path)
    assert found.value.problem == "none"
    path = other("you", {0: "red"}, "classes")
    with open_project(path) as project:
        project.write(lambda db: db.execute("UPDATE label SET class_name = 'mauve'")).result()
    with pytest.raises(MergeRefused) as found:
        merged(drawn, path)
    assert (found.value.problem, found.value.detail) == ("class", "mauve")
    assert drawn.read(labels.list_labels) == ()
