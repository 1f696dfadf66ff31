import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.store import LabelDecision, import_labels, set_label
from fieldcheck.models import scored_sides
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model, find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.stats.mean_average_precision import compute_coco_stats
from tests import makers


def side(project, model=None):
    return scored_sides.load_field_side(project, find_model(project, model))


def run(project):
    run_and_score(project, None, "all", NullProgress(), makers.NOW)


def test_the_footage_score_is_that_of_the_strata_weighed_by_size(labelled):
    found = side(labelled)
    shares = {}
    for name, listed in (("hard", 24), ("rest", 96)):
        picks = [one for one in found.picks if one.stratum == name]
        lines_ = {line.frame.frame_id: line for line in labelled.read(list_sampling_lines)}
        colours = makers.cycle(240)
        right = [
            makers.truth_of(lines_[one.frame_id])
            == colours[lines_[one.frame_id].frame.source_index]
            for one in picks
        ]
        shares[name] = (np.mean(right), listed)
    expected = sum(share * listed for share, listed in shares.values()) / 120
    assert found.scores.footage.value == pytest.approx(expected)
    assert found.scores.weight.sum() == pytest.approx(120)


def test_the_benchmark_is_scored_over_what_was_answered(labelled):
    found = scored_sides.load_benchmark_side(labelled, find_model(labelled))
    assert (found.score.n, found.score.value) == (18, pytest.approx(17 / 18))
    metrics = scored_sides.compute_benchmark_metrics(found, get_card(find_model(labelled)))
    assert metrics["macro_f1"].measured


def test_items_of_classes_that_the_model_does_not_know_are_left_out(empty, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "more", each=2)
    makers.save_picture(folder / "black" / "1.png", "red")
    set_benchmark(empty, read_benchmark(folder, None, None))
    run(empty)
    assert scored_sides.load_benchmark_side(empty, find_model(empty)).score.n == 6


def test_nothing_run_or_nothing_named_is_no_side(empty, tmp_path, material):
    assert scored_sides.load_benchmark_side(empty, find_model(empty)) is None
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "net.onnx") as project:
        assert scored_sides.load_benchmark_side(project, find_model(project)) is None
        found = side(project)
        assert (found.picks, found.at.size, found.judgement) == ((), 0, None)
        assert not found.scores.footage.measured


def test_a_project_without_a_model_has_picks_and_no_answers(tmp_path, material):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 10)
        found = scored_sides.load_field_side(project, None)
        assert (len(found.picks), found.answers, found.run_id) == (10, {}, "")


def test_picks_without_a_run_of_their_own_are_judged_by_the_footage(drawn):
    makers.label_all(drawn)
    found = side(drawn)
    assert found.asked == frozenset()
    assert found.at.size == 20
    run(drawn)
    again = side(drawn)
    assert len(again.asked) == 20
    assert again.scores.footage == found.scores.footage


def test_unsure_and_skipped_frames_are_neither_right_nor_wrong(drawn):
    run(drawn)
    said = makers.label_all(drawn)
    for frame in list(said)[:2]:
        set_label(drawn, frame, LabelDecision(unsure=True), annotator="", now=makers.NOW)
    found = side(drawn)
    assert (found.scores.n_labelled, found.scores.n_unsure) == (18, 2)
    assert found.scores.weight.sum() == pytest.approx(120)


def test_a_later_model_is_judged_by_names_and_not_by_places(labelled, tmp_path):
    turned = {**makers.COLOUR_CARD, "classes": ["blue", "green", "red"]}
    path = makers.colour_model(tmp_path / "turned.onnx", turned, order=(2, 1, 0))
    add_model(labelled, path, None, makers.LATER)
    run(labelled)
    first, second = side(labelled, "net"), side(labelled, "turned")
    assert second.judgement.right.tolist() == first.judgement.right.tolist()
    assert second.scores.footage == first.scores.footage


def test_metrics_stand_beside_the_headline(labelled, footed):
    found = scored_sides.compute_field_metrics(side(labelled), get_card(find_model(labelled)))
    assert {"balanced_accuracy", "macro_f1"} <= set(found)
    makers.draw(footed, 10, design="hard")
    makers.label_all(footed)
    assert scored_sides.compute_field_metrics(side(footed), get_card(find_model(footed))) == {}


