from dataclasses import fields, replace
from itertools import groupby

import pytest

from fieldcheck.domain.frame import PartRule
from fieldcheck.domain.label import (
    BenchmarkItem,
    Box,
    Label,
    LabelDraft,
    LabelEvent,
    Point,
    Repeat,
    ReviewRequest,
)
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.labels import (
    ClassAmbiguous,
    ClassUnknown,
    FrameNotPicked,
    FrameUnknown,
    LabelKindWrong,
    NothingLabelled,
    NothingToRepeat,
)
from fieldcheck.errors.models import NoModel
from fieldcheck.errors.projects import NothingToUndo
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_listing import load_parts, store_parts
from fieldcheck.imaging.codec import decode_image
from fieldcheck.labels import label_session
from fieldcheck.labels.store import (
    LabelDecision,
    _make_comparable_answers,
    add_training_frames,
    check_class,
    get_labelling_state,
    get_training_frames,
    import_labels,
    is_all_blind,
    label_same_burst,
    mark_expert,
    mark_person,
    measure_trust,
    plan_repeats,
    set_label,
    store_draft,
    store_repeat,
    undo_label,
)
from fieldcheck.models.run import run_on_set
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import add_model, find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.report.export import export_labels, make_frame_name
from tests import makers
from tests.makers import NOW


def picked(project):
    names = {one.frame_id for one in project.read(labels_table.list_picks)}
    return [line for line in project.read(list_sampling_lines) if line.frame.frame_id in names]


def unpicked(project):
    names = {one.frame_id for one in project.read(labels_table.list_picks)}
    return [line for line in project.read(list_sampling_lines) if line.frame.frame_id not in names]


def labels(project):
    return {one.frame_id: one for one in project.read(labels_table.list_labels)}


def take_in(project, path, kind=None, blind=None):
    return import_labels(project, path, kind, "somebody", blind, makers.NOW, NullProgress())


