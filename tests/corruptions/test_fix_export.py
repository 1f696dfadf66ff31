"""The written fix of a real search: a model that is dark and BGR at once, asked in plain
onnxruntime."""

import json
from dataclasses import replace

import numpy as np
import onnxruntime
import pytest
from onnx import helper

from fieldcheck.corruptions.fix_candidates import (
    FixCandidate,
    FixResult,
    FixTrial,
    FrameRates,
    load_parts,
    store_part,
)
from fieldcheck.corruptions.fix_export import apply_fix, write_fix
from fieldcheck.corruptions.fix_messages import list_outcome_lines, list_written_lines
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.contrast_and_colour import apply_changes
from fieldcheck.models.check_model import check_model
from fieldcheck.models.doctor.findings import Finding
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from tests import makers

BRIGHTER = FixCandidate(("gamma_0.67",), (("crop", 0.875),))
SMALL = 1e-4


def made(candidate):
    change = Estimate(0.3, 0.1, 0.5, 48, 8.0, "clip_change_of_several")
    return FixTrial(candidate, ChangeVerdict(change, 0.004, "better"))


def written_to(project, out, candidate, temperature=1.0):
    model = find_model(project, "net")
    return write_fix(project, model, made(candidate), out, temperature, NullProgress())


def ask(path, feeds):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, feeds)


def frames_of(project):
    picks = project.read(labels_table.list_picks)
    return [read_image(project.path / pick.file) for pick in picks[:5]]


def test_a_raw_frame_gets_the_programs_own_answer_in_plain_onnxruntime(labelled, tmp_path):
    model = find_model(labelled, "net")
    written = written_to(labelled, tmp_path / "fix", BRIGHTER)
    assert (written.model_file, written.problem) == ("net-fixed.onnx", "")
    assert written.difference <= SMALL
    spec = replace(get_card(model).input, crop=0.875)
    for rgb in frames_of(labelled):
        tensor = preprocess_image(apply_changes(rgb, ("gamma_0.67",)), spec).tensor
        expected = ask(labelled.path / model.file, {"x": tensor[None]})[0]
        came = ask(tmp_path / "fix" / written.frame_file, {"frame": rgb})[0]
        assert came == pytest.approx(expected, abs=SMALL)


def test_the_folder_holds_card_models_settings_and_what_it_costs(labelled, tmp_path):
    written = written_to(labelled, tmp_path / "fix", BRIGHTER)
    assert written.files == (
        "camera_settings.txt", "fix.json", "net-fixed-frame.onnx", "net-fixed.card.json",
        "net-fixed.onnx", "net.card.json",
    )  # fmt: skip
    assert {path.name for path in (tmp_path / "fix").iterdir()} == set(written.files)
    record = json.loads((tmp_path / "fix" / "fix.json").read_text(encoding="utf-8"))
    assert (record["name"], record["model"]) == ("gamma_0.67+crop=0.875", "net-fixed.onnx")
    assert min(record["ms_before"], record["ms_after"]) > 0
    card = json.loads((tmp_path / "fix" / "net.card.json").read_text(encoding="utf-8"))
    assert card["input"]["crop"] == 0.875
    settings = (tmp_path / "fix" / "camera_settings.txt").read_text(encoding="utf-8")
    assert settings.startswith("Camera gamma 0.67, or exposure time or gain times")
    with pytest.raises(PathOccupied):
        written_to(labelled, tmp_path / "fix", BRIGHTER)


@pytest.mark.long
def test_the_doctor_finds_nothing_wrong_with_the_repaired_model(labelled, tmp_path):
    written = written_to(labelled, tmp_path / "fix", FixCandidate(("exposure_1.5",)))
    benchmark = makers.benchmark_folder(tmp_path / "clean")
    file = tmp_path / "fix" / written.model_file
    model_check = check_model(file, None, benchmark, None, NullProgress())
    assert (model_check.ok, model_check.warnings) == (True, ())


@pytest.mark.long
def test_the_repaired_model_goes_into_the_project_and_is_compared(labelled, tmp_path):
    model = find_model(labelled, "net")
    written = written_to(labelled, tmp_path / "fix", FixCandidate(("gamma_1.5",)))
    comparison = apply_fix(labelled, model, written, makers.LATER, NullProgress())
    assert (comparison.a, comparison.b) == ("net", "net-fixed")
    assert comparison.table.n == 20
    newest = labelled.read(models_table.get_newest_model)
    assert newest.name == "net-fixed"
    assert get_card(newest).input.scale == 1.0
    runner = ModelRunner(open_model(labelled.path / newest.file), get_card(newest), 1)
    rgb = frames_of(labelled)[0]
    assert runner.predict([rgb])[0][0].sum() == pytest.approx(1.0, abs=1e-5)


def test_a_change_of_the_card_alone_is_the_same_file_with_that_card(labelled, tmp_path):
    model = find_model(labelled, "net")
    written = written_to(labelled, tmp_path / "fix", FixCandidate(views=("mirror",)))
    assert (written.problem, written.model_file) == ("views", "")
    assert apply_fix(labelled, model, written, makers.LATER, NullProgress()) is None
    assert min(written.ms_before, written.ms_after) > 0  # measured
    assert list_written_lines(written)[1].startswith("Averaging two predictions is not part")


def test_what_looks_at_neighbours_is_a_card_and_a_setting(labelled, tmp_path):
    written = written_to(labelled, tmp_path / "fix", FixCandidate(("median",)))
    assert written.files == ("camera_settings.txt", "fix.json", "net.card.json")
    assert written.problem == "picture"
    model = find_model(labelled, "net")
    assert apply_fix(labelled, model, written, makers.LATER, NullProgress()) is None


