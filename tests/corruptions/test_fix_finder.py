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
    FixProof,
    FixResult,
    FixTrial,
    choose_finalists,
    find_fix,
    list_card_candidates,
    predict_changed,
    split_by_clip,
)
from fieldcheck.corruptions.sweep_scores import list_images
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import InputSpec
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.footage.frame_analysis import get_shared_runner
from fieldcheck.imaging.codec import read_image
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import add_model, find_model, get_card, make_model_file
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.stats.weighted_field_score import estimate_change_by_clip
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


SPEC = InputSpec((32, 48), "short_side", interpolation="pil_bilinear", crop=0.875)
LETTERBOX = FixCandidate(card=(("resize", "letterbox"),))


def measured(value, lo):
    return Estimate(value, lo, 1.0, 50, 5.0, "cluster_t")


def test_of_a_card_only_what_it_says_otherwise_is_tried():
    names = [one.name for one in list_card_candidates(SPEC)]
    assert names == [
        "resize=stretch", "resize=letterbox", "resize=centre_crop", "crop=1.0",
        "interpolation=area", "interpolation=linear",
    ]  # fmt: skip
    assert not {one.apply_to_spec(SPEC) for one in list_card_candidates(SPEC)} & {SPEC}


def test_two_changes_together_are_both_of_them():
    both = FixCandidate(("clahe",)).combine_with(LETTERBOX)
    assert both.name == "clahe+resize=letterbox"
    assert (both.apply_to_spec(SPEC).resize, both.apply_to_spec(SPEC).crop) == ("letterbox", 0.875)


def test_proven_is_a_lower_limit_above_nothing():
    proofs = [
        FixProof(LETTERBOX, one)
        for one in (measured(0.2, 0.01), measured(0.2, 0.0), Estimate.not_measured("too_few_clips"))
    ]
    assert [one.is_proven for one in proofs] == [True, False, False]


def test_the_state_is_the_best_of_the_proofs():
    tried = (FixTrial(LETTERBOX, measured(0.1, -0.1), True),)
    found = [FixResult("net", 0, (24, 24), (4, 4), some, proofs) for some, proofs in (
        ((), ()), (tried, ()), (tried, (FixProof(LETTERBOX, measured(0.1, -0.1)),)), (tried, (FixProof(LETTERBOX, measured(0.2, 0.1)),)),
    )]  # fmt: skip
    assert [one.state for one in found] == ["too_few_clips", "nothing", "nothing", "proven"]


CLIP = np.repeat([f"clip{k:02d}" for k in range(10)], 10)
STRATUM = np.tile(["hard"] * 4 + ["rest"] * 6, 10)


def gain(value):
    return Estimate(value, -1.0, 1.0, 50, 50.0, "cluster_t")


def test_whole_clips_go_to_a_half_and_each_half_has_as_many_clips_and_frames_of_each_stratum():
    in_a = split_by_clip(CLIP, STRATUM, 0)
    assert all(np.unique(in_a[clip == CLIP]).size == 1 for clip in np.unique(CLIP))
    assert np.unique(CLIP[in_a]).size == 5
    assert (STRATUM[in_a] == "hard").sum() == (STRATUM[~in_a] == "hard").sum() == 20


def test_clips_of_one_stratum_each_are_dealt_stratum_by_stratum():
    stratum = np.repeat(["hard"] * 4 + ["rest"] * 6, 10)
    in_a = split_by_clip(CLIP, stratum, 3)
    assert [(stratum[side] == "hard").sum() for side in (in_a, ~in_a)] == [20, 20]
    assert [(stratum[side] == "rest").sum() for side in (in_a, ~in_a)] == [30, 30]


def test_clips_of_all_sizes_are_balanced_better_than_by_the_largest_of_them():
    clip = np.repeat(np.arange(9), [30, 18, 14, 10, 9, 8, 6, 3, 2])
    in_a = split_by_clip(clip, np.full(100, "even"), 0)
    assert abs(int(in_a.sum()) - 50) <= 15
    assert np.unique(clip[in_a]).size in (4, 5)


def test_the_same_seed_deals_the_same_halves_whatever_the_order_of_the_frames_and_another_seed_others():
    in_a, mixed = split_by_clip(CLIP, STRATUM, 0), np.random.default_rng(5).permutation(100)
    assert np.array_equal(split_by_clip(CLIP[mixed], STRATUM[mixed], 0), in_a[mixed])
    assert len({split_by_clip(CLIP, STRATUM, seed).tobytes() for seed in range(10)}) > 5
    actual = {bool(split_by_clip(CLIP[:-1], STRATUM[:-1], seed)[-1]) for seed in range(10)}
    assert actual == {True, False}


def test_no_frames_have_no_halves():
    assert split_by_clip(np.array([], str), np.array([], str), 0).size == 0


@pytest.mark.parametrize(("gains", "places"), [
    ([0.1, 0.3, -0.2, 0.2, 0.05], (1, 3, 0)),
    ([0.1, 0.1, 0.1, 0.1], (0, 1, 2)),
    ([0.0, -0.1], ()),
    ([], ()),
])  # fmt: skip
def test_the_three_largest_gains_are_carried_and_what_gains_nothing_is_not(gains, places):
    assert choose_finalists([gain(one) for one in gains]) == places
    actual = choose_finalists([Estimate.not_measured("too_few_clips"), *map(gain, gains)])
    assert actual == tuple(at + 1 for at in places)


@pytest.mark.full("fix_without_effect")
def test_of_changes_without_effect_hardly_any_is_proven(counts, evidence):
    """A hundred labels in ten clips, fifteen candidates that each turn frames right and wrong alike
    often, clip by clip more or less."""
    n, proven, none_carried = counts(ci=20, full=200), 0, 0
    for visit in range(n):
        rng = np.random.default_rng([visit, 17])
        # of the frames that change, the share that become right
        lean = np.clip(rng.normal(0.5, 0.15, (15, 10)), 0, 1).repeat(10, axis=1)
        moved = rng.random((15, 100)) < rng.uniform(0.05, 0.4, (15, 1))
        up = rng.random((15, 100)) < lean
        change, in_a = np.where(moved, np.where(up, 1, -1), 0), split_by_clip(CLIP, STRATUM, visit)
        places = choose_finalists(
            [estimate_change_by_clip(one[in_a], np.ones(in_a.sum()), CLIP[in_a]) for one in change]
        )
        kept = [
            estimate_change_by_clip(
                change[at][~in_a], np.ones((~in_a).sum()), CLIP[~in_a], len(places)
            )
            for at in places
        ]
        proven += any(one.lo > 0 for one in kept)
        none_carried += not places
    evidence(
        visits=n, candidates=15, clips=10, labels=100, falsely_proven=proven,
        none_carried=none_carried,
    )  # fmt: skip
    assert proven <= 0.05 * n
