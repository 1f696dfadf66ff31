from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.analyses.early_verdict import get_interim_verdict
from fieldcheck.domain.label import Box
from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.imported_files import BenchmarkRefused
from fieldcheck.errors.labels import NoBenchmark
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import NoModel
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.store import LabelDecision, import_labels, set_label
from fieldcheck.models import check_model, scored_sides
from fieldcheck.models import scored_sides as sides
from fieldcheck.models.benchmark import CLAIMANT, CLAIMS, read_benchmark, set_benchmark, set_claim
from fieldcheck.models.check_model import (
    check_claim,
    check_claim_if_any,
    check_new_model,
    check_stored_model,
    get_claim,
)
from fieldcheck.models.doctor.findings import PreprocessingCandidate
from fieldcheck.models.run import run_benchmark_part
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model, find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.report.assemble import build_report
from fieldcheck.report.folder import build_summary
from fieldcheck.report.summary_page import build_chart
from fieldcheck.stats.mean_average_precision import compute_coco_stats
from fieldcheck.stats.wilson_interval import estimate_wilson
from tests import makers


def test_a_claim_is_checked_on_a_draw_and_stands_until_all_was_run(empty, monkeypatch):
    monkeypatch.setattr(sides, "SPOT", 6)
    found = check_claim(empty, NullProgress(), makers.NOW)
    assert (found.claimed, found.score.n, found.spot) == (0.95, 6, True)
    assert get_claim(empty, find_model(empty)) == found
    run_and_score(empty, None, "benchmark", NullProgress(), makers.NOW)
    whole = get_claim(empty, find_model(empty))
    assert (whole.score.n, whole.spot) == (18, False)


def test_the_same_pictures_are_drawn_each_time(empty, monkeypatch):
    items = empty.read(benchmarks_table.get_benchmark).items
    monkeypatch.setattr(sides, "SPOT", 7)
    drawn = sides.select_spot_items(items)
    assert len(set(drawn)) == 7
    assert drawn == sides.select_spot_items(items)
    assert [items.index(one) for one in drawn] == sorted(items.index(one) for one in drawn)


def test_pictures_that_a_broken_run_came_to_are_no_score(empty):
    first = [item.path for item in empty.read(benchmarks_table.get_benchmark).items][:5]
    run_benchmark_part(empty, find_model(empty), first, NullProgress(), makers.NOW)
    assert get_claim(empty, find_model(empty)).score is None


@pytest.mark.long
def test_a_model_fed_otherwise_misses_the_claim_and_the_verdict_is_withheld(material, tmp_path):
    """Red and blue exchanged on the card: two of three colours are called by the wrong name."""
    card = makers.COLOUR_CARD | {"input": {**makers.CARD["input"], "colour": "BGR"}}
    wrong = makers.write_card(tmp_path / "wrong.json", card)
    wanted = {"card": wrong, "benchmark": material / "clean", "claimed": 0.95}
    with makers.empty_project(
        tmp_path / "p.fieldcheck", material / "net.onnx", **wanted
    ) as project:
        found = check_claim_if_any(project, NullProgress(), makers.NOW)
        assert found.reproduced is False
        assert found.guess.change == {"colour": "RGB"}
        assert found.guess.score.value > 0.9
        assert get_claim(project, find_model(project)) == found
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 20)
        makers.label_all(project)
        run_and_score(project, None, "field", NullProgress(), makers.NOW)
        report = build_report(project, "en", NullProgress(), makers.NOW)
        assert report.gap.verdict == "not_comparable"
        assert report.readiness == "not_comparable"
        assert report.benchmark.guess == (found.guess.change, found.guess.score)
        set_claim(project, None)
        unexpected = "not_comparable"
        assert build_report(project, "en", NullProgress(), makers.NOW).gap.verdict != unexpected