def test_a_detector_is_asked_about_the_classes_that_the_benchmark_labels(material, tmp_path):
    folder = tmp_path / "boxes"
    rows = ["file,class,x,y,w,h"]
    for number, colour in enumerate(makers.cycle(24)):
        makers.save_picture(folder / f"{number}.png", colour, number)
        rows.append(f"{number}.png,part,0,0,32,24" if colour == "red" else f"{number}.png,,,,,")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    with makers.empty_project(
        tmp_path / "p.fieldcheck", material / "box.onnx", benchmark=folder
    ) as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 40)
        labels = ["file,class,x,y,w,h"]
        for line in project.read(list_sampling_lines):
            index = line.frame.source_index
            red = makers.cycle(60, start=1)[index] == "red" and index >= 10
            labels.append(
                f"night.avi#{index},part,0,0,32,24" if red else f"night.avi#{index},hole,1,1,5,5"
            )
        (tmp_path / "l.csv").write_text("\n".join(labels) + "\n")
        import_labels(project, tmp_path / "l.csv", None, "", None, makers.NOW, NullProgress())
        run(project)
        card = get_card(find_model(project))
        benchmark = scored_sides.load_benchmark_side(project, find_model(project))
        assert scored_sides.get_counted_classes(card, benchmark.benchmark) == {"part"}
        reference = scored_sides.load_benchmark_side(project, find_model(project))
        assert reference.score.value == 1.0
        precision = scored_sides.compute_benchmark_metrics(reference, card)
        stats = compute_coco_stats(
            reference.judgement.truths, reference.judgement.answers, 24, len(card.classes)
        )
        actual = (precision["map"].value, precision["map50"].value)
        assert actual == pytest.approx(tuple(stats[:2]), abs=1e-12)
        # every picture is right: how far it holds, nobody can tell
        assert precision["map"].note == precision["map50"].note == "no_spread"
        found = side(project)
        assert found.scores.census
        wrong = sum(makers.cycle(60, start=1)[index] == "red" for index in range(0, 10, 2))
        assert found.scores.footage.value == pytest.approx(1 - wrong / 30)
        assert "map" in scored_sides.compute_field_metrics(found, card)


def test_what_both_sides_are_scored_with():
    assert scored_sides.get_scored_metric(parse_card(makers.COLOUR_CARD)) == "accuracy"
    assert scored_sides.get_scored_metric(parse_card(makers.BOX_CARD)) == "frame_score"
    assert scored_sides.get_counted_classes(parse_card(makers.BOX_CARD), None) == {"part", "hole"}


def test_masks_are_scored_against_points_with_hits_and_false_area_beside(pointed):
    model = find_model(pointed)
    found = scored_sides.load_field_side(pointed, model)
    assert scored_sides.get_scored_metric(get_card(model)) == "point_score"
    places = found.at[~found.judgement.right].tolist()
    wrong = [found.labels[found.picks[k].frame_id] for k in places]
    assert [label.points[0].class_name for label in wrong] == ["blue", "blue"]
    assert found.scores.n_labelled == 20
    assert (found.scores.footage.n, found.scores.footage.method) == (20, "stratified_wilson")
    beside = scored_sides.compute_field_metrics(found, get_card(model))
    assert set(beside) == {"points_hit", "false_area"}
    assert all(0 <= one.lo <= one.value <= one.hi <= 1 for one in beside.values())
    assert scored_sides.load_benchmark_side(pointed, model) is None


def test_the_footage_keeps_no_masks_so_points_wait_for_a_run_of_the_picks(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "mask.onnx") as project:
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 12)
        makers.point_all(project)
        run_and_score(project, None, "footage", NullProgress(), makers.NOW)
        assert side(project).at.size == 0
        run_and_score(project, None, "field", NullProgress(), makers.NOW)
        assert side(project).judgement.right.all()


def test_both_sides_are_there_or_what_there_is(labelled, drawn):
    found = scored_sides.load_scored_sides(labelled)
    assert (found.field.scores.n_labelled, found.benchmark.score.n) == (20, 18)
    assert scored_sides.load_scored_sides(drawn).benchmark is None