def csv_of(path, names, header="file,class"):
    path.write_text("\n".join([header, *names]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def boxes(material, tmp_path):
    with makers.empty_project(tmp_path / "boxes.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 10)
        yield project


def test_one_label_is_one_act(drawn):
    frame = picked(drawn)[0].frame.frame_id
    changes = set_label(
        drawn, frame, LabelDecision("red"), annotator="me", now=makers.NOW, seconds=1.5
    )
    assert (changes.act, changes.keys) == ("label.set", (frame,))
    actual = labels(drawn)[frame]
    assert actual == Label(frame, "done", "red", by="me", at=makers.NOW, seconds=1.5, blind=True)
    drawn.undo()
    assert labels(drawn) == {}
    drawn.redo()
    assert labels(drawn)[frame].class_name == "red"


def test_a_frame_may_be_unsure_or_left_out_with_a_reason(drawn):
    first, second = (line.frame.frame_id for line in picked(drawn)[:2])
    set_label(drawn, first, LabelDecision(unsure=True), annotator="me", now=makers.NOW)
    set_label(
        drawn, second, LabelDecision(skip="hand in the picture"), annotator="me", now=makers.NOW
    )
    assert (labels(drawn)[first].state, labels(drawn)[second].state) == ("unsure", "skipped")
    assert labels(drawn)[second].why == "hand in the picture"
    shown = get_labelling_state(drawn)
    assert (shown.n_picked, shown.n_labelled) == (20, 0)
    assert (shown.n_unsure, shown.n_skipped, shown.n_left) == (1, 1, 18)


def test_a_label_that_cannot_be_is_refused_and_nothing_is_stored(drawn):
    frame, other = picked(drawn)[0].frame.frame_id, unpicked(drawn)[0].frame.frame_id
    for name, said, error in [
        ("nowhere-000001", LabelDecision("red"), FrameUnknown),
        (other, LabelDecision("red"), FrameNotPicked),
        (frame, LabelDecision("zebra"), ClassUnknown),
        (frame, LabelDecision(nothing=True), LabelKindWrong),
    ]:
        with pytest.raises(error):
            set_label(drawn, name, said, annotator="me", now=makers.NOW)
    assert labels(drawn) == {}
    assert drawn.count_history() == (1, 0)


def test_a_class_that_two_outputs_carry_cannot_be_named():
    with pytest.raises(ClassAmbiguous):
        check_class("a", ("a", "b", "a"))
    check_class("b", ("a", "b", "a"))


@pytest.mark.long
def test_a_detectors_frame_may_show_nothing_and_has_no_class_alone(boxes):
    frame = picked(boxes)[0].frame.frame_id
    set_label(boxes, frame, LabelDecision(nothing=True), annotator="me", now=makers.NOW)
    assert labels(boxes)[frame] == Label(frame, "done", by="me", at=makers.NOW, blind=True)
    with pytest.raises(LabelKindWrong):
        set_label(boxes, frame, LabelDecision("part"), annotator="me", now=makers.NOW)


def test_a_file_of_labels_is_one_act_and_unmatched_items_are_told(drawn, tmp_path):
    mine, other = picked(drawn)[:5], unpicked(drawn)[0]
    names = [f"belt.avi#{line.frame.source_index},{makers.truth_of(line)}" for line in mine]
    path = csv_of(
        tmp_path / "l.csv",
        [*names, f"belt.avi#{other.frame.source_index},red", "belt.avi#9999,red"],
    )
    taken = take_in(drawn, path)
    assert (taken.n_frames, taken.n_labels, taken.n_boxes) == (5, 5, 0)
    assert sorted(why for _, why in taken.unmatched) == ["no_frame", "not_picked"]
    actual = {name: one.class_name for name, one in labels(drawn).items()}
    assert actual == {line.frame.frame_id: makers.truth_of(line) for line in mine}
    assert {one.blind for one in labels(drawn).values()} == {None}
    changes = drawn.undo()
    assert changes.act == "label.import"
    assert labels(drawn) == {}
    nothing = take_in(
        drawn, csv_of(tmp_path / "n.csv", [f"belt.avi#{other.frame.source_index},red"])
    )
    assert nothing.n_labels == 0
    assert ([why for _, why in nothing.unmatched], labels(drawn)) == (["not_picked"], {})


def test_the_same_file_again_is_no_act(drawn, tmp_path):
    path = csv_of(tmp_path / "l.csv", [f"belt.avi#{picked(drawn)[0].frame.source_index},red"])
    take_in(drawn, path)
    depths = drawn.count_history()
    assert take_in(drawn, path).n_labels == 1
    assert drawn.count_history() == depths


def test_pictures_are_matched_by_the_end_of_their_path(empty, tmp_path):
    place = tmp_path / "clip_03"
    folder = makers.picture_folder(place, makers.cycle(12), "tür ü/{:04d}.png".format)
    makers.add_footage(empty, folder)
    makers.draw(empty, 20)
    table = csv_of(tmp_path / "l.csv", ["clip_03/tür ü/0000.png,red", "0007.png,green"])
    taken = take_in(empty, table)
    assert taken.n_labels == 2
    assert {one.class_name for one in labels(empty).values()} == {"red", "green"}


@pytest.mark.parametrize(("rows", "problem"), [
    (["strange.avi#0,red"], "no_match"),
    (["belt.avi#0,red", "belt.avi#2,zebra"], "unknown_class"),
    (["belt.avi#0,red", "belt.avi#0,green"], "malformed"),
    ([], "empty"),
])  # fmt: skip
def test_a_file_is_refused_whole(drawn, tmp_path, rows, problem):
    with pytest.raises(LabelsRefused) as caught:
        take_in(drawn, csv_of(tmp_path / "l.csv", rows))
    assert caught.value.problem == problem
    assert labels(drawn) == {}


@pytest.mark.long
def test_boxes_are_no_labels_of_a_classifier_nor_classes_of_a_detector(drawn, boxes, tmp_path):
    with pytest.raises(LabelsRefused) as caught:
        take_in(drawn, csv_of(tmp_path / "b.csv", ["belt.avi#0,red,1,2,3,4"], "file,class,x,y,w,h"))
    assert caught.value.problem == "wrong_task"
    with pytest.raises(LabelsRefused):
        take_in(boxes, csv_of(tmp_path / "c.csv", ["night.avi#0,part"]))


@pytest.mark.long
def test_instances_take_boxes_one_by_one_and_from_a_file(tmp_path, material):
    with makers.empty_project(
        tmp_path / "p.fieldcheck", makers.instance_model(tmp_path / "instances.onnx")
    ) as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 40)
        first, second, *_ = picked(project)
        set_label(
            project, first.frame.frame_id, LabelDecision(boxes=(Box("part", 1, 2, 3, 4),)), "me",
            makers.NOW,
        )  # fmt: skip
        name = f"night.avi#{second.frame.source_index}"
        lines = [f"{name},part,5,6,7,8", f"{name},hole,1,1,2,2"]
        taken = take_in(project, csv_of(tmp_path / "b.csv", lines, "file,class,x,y,w,h"))
        assert (taken.n_frames, taken.n_labels, taken.n_boxes) == (1, 2, 2)
        actual = labels(project)[second.frame.frame_id].boxes
        assert actual == (Box("part", 5, 6, 7, 8), Box("hole", 1, 1, 2, 2))
        with pytest.raises(LabelsRefused, match="wrong_task"):
            take_in(project, csv_of(tmp_path / "c.csv", [f"{name},part"]))


@pytest.mark.long
@pytest.mark.parametrize("make", [makers.mask_model, makers.several_model])
def test_no_file_and_no_class_is_taken_where_points_or_no_labels_are(tmp_path, material, make):
    with makers.empty_project(tmp_path / "p.fieldcheck", make(tmp_path / "m.onnx")) as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 40)
        first = picked(project)[0].frame
        with pytest.raises(LabelsRefused, match="wrong_task"):
            take_in(project, csv_of(tmp_path / "c.csv", [f"night.avi#{first.source_index},red"]))
        with pytest.raises(LabelKindWrong):
            set_label(project, first.frame_id, LabelDecision(class_name="red"), "me", makers.NOW)
        assert labels(project) == {}
        set_label(project, first.frame_id, LabelDecision(unsure=True), "me", makers.NOW)
        assert labels(project)[first.frame_id].state == "unsure"


@pytest.mark.long
def test_a_class_that_two_outputs_carry_is_refused_in_a_file_too(material, tmp_path):
    fields = {**makers.COLOUR_CARD, "classes": ["red", "red", "blue"]}
    card = makers.write_card(tmp_path / "c.json", fields)
    with makers.empty_project(
        tmp_path / "p.fieldcheck", material / "net.onnx", card=card
    ) as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 40)
        assert take_in(project, csv_of(tmp_path / "b.csv", ["night.avi#0,blue"])).n_labels == 1
        with pytest.raises(LabelsRefused) as caught:
            take_in(project, csv_of(tmp_path / "r.csv", ["night.avi#0,red"]))
        assert caught.value.problem == "ambiguous"