@pytest.mark.long
def test_a_way_that_is_better_by_chance_is_no_guess(empty):
    """Of the many ways that are tried one is nearly always a picture or two ahead."""
    card = PreprocessingCandidate({}, estimate_wilson(9, 18))
    ahead = PreprocessingCandidate({"colour": "BGR"}, estimate_wilson(10, 18))
    far = PreprocessingCandidate({"scale": 1.0}, estimate_wilson(17, 18))
    look = check_stored_model(empty, NullProgress())
    for ways, change in (((card, ahead), None), ((card, ahead, far), {"scale": 1.0})):
        changed = replace(look, diagnosis=replace(look.diagnosis, candidates=ways))
        guess = check_model._get_best_guess(changed)
        assert (guess and guess.change) == change


@pytest.mark.long
def test_a_new_model_that_misses_its_claim_is_told_how_far_at_once(material, tmp_path, monkeypatch):
    """Way to feed it and warnings are of one look: each takes a detector tens of seconds."""
    looks, told, examined = [], [], check_model.check_fitted_model

    class Counting(NullProgress):
        def report(self, done, total, unit=""):
            told.append((done, unit))

    def examine(*asked):
        looks.append(asked)
        return examined(*asked)

    monkeypatch.setattr(check_model, "check_fitted_model", examine)
    card = makers.COLOUR_CARD | {"input": {**makers.CARD["input"], "colour": "BGR"}}
    wrong = makers.write_card(tmp_path / "wrong.json", card)
    wanted = {"card": wrong, "benchmark": material / "clean", "claimed": 0.95}
    with makers.empty_project(
        tmp_path / "p.fieldcheck", material / "net.onnx", **wanted
    ) as project:
        found, warnings = check_new_model(project, Counting(), makers.NOW)
        assert (found.reproduced, found.guess.change) == (False, {"colour": "RGB"})
        assert [one.code for one in warnings] == ["channel_order"]
        assert len(looks) == 1
        batches = [done for done, unit in told if unit == "batches fed in other ways"]
        assert batches == list(range(1, len(batches) + 1)) != []
        set_claim(project, None)
        assert check_new_model(project, NullProgress(), makers.NOW) == (None, warnings)
        assert len(looks) == 2


def test_without_a_claim_a_model_or_a_benchmark_nothing_is_run(empty, material, tmp_path):
    set_claim(empty, None)
    assert check_claim_if_any(empty, NullProgress(), makers.NOW) is None
    assert get_claim(empty, find_model(empty)).score is None
    with makers.empty_project(tmp_path / "bare.fieldcheck") as bare:
        assert check_claim_if_any(bare, NullProgress(), makers.NOW) is None
        assert get_claim(bare, None).claimed is None
        with pytest.raises(NoModel):
            check_claim(bare, NullProgress(), makers.NOW)
        with pytest.raises(NoBenchmark):
            set_claim(bare, 0.9)
    with (
        makers.empty_project(tmp_path / "p.fieldcheck", material / "net.onnx") as project,
        pytest.raises(NoBenchmark),
    ):
        check_claim(project, NullProgress(), makers.NOW)


@pytest.mark.long
def test_a_claim_belongs_to_the_model_it_was_made_of(empty, tmp_path):
    """A candidate that does better than the old model's claim is no case of a wrong card."""
    first = find_model(empty)
    set_claim(empty, 0.5)
    assert check_claim_if_any(empty, NullProgress(), makers.NOW).reproduced is False
    add_model(empty, makers.colour_model(tmp_path / "better.onnx", gain=21.0), None, makers.LATER)
    better = find_model(empty)
    run_and_score(empty, None, "benchmark", NullProgress(), makers.NOW)
    found = get_claim(empty, better)
    assert found.claimed is None
    assert (found.reproduced, found.score.value) == (None, pytest.approx(17 / 18))
    assert sides.load_benchmark_side(empty, better).benchmark.claimed is None
    assert check_claim_if_any(empty, NullProgress(), makers.NOW) is None
    assert get_claim(empty, first).reproduced is False
    set_claim(empty, 0.95)
    assert get_claim(empty, better).reproduced is True
    assert get_claim(empty, first).claimed == 0.5


