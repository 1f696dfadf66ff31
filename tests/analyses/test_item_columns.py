import shutil

import numpy as np
import pytest

from fieldcheck.analyses.item_columns import find_clip_of_each, load_first_page, load_items
from fieldcheck.domain.items import (
    FACETS,
    FIGURES,
    Filter,
    count_facet_values,
    find_matching_rows,
    get_names_by_row,
    make_benchmark_subject,
    sort_rows,
)
from fieldcheck.domain.label import Box
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.evaluate import list_mask_classes
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import (
    load_benchmark_classes,
    load_benchmark_side,
    load_field_classes,
    load_field_side,
    load_labelled_objects,
    load_newest_side,
)
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import recordings as clips_table
from tests import makers


def names(items, wanted):
    return {items.subjects[row] for row in np.flatnonzero(find_matching_rows(items, wanted))}


def test_every_facet_and_figure_is_there_even_where_it_says_nothing(empty):
    items, _ = load_items(empty)
    assert set(items.facets) == set(FACETS)
    assert set(items.figures) == set(FIGURES)
    assert count_facet_values(items, Filter(), "set") == {"field": 0, "footage": 0, "benchmark": 18}


def test_frames_and_benchmark_pictures_are_told_by_set_class_and_place(labelled):
    items, _ = load_items(labelled)
    labels = {one.frame_id: one.class_name for one in labelled.read(labels_table.list_labels)}
    assert names(items, Filter().with_values("set", "field")) == set(labels)
    actual = names(items, Filter().with_values("set", "field").with_values("class", "red"))
    assert actual == {name for name, said in labels.items() if said == "red"}
    actual = len(names(items, Filter().with_values("set", "benchmark").with_values("class", "red")))
    assert actual == 6
    actual = names(items, Filter().with_values("camera", "left"))
    assert actual == set(items.subjects[: items.n_frames])
    assert names(
        items, Filter().with_values("condition", "glare").with_values("location", "line 1")
    ) == names(items, Filter().with_values("camera", "left"))
    assert count_facet_values(items, Filter(), "operator") == {"tester": 20}
    assert count_facet_values(items, Filter(), "state") == {"done": 20}
    assert sum(count_facet_values(items, Filter(), "stratum").values()) == items.n_frames


def test_time_and_hour_are_those_of_the_recording(labelled):
    items, _ = load_items(labelled)
    assert set(count_facet_values(items, Filter(), "hour")) >= {"08"}
    assert count_facet_values(items, Filter(), "hour")["08"] == items.n_frames
    listed = labelled.read(list_sampling_lines)
    actual = items.figures["time"][5] - items.figures["time"][0]
    assert actual == listed[5].frame.t_s - listed[0].frame.t_s


def test_a_pick_that_was_taken_out_is_footage_again(labelled):
    first = labelled.read(labels_table.list_picks)[0]
    row = labels_table.make_pick_row(first)
    labelled.edit("pick.out", puts=[type(row)("pick", {**row.values, "taken_out": "blurred"})])
    items, _ = load_items(labelled)
    assert first.frame_id in names(items, Filter().with_values("set", "footage"))
    assert first.frame_id not in names(items, Filter().with_values("class", *makers.COLOURS))


def test_tags_are_read_anew_while_the_frames_are_kept(labelled):
    items, kept = load_items(labelled)
    puts = [
        labels_table.make_tags_row(items.subjects[3], ["oily"]),
        labels_table.make_tags_row(make_benchmark_subject("red/000.png"), ["odd"]),
    ]
    labelled.edit("tag.set", puts=puts)
    again, same = load_items(labelled, kept)
    assert same is kept
    assert names(again, Filter().with_values("tag", "oily")) == {items.subjects[3]}
    assert names(again, Filter().with_values("tag", "odd")) == {"benchmark:red/000.png"}


def test_footage_that_came_in_later_is_read(labelled, material):
    items, kept = load_items(labelled)
    makers.add_footage(labelled, material / "night.avi", camera="right")
    again, _ = load_items(labelled, kept)
    assert again.n_frames > items.n_frames
    actual = len(names(again, Filter().with_values("camera", "right")))
    assert actual == again.n_frames - items.n_frames


