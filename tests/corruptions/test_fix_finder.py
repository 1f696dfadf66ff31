from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
from onnx import helper

from fieldcheck.corruptions import fix_finder
from fieldcheck.corruptions.fix_candidates import FixCandidate, get_fix
from fieldcheck.corruptions.fix_messages import list_fix_lines
from fieldcheck.corruptions.sweep_scores import list_images
from fieldcheck.domain.prediction import Prediction
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.footage.frame_analysis import get_shared_runner
from fieldcheck.imaging.codec import read_image
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import add_model, find_model, get_card, make_model_file
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.cluster import compute_cautious_limits, flip_signs, judge_candidates
from tests import makers

CLIPS = 8
SOME = (
    FixCandidate(("clahe",)),
    FixCandidate(card=(("resize", "letterbox"),)),
    FixCandidate(("median",), (("crop", 0.875),)),
)


def filmed(folder, light):
    """Eight clips, the colours as they are times `light`, labelled truly; the model says red where
    it is too dark to tell."""
    product = helper.make_node("MatMul", ["f", "w"], ["z"])
    body = [*makers.POOLED, product, helper.make_node("Add", ["z", "b"], ["y"])]
    makers.write_card(folder / "net.card.json", makers.COLOUR_CARD)
    weights = {"w": np.eye(3, dtype=np.float32) * 20, "b": np.array([3, 0, 0], np.float32)}
    model = makers.tiny_model(folder / "net.onnx", body=body, weights=weights)
    benchmark = makers.benchmark_folder(folder / "clean")
    project = makers.empty_project(folder / "site.fieldcheck", model, benchmark=benchmark)
    for number in range(CLIPS):
        writer = cv2.VideoWriter(
            str(folder / f"clip{number}.avi"),
            cv2.VideoWriter.fourcc(*"MJPG"),
            makers.FPS,
            makers.SIZE[::-1],
        )
        for frame, colour in enumerate(makers.cycle(12, start=number)):
            rgb = np.rint(makers.picture(colour, 100 * number + frame) * light).astype(np.uint8)
            writer.write(np.ascontiguousarray(rgb[:, :, ::-1]))
        writer.release()
        makers.add_footage(project, folder / f"clip{number}.avi")
    makers.draw(project, 48, "even")
    makers.label_all(
        project,
        lambda line: makers.COLOURS[(int(line.frame.source[4]) + line.frame.source_index // 4) % 3],
    )
    return project


@pytest.fixture(scope="module")
def dark(tmp_path_factory):
    with filmed(tmp_path_factory.mktemp("dark"), 0.25) as project:
        yield project


@pytest.fixture(scope="module")
def found(dark):
    return fix_finder.find_fix(dark, "net", 0, NullProgress(), makers.NOW)


@pytest.mark.long
def test_nothing_helps_a_model_that_sees_no_fault(dark, tmp_path):
    add_model(dark, makers.colour_model(tmp_path / "able.onnx"), None, makers.LATER)
    found = fix_finder.find_fix(dark, "able", 0, NullProgress(), makers.LATER)
    assert (found.model, found.state, found.demonstrated) == ("able", "nothing", ())
    assert max(one.verdict.change.value for one in found.tried) == 0.0


@pytest.mark.long
def test_a_stopped_search_says_so_and_a_second_one_finds_the_same(dark, found):
    with pytest.raises(Cancelled):
        fix_finder.find_fix(dark, "net", 0, makers.stopped(), makers.NOW)
    assert fix_finder.find_fix(dark, "net", 0, NullProgress(), makers.NOW) == found


@pytest.mark.long
def test_frames_of_too_few_clips_are_not_asked_about(labelled):
    found = fix_finder.find_fix(labelled, None, 0, NullProgress(), makers.NOW)
    assert (found.state, found.tried) == ("too_few_clips", ())
    assert found.clips < 5
    assert found.frames == 20


def test_without_a_label_there_is_nothing_to_hold_a_change_to(drawn):
    with pytest.raises(NothingLabelled):
        fix_finder.find_fix(drawn, None, 0, NullProgress(), makers.NOW)


def test_a_chunk_gives_the_same_answers_in_any_company(dark):
    model = find_model(dark, "net")
    listed = list_images(dark, model, "field", 0)[:4]
    answers = fix_finder.predict_changed(
        fix_finder.FixChunk(make_model_file(dark, model), SOME, listed)
    )
    together = {(name, one.subject): one.answer for name, one in answers}
    alone = [
        pair
        for each in listed
        for pair in fix_finder.predict_changed(
            fix_finder.FixChunk(make_model_file(dark, model), SOME[::-1], (each,))
        )
    ]
    assert len(together) == len(alone) == 4 * len(SOME)
    assert all(np.array_equal(together[name, one.subject], one.answer) for name, one in alone)


def test_boxes_found_under_another_input_are_in_pixels_of_the_frame_again(made_boxed):
    with open_project(made_boxed, write=False) as project:
        model = find_model(project)
        spec = make_model_file(project, model)
        card = get_card(model)
        listed = list_images(project, model, "field", 0)[:1]
    changed = replace(card, input=replace(card.input, crop=0.875))
    runner = ModelRunner(get_shared_runner(spec).model, changed, 1)
    chunk = fix_finder.FixChunk(spec, (FixCandidate(card=(("crop", 0.875),)),), listed)
    ((_, found),) = fix_finder.predict_changed(chunk)
    assert np.array_equal(found.answer, runner.predict([read_image(Path(listed[0][1]))])[0][0])
    # a sixteenth of 64 x 48 is cut off at either side
    assert found.answer[0, :2] == pytest.approx([4, 3])


CLIP = np.repeat([f"clip{k:02d}" for k in range(10)], 10)


@pytest.mark.full("fix_without_effect")
def test_of_changes_without_effect_hardly_any_is_proven(counts, evidence):
    """A hundred labels in ten clips, fifteen candidates that each turn frames right and wrong alike
    often, clip by clip more or less."""
    n, proven = counts(ci=20, full=200), 0
    for visit in range(n):
        rng = np.random.default_rng([visit, 17])
        # of the frames that change, the share that become right
        lean = np.clip(rng.normal(0.5, 0.15, (15, 10)), 0, 1).repeat(10, axis=1)
        moved = rng.random((15, 100)) < rng.uniform(0.05, 0.4, (15, 1))
        change = np.where(moved, np.where(rng.random((15, 100)) < lean, 1, -1), 0)
        found = judge_candidates(change, np.ones(100), CLIP)
        proven += any(one.direction == "better" for one in found)
    evidence(visits=n, candidates=15, clips=10, labels=100, falsely_proven=proven)
    assert proven <= 0.05 * n


def test_too_little_light_is_demonstrated_on_all_labelled_frames(found):
    assert (found.state, found.frames, found.clips) == ("proven", 48, 8)
    best = found.demonstrated[0]
    assert best.candidate.name == "gamma_0.67"
    assert best.verdict.change.value == pytest.approx(2 / 3, abs=0.2)
    gains = [one.verdict.change.value for one in found.tried]
    assert gains == sorted(gains, reverse=True)
    darker = next(one for one in found.tried if one.candidate.name == "gamma_2.2")
    assert darker.verdict.change.value <= 0
    assert not darker.is_demonstrated


def test_the_verdict_is_that_on_bare_answers_with_cautious_limits(dark, found):
    model = find_model(dark, "net")
    card, side = get_card(model), load_field_side(dark, model)
    path = str(dark.path / model.file)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    change = []
    for pick in side.picks:
        rgb = read_image(dark.path / pick.file)
        brighter = np.rint(255 * (rgb / 255) ** 0.67).astype(np.uint8)
        before, after = (
            session.run(None, {"x": preprocess_image(one, card.input).tensor[None]})[0][0].argmax()
            for one in (rgb, brighter)
        )
        truth = card.classes.index(side.labels[pick.frame_id].class_name)
        change.append(int(after == truth) - int(before == truth))
    weight = side.scores.weight
    limits = compute_cautious_limits(change, weight, side.sample.clip)
    alone = float(flip_signs(change, weight, side.sample.clip).p[0])
    verdict = next(one for one in found.tried if one.candidate.name == "gamma_0.67").verdict
    assert (verdict.change.lo, verdict.change.hi) == pytest.approx(limits, abs=1e-9)
    assert 1 / 256 <= alone <= verdict.p <= 0.05
    assert verdict.change.n == 48


def test_a_combination_is_tried_after_a_single_change_is_demonstrated(found):
    singles = {one.candidate for one in found.tried if len(one.candidate.kinds) == 1}
    (joined,) = [one for one in found.tried if one.candidate not in singles]
    first = next(one for one in found.demonstrated if one.candidate in singles)
    assert first.candidate.kinds < joined.candidate.kinds
    assert not joined.is_demonstrated or joined.verdict.change.lo > 0


def test_what_a_demonstrated_change_does_to_the_benchmark_is_told_and_of_others_nothing_is_asked(
    found,
):
    held = [one.candidate for one in found.tried if one.benchmark is not None]
    assert set(held) == {one.candidate for one in found.demonstrated[:3]}
    benchmark = found.demonstrated[0].benchmark
    assert (benchmark.value, benchmark.n) == (0.0, 18)


class Counts(NullProgress):
    """Notes how many predictions a search asks for, and stops it after some."""

    def __init__(self, stop_after=None):
        super().__init__()
        self.totals, self.stop_after = set(), stop_after

    def report(self, done, total, unit=""):
        if total is not None and total > 100:
            self.totals.add(total)
            if self.stop_after is not None and done > self.stop_after:
                raise Cancelled


@pytest.mark.long
def test_an_interrupted_search_asks_only_for_the_frames_that_are_left(dark, found):
    model = find_model(dark, "net")
    whole, stopped, after = Counts(), Counts(stop_after=400), Counts()
    fix_finder.find_fix(dark, "net", 0, whole, makers.NOW)
    with pytest.raises(Cancelled):
        fix_finder.find_fix(dark, "net", 0, stopped, makers.NOW)
    assert dark.read(lambda db: models_table.list_facts(db, "fix_part"))
    assert fix_finder.find_fix(dark, "net", 0, after, makers.NOW) == found
    assert 0 < max(after.totals) < max(whole.totals)
    assert not dark.read(lambda db: models_table.list_facts(db, "fix_part"))
    assert get_fix(dark, model) == found


@pytest.mark.long
def test_what_the_doctor_sees_on_the_benchmark_comes_before_the_search(dark, tmp_path):
    """The same model with a card that says BGR: the benchmark tells without any field label."""
    card = {**makers.COLOUR_CARD, "input": {**makers.COLOUR_CARD["input"], "colour": "BGR"}}
    add_model(dark, makers.colour_model(tmp_path / "swapped.onnx", card), None, makers.LATER)
    found = fix_finder.find_fix(dark, "swapped", 0, NullProgress(), makers.LATER)
    assert "channel_order" in [cause.code for cause in found.causes]
    assert found.demonstrated[0].candidate.name == "colour=RGB"
    assert list_fix_lines(found)[0] == "Seen on the benchmark, to be corrected first:"
    stored = get_fix(dark, find_model(dark, "swapped"))
    assert list_fix_lines(stored) == list_fix_lines(found)


def test_two_views_are_averaged_and_thresholds_ask_nothing_of_the_model():
    both = FixCandidate(views=("mirror",))
    raised = FixCandidate(output=(("thresholds", (("ok", 0.7),)),))
    assert [fed.name for fed in fix_finder.list_fed((both, raised))] == ["mirror"]
    plain = Prediction("a", np.array([0.8, 0.2], np.float32), False)
    turned = Prediction("a", np.array([0.2, 0.8], np.float32), False)
    answers = {("mirror", "a"): turned}
    mean = fix_finder.combine_views(both, answers.get, plain, "a")
    assert mean.answer == pytest.approx([0.5, 0.5])
    assert fix_finder.combine_views(raised, answers.get, plain, "a") is plain


def test_a_field_frame_is_as_many_times_larger_as_its_pixels(dark):
    assert fix_finder.measure_size_ratio(dark, find_model(dark, "net")) == 1.0