def boxed_project(tmp_path, material, **wanted):
    """A detector that finds every red frame, on a benchmark that boxes half of them a little aside:
    its mAP is far from its frame score."""
    folder = tmp_path / "boxes"
    rows = ["file,class,x,y,w,h"]
    for number, colour in enumerate(makers.cycle(24)):
        makers.save_picture(folder / f"{number}.png", colour, number)
        aside = 6 if number % 2 else 0
        rows.append(
            f"{number}.png,part,{aside},0,32,24" if colour == "red" else f"{number}.png,,,,,"
        )
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    place = tmp_path / "p.fieldcheck"
    return makers.empty_project(place, material / "box.onnx", benchmark=folder, **wanted)


@pytest.mark.long
def test_a_detector_claimed_by_map_gets_a_verdict_in_map(material, tmp_path):
    with boxed_project(tmp_path, material, claimed=0.72, metric="map") as project:
        found = check_claim(project, NullProgress(), makers.NOW)
        assert found.metric == "map"
        assert (found.claimed, found.score.method) == (0.72, "bootstrap_frames")
        assert found.reproduced is True
        assert found.score.value == pytest.approx(0.72, abs=0.1)
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 20)
        label_boxes(project)
        run_and_score(project, None, "field", NullProgress(), makers.NOW)
        told = build_report(project, "en", NullProgress(), makers.NOW)
        assert told.gap.metric == "map"
        assert told.gap.verdict in ("pass", "fail", "not_enough")
        assert told.gap.estimate.value == pytest.approx(
            found.score.value - told.field.metrics["map"].value, abs=1e-9
        )
        assert "Metric: mAP (COCO, IoU 0.50 to 0.95)." in told.gap.sentence
        assert (told.gap.counts, told.benchmark.metric) == ("", "frame_score")
        _assert_all_of_the_first_page_is_in_one_metric(told)
        assert get_interim_verdict(project).why == "other_metric"
        set_claim(project, 0.2, "map")
        assert get_claim(project, find_model(project)).reproduced is False
        expected = "not_comparable"
        assert build_report(project, "en", NullProgress(), makers.NOW).gap.verdict == expected


def _assert_all_of_the_first_page_is_in_one_metric(report):
    """Chart, key, JSON and the scores over shared classes are those of the headline."""
    document = build_summary(report)
    scores = (report.benchmark.claim_score, report.gap.footage)
    chart = build_chart(report)
    assert (chart.benchmark, chart.field) == scores
    assert chart.axis.name == "mAP (COCO, IoU 0.50 to 0.95)"
    field = document["gap"]["footage"]
    assert field["value"] == report.field.metrics["map"].value != report.field.footage.value
    shared = document["shared_classes"]
    assert shared["metric"] == document["gap"]["metric"] == "map"
    assert (shared["gap"]["value"], shared["field"]) == (document["gap"]["value"], field)
    assert shared["benchmark"]["value"] == scores[0].value


@pytest.mark.long
def test_every_frame_counted_leaves_map_without_an_error_of_sampling(material, tmp_path):
    with boxed_project(tmp_path, material, claimed=0.72, metric="map") as project:
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 1000)
        label_boxes(project)
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        told = build_report(project, "en", NullProgress(), makers.NOW)
    field = told.gap.footage
    assert told.field.census
    assert (field.lo, field.hi, field.method) == (field.value, field.value, "census")
    assert told.field.metrics["map"].census
    assert told.gap.estimate.hi - told.gap.estimate.lo > 0.05  # of the benchmark alone
    assert "for this footage the score is a census, without a CI" in told.gap.counts


def test_a_score_of_a_detector_is_claimed_in_a_metric(material, tmp_path):
    with boxed_project(tmp_path, material) as project:
        with pytest.raises(BenchmarkRefused, match="no_metric") as refused:
            set_claim(project, 0.72)
        assert "--metric (map, map50, recall, frame)" in format_error(refused.value)
        set_claim(project, 0.72, "map50")
        set_claim(project, None)
        assert get_claim(project, find_model(project)).claimed is None


