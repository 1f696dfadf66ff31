from dataclasses import replace

import pytest

from fieldcheck.analyses.early_verdict import get_interim_verdict
from fieldcheck.domain.label import Box
from fieldcheck.errors.imported_files import BenchmarkRefused
from fieldcheck.errors.labels import NoBenchmark
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import NoModel
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models import check_model
from fieldcheck.models import scored_sides as sides
from fieldcheck.models.benchmark import CLAIMANT, CLAIMS, set_claim
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
from fieldcheck.models.store import add_model, find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.report.assemble import build_report
from fieldcheck.report.folder import build_summary
from fieldcheck.report.summary_page import build_chart
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
