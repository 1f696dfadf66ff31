import numpy as np

from fieldcheck.analyses.item_columns import load_items
from fieldcheck.domain.items import (
    Filter,
    find_matching_rows,
    get_names_by_row,
    make_benchmark_subject,
)
from fieldcheck.domain.label import Box
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.evaluate import list_mask_classes
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_benchmark_side, load_field_side
from fieldcheck.models.store import get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from tests import makers


def rows(items, wanted):
    return {items.subjects[row] for row in np.flatnonzero(find_matching_rows(items, wanted))}


def test_right_and_wrong_are_those_of_the_report(labelled):
    items, _ = load_items(labelled)
    model = labelled.read(models_table.get_newest_model)
    field, benchmark = load_field_side(labelled, model), load_benchmark_side(labelled, model)
    wrong = {
        field.picks[at].frame_id
        for at, right in zip(field.at, field.judgement.right, strict=True)
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
    assert len(judged) == field.at.size + len(benchmark.items)


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
        set_label(
            drawn, one.frame_id, LabelDecision(unsure=True), annotator="tester", now=makers.NOW
        )
    after, _ = load_items(drawn)
    assert np.isfinite(after.figures["confidence"][: after.n_frames]).all()


def test_without_a_model_nothing_is_right_or_wrong(tmp_path, material):
    with makers.empty_project(tmp_path / "bare.fieldcheck", classes=makers.COLOURS) as project:
        makers.add_footage(project, material / "belt.avi")
        items, _ = load_items(project)
        assert rows(items, Filter().with_values("right", "right", "wrong")) == set()


def test_a_detectors_frames_tell_their_boxes(tmp_path, material):
    with makers.empty_project(tmp_path / "boxes.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 10)
        picks = project.read(labels_table.list_picks)
        for one in picks:
            boxes = (Box("part", 0, 0, 32, 24), Box("hole", 4, 4, 6, 3))
            set_label(
                project,
                one.frame_id,
                LabelDecision(boxes=boxes),
                annotator="tester",
                now=makers.NOW,
            )
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
            for k, right in zip(side.at, side.judgement.right, strict=True)
            if right
        }
        assert len(project.read(labels_table.list_labels)) == 10


def test_a_mask_is_told_by_the_things_it_shows_and_is_right_where_it_covers_the_points(pointed):
    items, _ = load_items(pointed)
    model = pointed.read(models_table.get_newest_model)
    side = load_field_side(pointed, model)
    assert rows(items, Filter().with_values("right", "wrong")) == {
        side.picks[at].frame_id
        for at, right in zip(side.at, side.judgement.right, strict=True)
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