def test_a_temperature_is_in_the_graph_and_thresholds_decide_there(labelled, tmp_path):
    warm = written_to(labelled, tmp_path / "warm", FixCandidate(("gamma_0.67",)), 2.0)
    raised = FixCandidate(output=(("thresholds", (("red", 0.9),)),))
    strict = written_to(labelled, tmp_path / "strict", raised, 2.0)
    assert (warm.temperature, strict.temperature) == (2.0, 1.0)
    rgb = frames_of(labelled)[0]
    p, decided = ask(tmp_path / "strict" / strict.frame_file, {"frame": rgb})
    expected = p[0].argmax() if p[0].argmax() != 0 or p[0, 0] >= 0.9 else 1 + p[0, 1:].argmax()
    assert decided[0] == expected
    soft, _ = ask(tmp_path / "warm" / warm.frame_file, {"frame": rgb})
    assert soft.sum() == pytest.approx(1.0, abs=1e-5)
    assert max(warm.difference, strict.difference) <= SMALL
    assert any(line.startswith("Temperature 2") for line in list_written_lines(warm))


@pytest.mark.long
def test_probabilities_of_a_softmax_output_are_scaled_as_logits_are(tmp_path):
    product = helper.make_node("MatMul", ["f", "w"], ["z"])
    body = [*makers.POOLED, product, helper.make_node("Softmax", ["z"], ["y"], axis=-1)]
    makers.write_card(
        tmp_path / "net.card.json", {**makers.COLOUR_CARD, "output": {"kind": "softmax"}}
    )
    weights = {"w": np.eye(3, dtype=np.float32) * 5}
    path = makers.tiny_model(tmp_path / "net.onnx", body=body, weights=weights)
    with makers.empty_project(tmp_path / "site.fieldcheck", path) as project:
        makers.add_footage(project, makers.video(tmp_path / "clip.avi", makers.cycle(8)))
        makers.draw(project, 6, "even")
        written = written_to(project, tmp_path / "fix", FixCandidate(("gamma_0.67",)), 2.5)
        assert (written.problem, written.model_file) == ("", "net-fixed.onnx")
        assert written.difference <= SMALL


LETTERBOX = FixCandidate(card=(("resize", "letterbox"),))


def trial(lo, direction="better"):
    change = Estimate(0.2, lo, 1.0, 50, 5.0, "clip_change_of_several")
    return FixTrial(LETTERBOX, ChangeVerdict(change, 0.01, direction))


def test_the_state_is_that_of_the_trials_and_the_surest_comes_first():
    tried = (trial(0.01), trial(-0.1, ""), trial(0.05))
    results = [FixResult("net", 0, 48, 8, some) for some in ((), tried[1:2], tried)]
    assert [result.state for result in results] == ["too_few_clips", "nothing", "proven"]
    assert results[2].demonstrated == (tried[2], tried[0])


def test_a_result_comes_back_from_json_as_it_was():
    benchmark = Estimate(-0.01, -0.04, 0.02, 500, 500.0, "bonett_price")
    tried = FixTrial(
        LETTERBOX,
        trial(0.05).verdict,
        benchmark,
        mended=("a", "b"),
        broken=("c",),
        rates=FrameRates(10, (4, 1), 30, (0, 3), 0.05),
    )
    cause = Finding("channel_order", "error", "labelled", {"n": 8})
    result = FixResult(
        "net", 3, 48, 8, (tried,), (cause,), "run", ("a", "b", "c"), 11.5, makers.NOW
    )
    assert FixResult.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_a_threshold_that_breaks_the_limit_of_false_rejects_is_not_proposed():
    rates = FrameRates(10, (4, 1), 30, (0, 3), 0.05)
    broken, kept = (replace(trial(0.05), rates=one) for one in (rates, replace(rates, limit=0.1)))
    assert (broken.is_refused, kept.is_refused) == (True, False)
    assert FixResult("net", 0, 48, 8, (broken,)).state == "nothing"
    assert FixResult("net", 0, 48, 8, (broken, kept)).demonstrated == (kept,)
    already = replace(rates, rejected=(2, 3))
    assert not already.breaks_limit
    assert not replace(rates, limit=None).breaks_limit
    first, *_ = list_outcome_lines(FixResult("net", 0, 48, 8, (broken,)))
    assert first == (
        'Not proposed, since false rejects would exceed their limit: model card: "resize": '
        '"letterbox". Frames: escapes 4 of 10 before, 1 after; false rejects 0 of 30 before, 3 '
        "after."
    )


@pytest.mark.parametrize(
    ("rejected", "limit", "refused"),
    [((0, 16), None, True), ((0, 15), None, False), ((20, 20), None, False), ((0, 16), 0.9, False)],
)
def test_a_threshold_that_rejects_most_good_frames_is_not_proposed_without_a_limit(
    rejected, limit, refused
):
    tried = replace(trial(0.05), rates=FrameRates(10, (4, 1), 30, rejected, limit))
    assert tried.is_refused == refused
    line = list_outcome_lines(FixResult("net", 0, 48, 8, (tried,)))[0]
    assert line.startswith("Not proposed, since most good frames would be rejected") == refused
    if refused:
        assert line.endswith("false rejects 0 of 30 before, 16 after.")


def test_parts_of_another_search_are_none_of_this_one(drawn):
    model = find_model(drawn)
    store_part(drawn, model, "one", 1, {"clahe": {"a": 1}}, makers.NOW)
    store_part(drawn, model, "one", 2, {"clahe": {"b": 0}, "median": {"b": 1}}, makers.NOW)
    store_part(drawn, model, "other", 1, {"clahe": {"a": 0}}, makers.NOW)
    assert load_parts(drawn, model, "one") == ({"clahe": {"a": 1, "b": 0}, "median": {"b": 1}}, 2)
    assert load_parts(drawn, model, "none") == ({}, 0)
