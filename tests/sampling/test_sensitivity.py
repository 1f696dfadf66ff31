import json
import math

import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.footage.clips import list_sampling_lines
from fieldcheck.models.run import iter_footage_chunks
from fieldcheck.models.store import find_model, inspect_model, set_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import frames as components_table
from fieldcheck.sampling.hardness import (
    compute_answer_change,
    get_component_name,
    make_frame_seed,
    measure_chunk_sensitivity,
    run_sensitivity,
)
from tests import makers

CLASSES, BOXES, MASKS = (
    parse_card(card) for card in (makers.COLOUR_CARD, makers.BOX_CARD, makers.MASK_CARD)
)


@pytest.fixture
def short(material, tmp_path):
    with makers.empty_project(tmp_path / "short.fieldcheck", material / "net.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        yield project


def test_every_listed_frame_has_a_share_of_four(short):
    found = run_sensitivity(short, find_model(short), NullProgress())
    assert set(found) == {line.frame.frame_id for line in short.read(list_sampling_lines)}
    assert all(value in (0, 0.25, 0.5, 0.75, 1) for value in found.values())


def test_what_was_found_is_kept_and_not_sought_again(short):
    model = find_model(short)
    name = short.read(list_sampling_lines)[0].frame.frame_id
    short.write(
        lambda db: components_table.put_component(
            db, get_component_name(model), model.sha256, {name: 0.125}
        )
    ).result()
    assert run_sensitivity(short, model, NullProgress())[name] == 0.125
    assert len(run_sensitivity(short, model, NullProgress())) == 30


def test_the_same_chunk_gives_the_same_rows(short):
    chunk = next(
        iter_footage_chunks(
            short, find_model(short), {short.read(list_sampling_lines)[0].frame.frame_id}
        )
    )
    assert measure_chunk_sensitivity(chunk) == measure_chunk_sensitivity(chunk)


def test_another_card_has_a_sensitivity_of_its_own(short, tmp_path, material):
    first = find_model(short)
    run_sensitivity(short, first, NullProgress())
    turned = makers.write_card(
        tmp_path / "c.json",
        json.loads(first.card) | {"input": {**makers.CARD["input"], "colour": "BGR"}},
    )
    second = set_model(short, inspect_model(material / "net.onnx", turned), makers.LATER)
    assert get_component_name(first) != get_component_name(second)
    actual = short.read(
        lambda db: components_table.get_component(db, get_component_name(second), second.sha256)
    )
    assert actual == {}


def test_a_seed_belongs_to_one_frame_and_one_corruption():
    actual = len({make_frame_seed(name, kind) for name in ("a", "b") for kind in ("noise", "dark")})
    assert actual == 4
    assert make_frame_seed("a", "noise") == make_frame_seed("a", "noise") < 2**32


def test_an_answer_changes_with_its_class_also_to_none_at_all():
    a, b, none = (
        np.array(row, np.float32) for row in ([0.9, 0.1, 0], [0.4, 0.6, 0], [math.nan] * 3)
    )
    assert [
        compute_answer_change(a, a, CLASSES),
        compute_answer_change(a, b, CLASSES),
        compute_answer_change(a, none, CLASSES),
        compute_answer_change(none, none, CLASSES),
    ] == [0, 1, 1, 0]


def test_boxes_change_as_far_as_they_do_not_match():
    one = np.array([[0, 0, 10, 10, 0.9, 0]], np.float32)
    low = np.array([[0, 0, 10, 10, 0.2, 0]], np.float32)
    none = np.empty((0, 6), np.float32)
    assert [
        compute_answer_change(one, one, BOXES),
        compute_answer_change(one, low, BOXES),
        compute_answer_change(none, none, BOXES),
    ] == [0, 1, 0]


def test_a_mask_changes_with_the_things_that_it_shows():
    one, all_of_it = np.zeros((2, len(MASKS.classes)), np.float32)
    one[1], all_of_it[1:] = 0.2, 0.2
    assert [
        compute_answer_change(one, one, MASKS),
        compute_answer_change(one, all_of_it * 0, MASKS),
    ] == [0, 1]