@pytest.mark.long
def test_boxes_come_in_a_row_each_or_in_text_files_an_empty_row_says_nothing(boxes, tmp_path):
    a, b = (f"night.avi#{line.frame.source_index}" for line in picked(boxes)[:2])
    lines = [f"{a},part,1,2,3,4", f"{a},hole,5,6,7,8", f"{b},,,,,"]
    path = csv_of(tmp_path / "b.csv", lines, "file,class,x,y,w,h")
    taken = take_in(boxes, path, blind=False)
    assert (taken.n_frames, taken.n_labels) == (2, 2)
    assert (taken.n_boxes, taken.classes) == (2, ("hole", "part"))
    shown = get_labelling_state(boxes)
    assert shown.n_labelled == 2
    assert shown.per_class == {"hole": 1, "part": 1}
    assert shown.blind is False
    frame = picked(boxes)[2].frame
    (tmp_path / "set" / "labels").mkdir(parents=True)
    (tmp_path / "set" / "classes.txt").write_text("part\nhole\n")
    (tmp_path / "set" / "labels" / f"{frame.frame_id}.txt").write_text("1 0.5 0.5 0.5 0.25\n")
    take_in(boxes, tmp_path / "set", "yolo")
    (box,) = labels(boxes)[frame.frame_id].boxes
    assert (box.class_name, box.w, box.h) == ("hole", frame.width / 2, frame.height / 4)


def test_a_path_that_is_not_there_is_named(drawn, tmp_path):
    with pytest.raises(PathMissing):
        take_in(drawn, tmp_path / "none.csv")


def test_labels_are_blind_only_when_all_are():
    def of(*said):
        return [Label(str(number), "done", "a", blind=blind) for number, blind in enumerate(said)]

    assert is_all_blind(of()) is None
    assert is_all_blind(of(True, True)) is True
    assert is_all_blind(of(True, None)) is None
    assert is_all_blind(of(True, None, False)) is False