def label_boxes(project):
    """Every red frame has its part, the others nothing."""
    picks = project.read(picks_table.list_picks)
    by_id = {line.frame.frame_id: line for line in project.read(list_sampling_lines)}
    for pick in picks:
        red = makers.truth_of(by_id[pick.frame_id]) == "red"
        boxes = (Box("part", 0, 0, 32, 24),) if red else ()
        set_label(project, pick.frame_id, LabelDecision(boxes=boxes), annotator="", now=makers.NOW)


@pytest.mark.long
def test_a_candidate_is_compared_in_the_metric_of_the_model_before_it(material, tmp_path):
    with boxed_project(tmp_path, material, claimed=0.72, metric="map50") as project:
        path = makers.box_model(tmp_path / "other.onnx", of_class=1)
        add_model(project, path, None, makers.LATER)
        found = get_claim(project, find_model(project))
        assert (found.metric, found.claimed, found.reproduced) == ("map50", None, None)


def test_a_metric_that_the_answers_do_not_have_is_refused(empty):
    with pytest.raises(BenchmarkRefused, match="wrong_metric"):
        set_claim(empty, 0.9, "map")
    set_claim(empty, 0.9, "balanced_accuracy")
    assert check_claim(empty, NullProgress(), makers.NOW).metric == "balanced_accuracy"


def test_a_claim_of_an_earlier_version_stands_and_is_carried_over(empty, tmp_path):
    """Such a project keeps one claim with the benchmark, and the model it was made of."""
    first = find_model(empty)
    empty.write(lambda db: db.execute("DELETE FROM setting WHERE key = ?", [CLAIMS])).result()
    empty.write(lambda db: settings_table.store_setting(db, CLAIMANT, first.sha256)).result()
    assert get_claim(empty, first).claimed == 0.95
    add_model(empty, makers.colour_model(tmp_path / "better.onnx", gain=21.0), None, makers.LATER)
    better = find_model(empty)
    assert get_claim(empty, better).claimed is None
    set_claim(empty, 0.97)
    assert (get_claim(empty, better).claimed, get_claim(empty, first).claimed) == (0.97, 0.95)


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
        assert (found.picks, found.labelled.size, found.judgement) == ((), 0, None)
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
    assert found.labelled.size == 20
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


@pytest.mark.long
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


@pytest.mark.long
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
    places = found.labelled[~found.judgement.right].tolist()
    wrong = [found.labels[found.picks[k].frame_id] for k in places]
    assert [label.points[0].class_name for label in wrong] == ["blue", "blue"]
    assert found.scores.n_labelled == 20
    assert (found.scores.footage.n, found.scores.footage.method) == (20, "stratified_wilson")
    beside = scored_sides.compute_field_metrics(found, get_card(model))
    assert set(beside) == {"points_hit", "false_area"}
    assert all(0 <= one.lo <= one.value <= one.hi <= 1 for one in beside.values())
    assert scored_sides.load_benchmark_side(pointed, model) is None


@pytest.mark.long
def test_the_footage_keeps_no_masks_so_points_wait_for_a_run_of_the_picks(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "mask.onnx") as project:
        makers.add_footage(project, material / "belt.avi")
        makers.draw(project, 12)
        makers.point_all(project)
        run_and_score(project, None, "footage", NullProgress(), makers.NOW)
        assert side(project).labelled.size == 0
        run_and_score(project, None, "field", NullProgress(), makers.NOW)
        assert side(project).judgement.right.all()


def test_both_sides_are_there_or_what_there_is(labelled, drawn):
    found = scored_sides.load_scored_sides(labelled)
    assert (found.field.scores.n_labelled, found.benchmark.score.n) == (20, 18)
    assert scored_sides.load_scored_sides(drawn).benchmark is None
