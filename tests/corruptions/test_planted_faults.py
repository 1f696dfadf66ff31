"""Faults that are planted in whole projects and sought by the whole search: what is recoverable is
demonstrated, and where nothing is, nothing is."""

from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from onnx import helper

from fieldcheck.corruptions.fix_finder import find_fix
from fieldcheck.corruptions.fix_messages import list_outcome_lines
from fieldcheck.models.store import set_ok_classes
from fieldcheck.progress import NullProgress
from fieldcheck.project.limits import set_rate_limits
from tests import makers

CLIPS, FRAMES = 12, 8


@dataclass(frozen=True)
class Planted:
    """`spoil` changes a frame (H, W, 3) float 0–255; `bias` of the answer "red", which wins where
    the colours say little; `card`: keys of its input that are wrong. `mends`: candidates of which
    at least one must be demonstrated; `gain`: the share of frames that it mends; `sight`: how much
    the colours count for the model."""

    mends: tuple[str, ...]
    spoil: object = None
    bias: float = 3.0
    gain: float = 2 / 3
    sight: float = 20.0
    card: dict = field(default_factory=dict)


def darken(rgb):
    return rgb * 0.25


def bend(rgb):
    return 255 * (rgb / 255) ** 4


def surround(rgb):
    """A belt as red as can be around the part."""
    height, width = rgb.shape[:2]
    framed = np.broadcast_to([255.0, 0.0, 0.0], rgb.shape).copy()
    top, left = height // 8, width // 8
    framed[top : height - top, left : width - left] = rgb[top : height - top, left : width - left]
    return framed


def veil(rgb):
    """Mist of one thickness before a scene that has dark spots."""
    spotted = rgb.copy()
    spotted[::8, ::8] = 0
    return spotted * 0.15 + 200.0 * 0.85


FAULTS = {
    "gamma": Planted(("gamma_0.45", "gamma_0.67"), bend, bias=7.0),
    "exposure": Planted(("exposure_2.5", "gamma_0.67"), darken),
    "threshold": Planted(("thresholds=red:0.7",), bias=9.8, gain=1 / 3),
    "channel order": Planted(("colour=RGB",), card={"colour": "BGR"}),
    "scale": Planted(("mean=0.0,0.0,0.0+scale=0.00392157+std=1.0,1.0,1.0",), card={"scale": 1e-5}),
    "crop": Planted(("crop=0.75",), surround),
    "haze": Planted(("dehaze", "contrast_stretch"), veil),
}
STUDIED = ("gamma", "exposure")  # faults that may come to single frames of a clip


def make_site(folder, planted, shares, seed=0, benchmark=None):
    """A project of as many clips as there are `shares`, each that share of whose frames is spoilt;
    the labels are true."""
    product = helper.make_node("MatMul", ["f", "w"], ["z"])
    body = [*makers.POOLED, product, helper.make_node("Add", ["z", "b"], ["y"])]
    keys = {**makers.COLOUR_CARD["input"], "scale": 1 / 255, **planted.card}
    folder.mkdir(exist_ok=True)
    makers.write_card(folder / "net.card.json", {**makers.COLOUR_CARD, "input": keys})
    bias = np.array([planted.bias, 0, 0], np.float32)
    weights = {"w": np.eye(3, dtype=np.float32) * planted.sight, "b": bias}
    model = makers.tiny_model(folder / "net.onnx", body=body, weights=weights)
    project = makers.empty_project(folder / "site.fieldcheck", model, benchmark=benchmark)
    rng, truth = np.random.default_rng(seed), {}
    for clip, share in enumerate(shares):
        place = folder / f"clip{clip:02d}"
        place.mkdir()
        for number in range(FRAMES):
            colour = makers.COLOURS[(clip + number) % 3]
            rgb = makers.picture(colour, 1000 * seed + 100 * clip + number).astype(np.float64)
            if planted.spoil is not None and rng.random() < share:
                rgb = planted.spoil(rgb)
            file = place / f"{number}.png"
            cv2.imwrite(str(file), np.rint(rgb).astype(np.uint8)[:, :, ::-1])
            truth[f"{place.name}/{file.name}"] = colour
        makers.add_footage(project, place)
    makers.draw(project, len(truth), "even")
    makers.label_all(project, lambda line: truth[line.frame.source])
    return project


def search(project, seed=0):
    return find_fix(project, "net", seed, NullProgress(), makers.NOW)


def is_mended(found, planted):
    shown = {trial.candidate.name for trial in found.demonstrated}
    return bool(shown & set(planted.mends))


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_every_frame_is_found_and_its_change_is_demonstrated(name, tmp_path):
    planted = FAULTS[name]
    with make_site(tmp_path, planted, [1.0] * 6) as project:
        found = search(project)
    gains = {trial.candidate.name: trial.verdict.change for trial in found.tried}
    assert is_mended(found, planted)
    assert max(gains[mend].value for mend in planted.mends) == pytest.approx(planted.gain, abs=0.1)
    assert found.demonstrated[0].verdict.change.lo > 0


@pytest.mark.long
@pytest.mark.parametrize("limit", [None, 0.01])
def test_a_raised_threshold_says_what_it_does_to_defects_and_good_parts(limit, tmp_path):
    """Red is OK and named too often: raised, no good part is rejected unless it was called so
    barely."""
    with make_site(tmp_path, FAULTS["threshold"], [1.0] * 6) as project:
        set_ok_classes(project, ["red"])
        if limit is not None:
            set_rate_limits(project, {"false_reject_rate": limit}, "Ana")
        found = search(project)
    trial = next(one for one in found.tried if one.candidate.name == "thresholds=red:0.7")
    rates = trial.rates
    assert (rates.defects, rates.good, rates.limit) == (32, 16, limit)
    assert rates.escaped[0] == pytest.approx(16, abs=1)
    assert (rates.escaped[1], rates.rejected) == (0, (0, 0))
    assert not trial.is_refused
    assert next(one for one in found.tried if one.candidate.name == "clahe").rates is None