def test_each_frame_lies_in_the_clip_of_the_list(footed, material):
    makers.add_footage(footed, material / "night.avi")
    first = footed.read(clips_table.list_clips)[0]
    cut = type(first)(f"{first.recording_id}.40", first.recording_id, 40, 10.0, "other", "", ())
    footed.edit("clip.cut", puts=[clips_table.make_clip_row(cut)])
    clips = footed.read(clips_table.list_clips)
    _, columns = load_items(footed)
    at = find_clip_of_each(columns, clips)
    actual = [clips[k].clip_id for k in at]
    assert actual == [line.clip.clip_id for line in footed.read(list_sampling_lines)]


def test_frames_are_sorted_by_how_sure_the_model_was(labelled):
    items, _ = load_items(labelled)
    order = sort_rows(items, "confidence", falling=True)
    sure = items.figures["confidence"][order]
    assert sure[0] == np.nanmax(sure)
    assert (np.diff(sure[np.isfinite(sure)]) <= 0).all()


def test_the_first_page_is_the_beginning_of_the_list(footed):
    items, _ = load_items(footed)
    assert load_first_page(footed) == items.subjects[: items.n_frames][:200]


@pytest.fixture
def boxed(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        yield project


def test_a_classifier_has_one_thing_a_frame(labelled):
    found, side = load_labelled_objects(labelled), load_field_side(labelled, find_model(labelled))
    assert np.array_equal(found.truth, side.judgement.truth)
    assert np.array_equal(found.wrong, ~side.judgement.right)
    assert found.weight.sum() == pytest.approx(len(side.listing))


def test_a_detector_has_one_thing_an_object(boxed):
    found, side = load_labelled_objects(boxed), load_field_side(boxed, find_model(boxed))
    assert sorted(found.names[k] for k in found.truth.tolist()) == ["hole", "part"]
    assert (
        found.wrong.sum() == (side.judgement.outcomes.truths - side.judgement.outcomes.right).sum()
    )


def test_nothing_labelled_or_no_class_is_none(drawn, pointed, empty):
    assert load_labelled_objects(drawn) is None
    assert load_labelled_objects(pointed) is None
    assert load_labelled_objects(empty) is None
    assert load_newest_side(empty) is not None


def test_the_frames_of_the_draw_with_their_probabilities(labelled):
    side, found = load_field_classes(labelled, find_model(labelled))
    assert found.p.shape == (side.labelled.size, 3)
    assert np.array_equal(found.p.argmax(axis=1), found.predicted)
    assert found.weight.sum() == pytest.approx(len(side.listing))


def test_the_benchmark_weighs_as_the_field_is_mixed(labelled):
    model = find_model(labelled)
    _, field = load_field_classes(labelled, model)
    found = load_benchmark_classes(labelled, model, field)
    for k in range(3):
        share = field.weight[field.truth == k].sum() / field.weight.sum()
        assert found.weight[found.truth == k].sum() / found.weight.sum() == pytest.approx(share)


def test_masks_and_frames_without_a_label_are_none(pointed, drawn):
    assert load_field_classes(pointed, find_model(pointed)) is None
    assert load_field_classes(drawn, find_model(drawn)) is None


def rows(items, wanted):
    return {items.subjects[row] for row in np.flatnonzero(find_matching_rows(items, wanted))}


def test_right_and_wrong_are_those_of_the_report(labelled):
    items, _ = load_items(labelled)
    model = labelled.read(models_table.get_newest_model)
    field, benchmark = load_field_side(labelled, model), load_benchmark_side(labelled, model)
    wrong = {
        field.picks[at].frame_id
        for at, right in zip(field.labelled, field.judgement.right, strict=True)
        if not right
    }
    wrong |= {
        make_benchmark_subject(one.path)
        for one, right in zip(benchmark.items, benchmark.judgement.right, strict=True)
        if not right
    }
    assert rows(items, Filter().with_values("right", "wrong")) == wrong
    assert "benchmark:red/000.png" in wrong
    judged = rows(items, Filter().with_values("right", "right", "wrong"))
    assert len(judged) == field.labelled.size + len(benchmark.items)


def test_the_answer_and_how_sure_it_is_are_the_models(labelled):
    items, _ = load_items(labelled)
    side = load_field_side(labelled, labelled.read(models_table.get_newest_model))
    said = get_names_by_row(items.facets["prediction"], np.arange(len(items)))
    for name, prediction in side.answers.items():
        row = items.subjects.index(name)
        assert said[row] == (makers.COLOURS[int(prediction.answer.argmax())],)
        assert items.figures["confidence"][row] == prediction.answer.max()
        label = side.labels.get(name)
        if label is not None:
            actual = items.figures["label_confidence"][row]
            assert actual == prediction.answer[makers.COLOURS.index(label.class_name)]


def test_while_a_pick_waits_nothing_is_told_of_frames_without_a_label(drawn):
    run_and_score(drawn, None, "all", NullProgress(), makers.NOW)
    picks = drawn.read(labels_table.list_picks)
    for one in picks[:5]:
        set_label(drawn, one.frame_id, LabelDecision("red"), annotator="tester", now=makers.NOW)
    items, _ = load_items(drawn)
    shown = rows(items, Filter().with_values("prediction", *makers.COLOURS))
    actual = {name for name in shown if not name.startswith("benchmark:")}
    assert actual == {one.frame_id for one in picks[:5]}
    assert np.isfinite(items.figures["confidence"][: items.n_frames]).sum() == 5
    assert items.n_left == 15
    assert rows(items, Filter().with_values("stratum", "hard", "rest", "even")) == set()
    for one in picks[5:]:
        decision = LabelDecision(unsure=True)
        set_label(drawn, one.frame_id, decision, annotator="tester", now=makers.NOW)
    after, _ = load_items(drawn)
    assert np.isfinite(after.figures["confidence"][: after.n_frames]).all()


@pytest.mark.long
def test_without_a_model_nothing_is_right_or_wrong(tmp_path, material):
    with makers.empty_project(tmp_path / "bare.fieldcheck", classes=makers.COLOURS) as project:
        makers.add_footage(project, material / "belt.avi")
        items, _ = load_items(project)
        assert rows(items, Filter().with_values("right", "right", "wrong")) == set()


@pytest.mark.long
def test_a_detectors_frames_tell_their_boxes(tmp_path, material):
    with makers.empty_project(tmp_path / "boxes.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 10)
        picks = project.read(labels_table.list_picks)
        for one in picks:
            boxes = (Box("part", 0, 0, 32, 24), Box("hole", 4, 4, 6, 3))
            decision = LabelDecision(boxes=boxes)
            set_label(project, one.frame_id, decision, annotator="tester", now=makers.NOW)
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        items, _ = load_items(project)
        field = rows(items, Filter().with_values("set", "field"))
        assert (
            rows(items, Filter().with_values("class", "hole"))
            == rows(items, Filter().with_values("class", "part"))
            == field
        )
        at = items.subjects.index(picks[0].frame_id)
        assert items.figures["box_side"][at] == 3
        assert np.isnan(items.figures["box_cells"][at]) or items.figures["box_cells"][at] > 0
        side = load_field_side(project, project.read(models_table.get_newest_model))
        assert rows(items, Filter().with_values("right", "right")) == {
            side.picks[k].frame_id
            for k, right in zip(side.labelled, side.judgement.right, strict=True)
            if right
        }
        assert len(project.read(labels_table.list_labels)) == 10


def test_a_mask_is_told_by_the_things_it_shows_and_is_right_where_it_covers_the_points(pointed):
    items, _ = load_items(pointed)
    model = pointed.read(models_table.get_newest_model)
    side = load_field_side(pointed, model)
    assert rows(items, Filter().with_values("right", "wrong")) == {
        side.picks[at].frame_id
        for at, right in zip(side.labelled, side.judgement.right, strict=True)
        if not right
    }
    said = get_names_by_row(items.facets["prediction"], np.arange(len(items)))
    shown = {name: set(said.get(items.subjects.index(name), ())) for name in side.answers}
    assert shown == {
        name: set(list_mask_classes(given.answer, get_card(model)))
        for name, given in side.answers.items()
    }
    assert {"red"} in shown.values()
    assert np.isnan(items.figures["confidence"]).all()