def test_an_empty_project_shows_nothing(empty):
    shown = get_labelling_state(empty)
    assert (shown.n_picked, shown.n_left, shown.labels, shown.blind) == (0, 0, (), None)


def test_taking_a_label_back_never_takes_anything_else_back(drawn):
    first = picked(drawn)[0].frame.frame_id
    set_label(drawn, first, LabelDecision("red"), "me", makers.NOW)
    assert undo_label(drawn).keys == (first,)
    with pytest.raises(NothingToUndo):
        undo_label(drawn)
    assert len(drawn.read(labels_table.list_picks)) == 20


def test_the_key_for_the_last_label_takes_no_import_back(drawn, tmp_path):
    line = picked(drawn)[0]
    table = tmp_path / "labels.csv"
    (table).write_text(f"file,class\n{make_frame_name(line)},red\n", encoding="utf-8")
    take_in(drawn, tmp_path / "labels.csv")
    assert len(labels(drawn)) == 1
    with pytest.raises(NothingToUndo):
        undo_label(drawn)
    assert len(labels(drawn)) == 1
    drawn.undo()
    assert labels(drawn) == {}


def test_boxes_are_stored_as_they_were_drawn_and_only_where_boxes_are_asked_for(drawn):
    first = picked(drawn)[0].frame.frame_id
    with pytest.raises(LabelKindWrong):
        set_label(drawn, first, LabelDecision(boxes=(Box("red", 1, 2, 3, 4),)), "me", makers.NOW)


def test_the_rest_of_a_burst_gets_the_label_as_one_act(drawn):
    names = [one.frame_id for one in drawn.read(labels_table.list_picks)]
    set_label(drawn, names[0], LabelDecision("green"), "me", makers.NOW)
    set_label(drawn, names[2], LabelDecision("blue"), "me", makers.NOW)
    changes = label_same_burst(drawn, names[:4], names[0], "me", makers.NOW)
    assert set(changes.keys) == {names[1], names[3]}
    said = {one.frame_id: one.class_name for one in drawn.read(labels_table.list_labels)}
    assert [said[name] for name in names[:4]] == ["green", "green", "blue", "green"]
    assert [one.action for one in drawn.read(labels_table.list_label_events)] == ["burst", "burst"]
    drawn.undo()
    assert len(drawn.read(labels_table.list_labels)) == 2
    with pytest.raises(NothingToRepeat):
        label_same_burst(drawn, names, names[5], "me", makers.NOW)


def test_a_label_in_sight_of_the_answer_says_so_and_the_log_tells_how_it_was_made(drawn):
    name = drawn.read(labels_table.list_picks)[0].frame_id
    event = LabelEvent(
        name, "class", makers.NOW, makers.NOW, 1.5, 1, loupe_ms=300, lifted=True, blind=False,
        by="me",
    )  # fmt: skip
    set_label(drawn, name, LabelDecision("red"), "me", makers.NOW, 1.5, blind=False, event=event)
    assert drawn.read(labels_table.list_labels)[0].blind is False
    undo_label(drawn, replace(event, frame_id="", action="back"))
    told = drawn.read(labels_table.list_label_events)
    assert told == (event, replace(event, action="back", undo_of=1))
    assert drawn.read(labels_table.list_labels) == ()


def test_a_label_takes_the_draft_of_its_frame_with_it(drawn):
    name = drawn.read(labels_table.list_picks)[0].frame_id
    store_draft(drawn, LabelDraft(name), "draw")
    set_label(drawn, name, LabelDecision("red"), "me", makers.NOW)
    assert drawn.read(labels_table.list_drafts) == {}
    drawn.undo()
    assert set(drawn.read(labels_table.list_drafts)) == {name}


def test_each_stroke_is_one_act_and_undo_takes_one_back(drawn):
    name = drawn.read(labels_table.list_picks)[0].frame_id
    one, two = Box("red", 1, 2, 3, 4), Box("red", 5, 6, 7, 8)
    assert store_draft(drawn, LabelDraft(name, (one,)), "draw").act == "draft.draw"
    store_draft(drawn, LabelDraft(name, (one, two)), "draw")
    drawn.undo()
    assert drawn.read(labels_table.list_drafts)[name].boxes == (one,)
    drawn.undo()
    assert drawn.read(labels_table.list_drafts) == {}