def test_frames_that_no_change_mends_are_said_to_be_so(tmp_path):
    """A model that is blind and says red: most of what is labelled is none of it in any light."""
    with make_site(tmp_path, Planted((), sight=0.0), [0.0] * 6) as project:
        found = search(project)
    assert (found.state, found.demonstrated) == ("nothing", ())


@pytest.mark.long
def test_two_faults_of_which_neither_change_helps_alone_are_mended_together(tmp_path):
    """Frames too dark and a card that says BGR: brighter frames show red as blue, and the right
    order shows nothing in the dark. The doctor sees the order on the benchmark."""
    planted = Planted((), darken, card={"colour": "BGR"})
    benchmark = makers.benchmark_folder(tmp_path / "clean")
    with make_site(tmp_path, planted, [1.0] * 6, benchmark=benchmark) as project:
        found = search(project)
    gains = {trial.candidate.name: trial.verdict.change.value for trial in found.tried}
    assert max(gains["colour=RGB"], gains["exposure_2.5"], gains["gamma_0.67"]) < 0.1
    demonstrated = {trial.candidate.name for trial in found.demonstrated}
    assert demonstrated & {"exposure_2.5+colour=RGB", "gamma_0.67+colour=RGB"}
    assert all("colour=RGB" in name and len(name) > len("colour=RGB") for name in demonstrated)
    best = found.demonstrated[0]
    assert best.verdict.change.value == pytest.approx(2 / 3, abs=0.1)
    text = " ".join(list_outcome_lines(found))
    assert "Neither change is demonstrated alone: make both." in text
    assert f"Selected as the best of {len(found.tried)}: expect a smaller gain." in text
    assert len(found.tried) == len(gains) > 45


@pytest.mark.long
def test_what_one_change_brings_is_not_said_of_it_with_another(tmp_path):
    """A card that says BGR and nothing else: the order alone is demonstrated, no pair of it."""
    planted = Planted((), card={"colour": "BGR"})
    benchmark = makers.benchmark_folder(tmp_path / "clean")
    with make_site(tmp_path, planted, [1.0] * 6, benchmark=benchmark) as project:
        found = search(project)
    assert [trial.candidate.name for trial in found.demonstrated] == ["colour=RGB"]
    pairs = [trial for trial in found.tried if len(trial.candidate.kinds) > 1]
    assert len(pairs) > 20
    assert max(trial.verdict.change.value for trial in pairs) >= 0.5
    assert "Neither change" not in " ".join(list_outcome_lines(found))


def search_spoilt(folder, name, icc, seed):
    """Whether a fault of three frames in ten, alike in all clips or by a beta, is mended."""
    rng = np.random.default_rng([seed, int(10 * icc)])
    spread = (1 - icc) / icc if icc else 0.0
    shares = rng.beta(0.3 * spread, 0.7 * spread, CLIPS) if icc else np.full(CLIPS, 0.3)
    with make_site(folder / f"{name}-{icc}-{seed}", FAULTS[name], shares, seed) as project:
        return is_mended(search(project), FAULTS[name])


@pytest.mark.long
@pytest.mark.full("fix_planted")
def test_twenty_points_are_demonstrated_as_often_as_the_power_says(tmp_path, counts, evidence):
    """Three frames in ten are spoilt, alike in all clips or by a beta with a correlation of 0.3,
    and two of three of these are wrong for it."""
    n = counts(ci=1, full=60)
    rates = {}
    for name in STUDIED:
        for icc in (0.0, 0.3):
            mended = sum(search_spoilt(tmp_path, name, icc, seed) for seed in range(n))
            rates[f"{name}, ICC {icc}"] = mended / n
    evidence(searches=n, clips=CLIPS, frames=FRAMES, demonstrated=rates)
    if counts.full:
        assert min(rates[f"{name}, ICC 0.0"] for name in STUDIED) >= 0.75
        assert min(rates[f"{name}, ICC 0.3"] for name in STUDIED) >= 0.35


@pytest.mark.long
@pytest.mark.full("fix_healthy")
def test_healthy_projects_hardly_ever_show_a_change_that_helps(tmp_path, counts, evidence):
    """Labels that no change can meet better: frames are right, and a tenth is labelled at random."""
    n = counts(ci=1, full=200)
    shown = sum(search_healthy(tmp_path / str(seed), seed) for seed in range(n))
    evidence(searches=n, falsely_demonstrated=shown)
    assert shown <= 0.05 * n


def search_healthy(folder, seed):
    """Whether anything is demonstrated where a tenth of the right frames is labelled at random."""
    rng = np.random.default_rng(seed)
    with make_site(folder, Planted((), bias=3.0), [0.0] * CLIPS, seed) as project:
        relabelled = iter(rng.random(CLIPS * FRAMES) < 0.1)
        makers.label_all(
            project,
            lambda line: (
                makers.COLOURS[int(rng.integers(3))] if next(relabelled) else _get_colour(line)
            ),
        )
        return search(project).state == "proven"


def _get_colour(line):
    clip, number = line.frame.source.removesuffix(".png").removeprefix("clip").split("/")
    return makers.COLOURS[(int(clip) + int(number)) % 3]
