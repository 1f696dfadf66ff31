"""Every way in which an answer comes out of a graph, against plain loops: to 1e-4, alone and in
batches, in every type and layout."""

import cv2
import numpy as np
import onnxruntime
import pytest

from fieldcheck.domain.model_card import ALL_KINDS
from fieldcheck.models.card import read_card
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from tests.models import zoo, zoo_by_hand
from tests.models.zoo import SIDE, ZOO

FRAME = (24, 40)  # height, width
FRAMES = [
    np.random.default_rng(seed)
    .integers(0, 256, (6, 10, 3), dtype=np.uint8)
    .repeat(4, 0)
    .repeat(4, 1)
    for seed in range(3)
]


def answers(path, species, **card):
    model = open_model(path, threads=1)
    return ModelRunner(model, read_card(model, species.card(**card))).predict_with_masks(FRAMES)


def tensor(rgb, layout="NCHW", kind=np.float32):
    resized = cv2.resize(rgb, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    pixels = resized / np.float32(255)
    return (pixels if layout == "NHWC" else pixels.transpose(2, 0, 1))[None].astype(kind)


def raw(path, species, rgb, **options):
    """The graph's own outputs for one picture, without the batch axis where there is one."""
    session = onnxruntime.InferenceSession(str(path))
    came = session.run(None, {"images": tensor(rgb, **options)})
    parts = [one.astype(np.float32) if one.dtype == np.float16 else one for one in came]
    unbatched = any(name in ("labels",) for name in species.gives)
    return parts if unbatched else [
    one[0] if one.shape[0] == 1 and not (species.kind == "ssd" and place == 2) else one
                                    for place, one in enumerate(parts)]  # fmt: skip


def check(found, species, came):
    """One answer against the plain loops."""
    if species.task == "segmentation":
        wanted = zoo_by_hand.class_map(species, came, FRAME)
        assert np.array_equal(found.masks[0].pixels, wanted)
        counts = np.bincount(wanted.ravel(), minlength=len(species.classes)) / wanted.size
        assert found.answer == pytest.approx(counts, abs=1e-6)
        return len(np.unique(wanted))
    if species.task in ("classification", "multilabel", "anomaly"):
        read = zoo_by_hand.of_anomaly if species.task == "anomaly" else zoo_by_hand.of_classes
        assert np.abs(found.answer - read(species, came)).max() <= 1e-4
        return 1
    masks = []
    if species.task == "instance":
        read = zoo_by_hand.of_painted if len(came) == 4 else zoo_by_hand.of_instances
        wanted, masks = read(species, came, FRAME)
    else:
        placed = zoo_by_hand.placed(zoo_by_hand.READERS[species.kind](species, came), FRAME, SIDE)
        wanted = [row[:6] for row in placed]
    wanted = np.array(wanted).reshape(-1, 6)
    assert found.answer.shape == wanted.shape
    assert np.abs(found.answer - wanted).max(initial=0) <= 1e-4
    assert len(found.masks) == len(masks)
    for mask, margins in zip(found.masks, masks, strict=True):
        painted = np.zeros(FRAME, np.uint8)
        height, width = mask.pixels.shape
        painted[mask.y : mask.y + height, mask.x : mask.x + width] = mask.pixels
        decided = ~(np.abs(margins) < 1e-4)  # a pixel on the very edge may fall either way
        assert np.array_equal(painted[decided], (margins > 0)[decided])
    return len(wanted)


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("name", ZOO)
def test_every_species_equals_the_plain_loops(tmp_path, name):
    species = ZOO[name]
    path = zoo.write(tmp_path / "m.onnx", species, batch=1 if name in zoo.ONE_PICTURE else "n")
    found = answers(path, species)
    pairs = zip(found, FRAMES, strict=True)
    seen = sum(check(one, species, raw(path, species, rgb)) for one, rgb in pairs)
    assert seen >= 3
    assert not any(one.nan for one in found)


def test_the_zoo_has_every_kind_that_a_card_can_name():
    assert {species.kind for species in ZOO.values()} == set(ALL_KINDS)


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("name", [name for name in ZOO if name not in zoo.ONE_PICTURE])
def test_a_batch_that_the_file_fixes_changes_no_answer(tmp_path, name):
    species = ZOO[name]
    free, fixed = (
        answers(zoo.write(tmp_path / f"{batch}.onnx", species, batch=batch), species)
        for batch in ("n", 2)
    )
    for one, other in zip(free, fixed, strict=True):
        assert one.answer == pytest.approx(other.answer, abs=1e-5)
        assert len(one.masks) == len(other.masks)


@pytest.mark.short_cases(3)
@pytest.mark.parametrize(
    "name",
    ["logits", "yolo, channels first", "ssd, decoded", "masks", "torchvision, labels then scores"],
)
@pytest.mark.parametrize(("real", "layout"), [("fp16", "NCHW"), ("fp32", "NHWC"), ("fp16", "NHWC")])
def test_half_precision_and_channels_last_are_read_alike(tmp_path, name, real, layout):
    species = ZOO[name]
    batch = 1 if name in zoo.ONE_PICTURE else "n"
    path = zoo.write(tmp_path / "m.onnx", species, batch=batch, layout=layout, real=real)
    kind = np.float16 if real == "fp16" else np.float32
    for one, rgb in zip(answers(path, species, layout=layout), FRAMES, strict=True):
        check(one, species, raw(path, species, rgb, layout=layout, kind=kind))


@pytest.mark.parametrize("name", ["logits", "detr, no object", "instances, prototypes"])
def test_weights_in_a_file_of_their_own_change_no_answer(tmp_path, name):
    species = ZOO[name]
    together, apart = (
        zoo.write(tmp_path / f"{outside}.onnx", species, external=outside)
        for outside in (False, True)
    )
    assert (tmp_path / "True.bin").stat().st_size >= 144  # the smallest: 12 × 3 floats
    for one, other in zip(answers(together, species), answers(apart, species), strict=True):
        assert np.array_equal(one.answer, other.answer)