def test_only_picked_frames_are_drawn_on_and_only_known_strokes_kept(drawn):
    with pytest.raises(FrameNotPicked):
        store_draft(drawn, LabelDraft("nobody"), "draw")
    with pytest.raises(ValueError, match="scribble"):
        store_draft(drawn, LabelDraft("nobody"), "scribble")


def open_ones(project):
    return [one for one in project.read(labels_table.list_repeats) if not one.state]


def test_a_round_is_drawn_once_and_answered_frame_by_frame(labelled):
    plan_repeats(labelled, "me")
    plan_repeats(labelled, "me")
    labels = {one.frame_id: one for one in labelled.read(labels_table.list_labels)}
    planned = open_ones(labelled)
    assert len(planned) == len(labels) == 20
    assert [one.place for one in planned] == list(range(20))
    for one in planned[:-1]:
        store_repeat(
            labelled, one.frame_id, LabelDecision(labels[one.frame_id].class_name),
            labels[one.frame_id].by, makers.NOW,
        )  # fmt: skip
    store_repeat(labelled, planned[-1].frame_id, LabelDecision(unsure=True), "me", makers.NOW)
    found = measure_trust(labelled)
    assert (found.same.n, found.same.agreement.value, found.other, found.n_open) == (19, 1, None, 0)
    assert {one.frame_id: one for one in labelled.read(labels_table.list_labels)} == labels
    plan_repeats(labelled, "me")
    assert {one.round for one in open_ones(labelled)} == {2}
    labelled.undo()
    assert open_ones(labelled) == []


def test_a_second_person_is_agreement_between_people(labelled):
    first = {one.frame_id: one for one in labelled.read(labels_table.list_labels)}
    plan_repeats(labelled, "A. B.")
    one = open_ones(labelled)[0]
    label = Label(one.frame_id, "done", first[one.frame_id].class_name, by="K. M.", blind=True)
    labelled.edit("label.set", [labels_table.make_label_row(label)])
    decision = LabelDecision("red" if first[one.frame_id].class_name != "red" else "blue")
    store_repeat(labelled, one.frame_id, decision, "A. B.", makers.NOW)
    found = measure_trust(labelled)
    assert (found.same, found.other.n, found.other.agreement.value) == (None, 1, 0)


def test_what_cannot_be_repeated_is_refused(drawn, labelled):
    with pytest.raises(NothingLabelled):
        plan_repeats(drawn, "me")
    with pytest.raises(FrameNotPicked):
        store_repeat(labelled, "nobody", LabelDecision("red"), "me", makers.NOW)
    plan_repeats(labelled, "me")
    with pytest.raises(ClassUnknown):
        store_repeat(
            labelled, open_ones(labelled)[0].frame_id, LabelDecision("mauve"), "me", makers.NOW
        )


@pytest.mark.parametrize(("second", "alike"), [
    ((Box("dent", 1, 1, 10, 10),), True),
    ((Box("dent", 8, 8, 10, 10),), False),
    ((Box("tear", 0, 0, 10, 10),), False),
    ((), False),
])  # fmt: skip
def test_boxes_agree_where_each_finds_its_partner(second, alike):
    first = Label("a", "done", boxes=(Box("dent", 0, 0, 10, 10),))
    one, two = _make_comparable_answers(first, Repeat("a", 1, 0, "same", "done", boxes=second))
    assert (one == two) == alike


def test_points_agree_in_their_classes():
    first = Label("a", "done", points=(Point("dent", 1, 1),))
    repeat = Repeat("a", 1, 0, "same", "done", points=(Point("dent", 5, 5),))
    one, two = _make_comparable_answers(first, repeat)
    assert one == two


def test_marks_stand_beside_each_other_and_go_when_both_are_off(drawn):
    mark_person(drawn, ["a", "b"], True, "K. M.")
    mark_expert(drawn, "a", True, "K. M.")
    assert drawn.read(labels_table.list_marks) == {
        "a": ReviewRequest("a", True, True, "K. M."),
        "b": ReviewRequest("b", True, False, "K. M."),
    }
    mark_person(drawn, ["a", "b"], False, "K. M.")
    assert drawn.read(labels_table.list_marks) == {"a": ReviewRequest("a", False, True, "K. M.")}
    drawn.undo()
    assert drawn.read(labels_table.list_marks)["b"].person


