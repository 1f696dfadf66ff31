"""Faults that are planted before two real models, alone and in pairs, and sought by the whole
search. Labels are what the model says of the clean frame, fed rightly."""

import csv
import itertools
import json
import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context

import cv2
import numpy as np
import onnx
import pytest

from fieldcheck.corruptions.fix_finder import find_fix
from fieldcheck.models.store import format_card
from fieldcheck.progress import NullProgress
from tests import makers
from tests.models.doctor import patients

patient = cache(patients.patient)  # a model's frames are the same for every seed

CLIPS, FRAMES = 12, 8
MODELS = ("mobilenet_v1_0.25_128_quant", "vww_96_float")
RECOVERABLE = 0.2  # share of the frames that a change turns right


@dataclass(frozen=True)
class Planted:
    """`spoil` changes a frame (H, W, 3) float 0–255; `card`: keys of its input that are wrong."""

    spoil: object = None
    card: dict = field(default_factory=dict)


def darken(rgb):
    return rgb * 0.2


def bend(rgb):
    return 255 * (rgb / 255) ** 2.5


def veil(rgb):
    return rgb * 0.25 + 190.0 * 0.75


FAULTS = {
    "exposure": Planted(darken),
    "gamma": Planted(bend),
    "haze": Planted(veil),
    "channel order": Planted(card={"colour": "BGR"}),
    "scale and mean": Planted(card={"scale": 1.0, "mean": [0.0] * 3, "std": [1.0] * 3}),
    "crop": Planted(card={"crop": 0.75}),
    "exposure and channel order": Planted(darken, {"colour": "BGR"}),
    "haze and crop": Planted(veil, {"crop": 0.75}),
}


def make_real_site(folder, name, data, planted, seed):
    """A project of as many frames of the model's own, in another order for each seed, and where the
    card is wrong those that are left as its benchmark."""
    sound = patient(name, data)
    frames = (*sound.few.frames, *sound.rest.frames)
    classes = np.concatenate([sound.few.classes, sound.rest.classes])
    order = np.random.default_rng(seed).permutation(len(frames))
    drawn, left = order[: CLIPS * FRAMES], order[CLIPS * FRAMES :]
    folder.mkdir(parents=True)
    onnx.save(sound.model, folder / "net.onnx")
    card = json.loads(format_card(sound.card))
    card["input"] = {**card["input"], **planted.card}
    makers.write_card(folder / "net.card.json", card)
    names = [sound.card.classes[k] for k in classes.tolist()]
    benchmark = None
    if planted.card:
        benchmark = make_benchmark(
            folder / "clean", [frames[k] for k in left], [names[k] for k in left]
        )
    project = makers.empty_project(
        folder / "site.fieldcheck", folder / "net.onnx", benchmark=benchmark
    )
    truth = {}
    for number, index in enumerate(drawn.tolist()):
        place = folder / f"clip{number // FRAMES:02d}"
        place.mkdir(exist_ok=True)
        rgb = frames[index].astype(np.float64)
        rgb = planted.spoil(rgb) if planted.spoil is not None else rgb
        file = place / f"{number:02d}.png"
        cv2.imwrite(str(file), np.clip(np.rint(rgb), 0, 255).astype(np.uint8)[:, :, ::-1])
        truth[f"{place.name}/{file.name}"] = names[index]
    for place in sorted(folder.glob("clip*")):
        makers.add_footage(project, place)
    makers.draw(project, len(truth), "even")
    makers.label_all(project, lambda line: truth[line.frame.source])
    return project


def make_benchmark(folder, frames, names):
    """A folder of these clean frames with their classes in a table."""
    folder.mkdir()
    for number, rgb in enumerate(frames):
        cv2.imwrite(str(folder / f"{number:02d}.png"), rgb[:, :, ::-1])
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [("file", "class"), *((f"{number:02d}.png", name) for number, name in enumerate(names))]
        )
    return folder


def search_site(root, data, site):
    """The best gain of all that was tried on one planted fault, and whether any is demonstrated.
    `site`: the model's name, the fault's, the seed."""
    name, fault, seed = site
    folder = root / f"{name}-{fault}-{seed}"
    with make_real_site(folder, name, data, FAULTS[fault], seed) as project:
        fix = find_fix(project, "net", seed, NullProgress(), makers.NOW)
    shutil.rmtree(folder)
    return max(trial.verdict.change.value for trial in fix.tried), fix.state == "proven"


@pytest.mark.full("fix_real_models")
def test_what_is_recoverable_before_a_real_model_is_demonstrated(
    tmp_path, shared_data, counts, evidence
):
    n = counts(ci=0, full=20)
    recoverable, demonstrated = Counter(), Counter()
    sites = list(itertools.product(MODELS, FAULTS, range(n)))
    search = partial(search_site, tmp_path, shared_data)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for (name, fault, _), (best, is_proven) in zip(sites, pool.map(search, sites), strict=True):
            if best >= RECOVERABLE:
                recoverable[f"{name}, {fault}"] += 1
                demonstrated[f"{name}, {fault}"] += is_proven
    evidence(
        searches=n * len(MODELS) * len(FAULTS), clips=CLIPS, frames=FRAMES,
        recoverable=dict(recoverable), demonstrated=dict(demonstrated),
    )  # fmt: skip
    assert demonstrated.total() >= 0.75 * recoverable.total() > 0
