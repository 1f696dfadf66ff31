from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
from onnx import helper
from scipy import stats

from fieldcheck.corruptions.fix_finder import (
    FixCandidate,
    FixChunk,
    find_fix,
    predict_changed,
    split_by_clip,
)
from fieldcheck.corruptions.sweep_scores import list_images
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.footage.frame_analysis import get_shared_runner
from fieldcheck.imaging.codec import read_image
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import add_model, find_model, get_card, make_model_file
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
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
    body = [
        *makers.POOLED,
        helper.make_node("MatMul", ["f", "w"], ["z"]),
        helper.make_node("Add", ["z", "b"], ["y"]),
    ]
    makers.write_card(folder / "net.card.json", makers.COLOUR_CARD)
    weights = {"w": np.eye(3, dtype=np.float32) * 20, "b": np.array([3, 0, 0], np.float32)}
    model = makers.tiny_model(folder / "net.onnx", body=body, weights=weights)
    project = makers.empty_project(
        folder / "site.fieldcheck", model, benchmark=makers.benchmark_folder(folder / "clean")
    )
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
    return find_fix(dark, "net", 0, NullProgress(), makers.NOW)


def test_too_little_light_is_found_on_one_half_and_proven_on_the_other(found):
    assert (found.state, found.frames, found.clips) == ("proven", (24, 24), (4, 4))
    best = found.proofs[0]
    assert best.candidate.name == "gamma_0.67"
    assert (best.is_proven, best.change.value) == (True, pytest.approx(2 / 3, abs=0.2))
    actual = [one.gain.value for one in found.tried]
    assert actual == sorted((one.gain.value for one in found.tried), reverse=True)
    actual = {one.candidate.name for one in found.tried if one.carried}
    assert actual == {one.candidate.name for one in found.proofs}
    assert next(one for one in found.tried if one.candidate.name == "gamma_2.2").gain.value <= 0


def test_the_proof_is_the_paired_change_by_clip_of_bare_answers_with_limits_for_three(dark, found):
    model = find_model(dark, "net")
    card, side = get_card(model), load_field_side(dark, model)
    session = onnxruntime.InferenceSession(
        str(dark.path / model.file), providers=["CPUExecutionProvider"]
    )
    clips, strata = side.sample.clip, side.sample.stratum
    in_b = ~split_by_clip(clips, strata, 0)
    change = []
    for pick in [pick for pick, inside in zip(side.picks, in_b, strict=True) if inside]:
        rgb = read_image(dark.path / pick.file)
        brighter = np.rint(255 * (rgb / 255) ** 0.67).astype(np.uint8)
        before, after = (
            session.run(None, {"x": preprocess_image(one, card.input).tensor[None]})[0][0].argmax()
            for one in (rgb, brighter)
        )
        truth = card.classes.index(side.labels[pick.frame_id].class_name)
        change.append(int(after == truth) - int(before == truth))
    d, member = np.array(change, float), np.unique(clips[in_b], return_inverse=True)[1]
    sums = np.bincount(member, weights=(d - d.mean()) / d.size)
    variance = max(d.var() / d.size, 4 / 3 * sums @ sums)
    half = stats.t.ppf(1 - 0.025 / 3, 3) * np.sqrt(variance)
    proof = next(one for one in found.proofs if one.candidate.name == "gamma_0.67").change
    assert len(found.proofs) == 3
    actual = (proof.value, proof.lo, proof.hi)
    assert actual == pytest.approx((d.mean(), d.mean() - half, min(1.0, d.mean() + half)), abs=1e-9)


def test_what_a_proven_change_does_to_the_benchmark_is_told_and_of_others_nothing_is_asked(found):
    actual = [one.benchmark is not None for one in found.proofs]
    assert actual == [one.is_proven for one in found.proofs]
    benchmark = found.proofs[0].benchmark
    assert (benchmark.value, benchmark.n) == (0.0, 18)


def test_nothing_helps_a_model_that_sees_no_fault(dark, tmp_path):
    add_model(dark, makers.colour_model(tmp_path / "able.onnx"), None, makers.LATER)
    found = find_fix(dark, "able", 0, NullProgress(), makers.LATER)
    assert (found.model, found.state, found.proofs) == ("able", "nothing", ())
    assert max(one.gain.value for one in found.tried) == 0.0


def test_a_search_that_is_stopped_says_so_and_a_second_one_finds_as_if_nothing_had_been(
    dark, found
):
    class Stops(NullProgress):
        def check(self):
            raise Cancelled

    with pytest.raises(Cancelled):
        find_fix(dark, "net", 0, Stops(), makers.NOW)
    assert find_fix(dark, "net", 0, NullProgress(), makers.NOW) == found


def test_frames_of_too_few_clips_are_not_asked_about(labelled):
    found = find_fix(labelled, None, 0, NullProgress(), makers.NOW)
    assert (found.state, found.tried, found.proofs) == ("too_few_clips", (), ())
    assert min(found.clips) < 3
    assert sum(found.frames) == 20


def test_without_a_label_there_is_nothing_to_hold_a_change_to(drawn):
    with pytest.raises(NothingLabelled):
        find_fix(drawn, None, 0, NullProgress(), makers.NOW)


def test_a_chunk_gives_the_same_answers_in_any_company(dark):
    model = find_model(dark, "net")
    listed = list_images(dark, model, "field", 0)[:4]
    together = {
        (name, one.subject): one.answer
        for name, one in predict_changed(FixChunk(make_model_file(dark, model), SOME, listed))
    }
    alone = [
        pair
        for each in listed
        for pair in predict_changed(FixChunk(make_model_file(dark, model), SOME[::-1], (each,)))
    ]
    assert len(together) == len(alone) == 4 * len(SOME)
    assert all(np.array_equal(together[name, one.subject], one.answer) for name, one in alone)


def test_boxes_found_under_another_input_are_in_pixels_of_the_frame_again(made_boxed):
    with open_project(made_boxed, write=False) as project:
        model = find_model(project)
        spec = make_model_file(project, model)
        card = get_card(model)
        listed = list_images(project, model, "field", 0)[:1]
    runner = ModelRunner(
        get_shared_runner(spec).model, replace(card, input=replace(card.input, crop=0.875)), 1
    )
    ((_, found),) = predict_changed(
        FixChunk(spec, (FixCandidate(card=(("crop", 0.875),)),), listed)
    )
    assert np.array_equal(found.answer, runner.predict([read_image(Path(listed[0][1]))])[0][0])
    # a sixteenth of 64 x 48 is cut off at either side
    assert found.answer[0, :2] == pytest.approx([4, 3])