def test_exported_labels_are_remembered_and_add_up(labelled, tmp_path):
    assert get_training_frames(labelled) == frozenset()
    add_training_frames(labelled, ["a"])
    export_labels(labelled, "csv", tmp_path / "out", NullProgress())
    assert "a" in get_training_frames(labelled)
    assert len(get_training_frames(labelled)) == 21


@pytest.fixture
def parted(drawn):
    """Ten listed frames show one part."""
    names = [line.frame.frame_id for line in drawn.read(list_sampling_lines)]
    store_parts(
        drawn,
        PartRule("csv", "parts.csv", True),
        {name: f"P{index // 10}" for index, name in enumerate(names)},
    )
    return drawn


def picks_of_part(project):
    """A part with two picked frames or more, and those."""
    named, groups = load_parts(project), {}
    for pick in project.read(labels_table.list_picks):
        groups.setdefault(named[pick.frame_id], []).append(pick.frame_id)
    return max(groups.items(), key=lambda group: len(group[1]))


def test_a_class_labels_all_picked_frames_of_the_part_as_one_act(parted):
    _, picks = picks_of_part(parted)
    assert len(picks) > 1
    set_label(parted, picks[0], LabelDecision("red"), "me", makers.NOW, 2.0)
    stored = labels(parted)
    assert {name: one.class_name for name, one in stored.items()} == dict.fromkeys(picks, "red")
    assert [stored[name].seconds for name in picks] == [2.0, *[None] * (len(picks) - 1)]
    parted.undo()
    assert parted.read(labels_table.list_labels) == ()


def test_a_skipped_frame_stays_alone_and_keeps_its_label(parted):
    _, picks = picks_of_part(parted)
    set_label(parted, picks[0], LabelDecision(skip="blurred"), "me", makers.NOW)
    assert [one.frame_id for one in parted.read(labels_table.list_labels)] == [picks[0]]
    set_label(parted, picks[1], LabelDecision(unsure=True), "me", makers.NOW)
    states = {one.frame_id: one.state for one in parted.read(labels_table.list_labels)}
    assert states == {picks[0]: "skipped", **dict.fromkeys(picks[1:], "unsure")}


def test_picks_come_in_the_order_in_which_they_are_shown(drawn):
    work = label_session.load_label_queue(drawn)
    actual = [frame.frame_id for frame in work.frames]
    assert actual == [pick.frame_id for pick in drawn.read(labels_table.list_picks)]
    assert all(frame.picture.is_file() for frame in work.frames)
    assert work.task == "classification"
    assert (work.classes, work.labels) == (("red", "green", "blue"), {})


def test_what_was_said_is_there_again(drawn):
    first = drawn.read(labels_table.list_picks)[0].frame_id
    set_label(drawn, first, LabelDecision("red"), "", NOW, 1.5)
    assert label_session.load_label_queue(drawn).labels[first].class_name == "red"


def test_a_project_without_picks_has_no_work(footed):
    assert label_session.load_label_queue(footed).frames == ()


def test_who_labels_sees_nothing_of_model_or_draw():
    assert not {field.name for field in fields(label_session.FrameToLabel)} & {
        "stratum", "hardness", "probability", "weight", "reason", "prediction",
    }  # fmt: skip


def test_blind_repeats_have_an_order_of_their_own_and_show_no_first_label(labelled):
    assert label_session.load_repeat_queue(labelled).frames == ()
    plan_repeats(labelled, "me")
    asked = [one.frame_id for one in labelled.read(labels_table.list_repeats)]
    work = label_session.load_repeat_queue(labelled)
    assert (work.repeats, work.round, work.labels, work.drafts) == (True, 1, {}, {})
    queue = [frame.frame_id for frame in label_session.load_label_queue(labelled).frames]
    assert [frame.frame_id for frame in work.frames] == asked != queue
    store_repeat(labelled, asked[0], LabelDecision(unsure=True), "me", NOW)
    actual = {
        name: one.state for name, one in label_session.load_repeat_queue(labelled).labels.items()
    }
    assert actual == {asked[0]: "unsure"}


def test_a_model_says_of_a_pick_what_it_would_be_called_and_nothing_is_stored(drawn):
    name = drawn.read(labels_table.list_picks)[0].frame_id
    truth = makers.truth_of(
        next(line for line in drawn.read(list_sampling_lines) if line.frame.frame_id == name)
    )
    (model,) = label_session.list_suggesting_models(drawn)
    found = label_session.suggest_label(drawn, name, model)
    assert (found.class_name, found.model, found.boxes) == (truth, model, ())
    assert found.confidence > 0.5
    assert drawn.read(labels_table.list_labels) == ()


