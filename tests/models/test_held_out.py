import numpy as np
import pytest

from fieldcheck.domain.label import Box
from fieldcheck.errors.files import PathMissing
from fieldcheck.models.evaluate import (
    EvaluationItem,
    ItemChunk,
    compute_correctness,
    compute_image_seed,
    predict_items,
)
from fieldcheck.models.store import find_model, make_model_file
from fieldcheck.progress import NullProgress
from tests import makers


def items(folder, **more):
    return [
        EvaluationItem(
            f"{colour}{k}",
            str(makers.save_picture(folder / f"{colour}{k}.png", colour, k)),
            colour,
            **more,
        )
        for colour in makers.COLOURS
        for k in range(14)
    ]


def right(project, found, counted=frozenset(makers.COLOURS)):
    return compute_correctness(project, find_model(project), counted, found, NullProgress())


def test_every_item_is_judged_in_its_place(empty, tmp_path):
    found = items(tmp_path)
    found[3] = EvaluationItem("a blue one", found[40].file, "red")
    expected = np.ones(42, bool)
    expected[3] = False
    np.testing.assert_array_equal(right(empty, found), expected)
    assert right(empty, []).shape == (0,)


def test_a_damaged_picture_is_another_one_and_always_the_same(empty, tmp_path):
    model = make_model_file(empty, find_model(empty))
    clean, hazed = items(tmp_path), items(tmp_path, corruption="haze", severity=5.0, seed=3)
    first, again, undamaged = (
        predict_items(ItemChunk(model, tuple(found))) for found in (hazed, hazed, clean)
    )
    assert [one.subject for one in first] == [one.subject for one in hazed]
    for one, same, other in zip(first, again, undamaged, strict=True):
        np.testing.assert_array_equal(one.answer, same.answer)
        assert one.answer.max() < other.answer.max()


def test_seeds_differ_by_picture_corruption_and_seed():
    seeds = {
        compute_image_seed(name, kind, seed)
        for name in "ab"
        for kind in ("jpeg", "dark")
        for seed in (0, 1)
    }
    assert len(seeds) == 8
    assert compute_image_seed("a", "jpeg", 0) == compute_image_seed("a", "jpeg", 0)


def test_a_detector_is_judged_over_the_classes_that_count(tmp_path, material):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "box.onnx") as project:
        file = str(makers.save_picture(tmp_path / "a.png", "red"))
        one = EvaluationItem(
            "a", file, boxes=(Box("part", 0, 0, 32, 24), Box("hole", 40, 10, 16, 16))
        )
        assert right(project, [one], frozenset({"part"})).tolist() == [True]
        assert right(project, [one], frozenset({"part", "hole"})).tolist() == [False]


def test_a_picture_that_is_gone_is_said_to_be(empty, tmp_path):
    with pytest.raises(PathMissing):
        right(empty, [EvaluationItem("a", str(tmp_path / "none.png"), "red")])