def test_only_picks_and_models_that_there_are(drawn):
    name = drawn.read(labels_table.list_picks)[0].frame_id
    with pytest.raises(FrameNotPicked):
        label_session.suggest_label(drawn, "nobody", label_session.list_suggesting_models(drawn)[0])
    with pytest.raises(NoModel):
        label_session.suggest_label(drawn, name, "nothing")
    (drawn.path / drawn.read(labels_table.list_picks)[0].file).unlink()
    with pytest.raises(PathMissing):
        label_session.suggest_label(drawn, name, label_session.list_suggesting_models(drawn)[0])


def test_a_detector_suggests_its_boxes(made_boxed, tmp_path):
    import shutil

    from fieldcheck.project.folder import open_project

    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        model = label_session.list_suggesting_models(project)[0]
        picks = project.read(labels_table.list_picks)
        found = [label_session.suggest_label(project, one.frame_id, model) for one in picks[:6]]
    assert any(one.boxes for one in found)
    assert all(one.class_name == "" for one in found)


def test_a_card_with_thresholds_suggests_by_them_and_leaves_unsure_frames(drawn, tmp_path):
    run_on_set(drawn, find_model(drawn), "field", NullProgress(), makers.NOW)
    side = load_field_side(drawn, find_model(drawn))
    pick = next(
        one.frame_id for one in side.picks if side.answers[one.frame_id].answer.argmax() == 0
    )
    output = {**makers.COLOUR_CARD["output"], "thresholds": {"blue": 1e-9}, "abstain": 0.5}
    card = {**makers.COLOUR_CARD, "output": output}
    add_model(drawn, makers.colour_model(tmp_path / "eager.onnx", card), None, makers.LATER)
    models = reversed(label_session.list_suggesting_models(drawn))
    plain, eager = (label_session.suggest_label(drawn, pick, model) for model in models)
    assert (plain.class_name, eager.class_name) == ("red", "blue")
    assert (plain.for_a_person, eager.for_a_person) == (False, True)
    assert eager.confidence < 0.5


def test_picks_of_one_part_follow_each_other_with_all_its_frames(drawn):
    before = [frame.frame_id for frame in label_session.load_label_queue(drawn).frames]
    names = [line.frame.frame_id for line in drawn.read(list_sampling_lines)]
    parts = {name: f"P{index // 10}" for index, name in enumerate(names[:100])}
    store_parts(drawn, PartRule("csv", "parts.csv", True), parts)
    queue = label_session.load_label_queue(drawn).frames
    assert sorted(frame.frame_id for frame in queue) == sorted(before)
    order = [frame.part or frame.frame_id for frame in queue]
    assert [key for key, _ in groupby(order)] == list(dict.fromkeys(order))
    first = list(dict.fromkeys(parts.get(name, name) for name in before))
    assert list(dict.fromkeys(order)) == first
    for frame in queue:
        wanted = tuple(name for name in names if frame.part and parts.get(name) == frame.part)
        assert frame.part_frames == wanted


def test_the_class_guide_is_of_the_benchmark_alone(labelled):
    examples = label_session.choose_examples(labelled)
    assert list(examples) == ["red", "green", "blue"]
    assert [[item.path for item in items] for items in examples.values()] == [
        [f"{name}/{number:03d}.png" for number in (1, 3, 5)] for name in examples
    ]
    for name, items in examples.items():
        small = decode_image(label_session.read_example(labelled, items[0], name))
        assert max(small.shape[:2]) <= 320
    gone = BenchmarkItem("red/nowhere.png", "red")
    assert label_session.read_example(labelled, gone, "red") is None


def test_an_example_of_a_box_is_cut_out(labelled):
    item = BenchmarkItem("red/001.png", boxes=(Box("red", 8, 8, 8, 4), Box("red", 0, 0, 2, 2)))
    part = decode_image(label_session.read_example(labelled, item, "red"))
    assert part.shape[:2] == (13, 17)  # half of the longer side around it


def test_without_a_benchmark_there_is_no_class_guide(tmp_path):
    with create_project(tmp_path / "empty.fieldcheck") as project:
        assert label_session.choose_examples(project) == {}
