from dataclasses import replace

import pytest

from fieldcheck.domain.label import Box
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.latency.latency_run import estimate_small_box_share
from fieldcheck.models.store import find_model, get_card
from fieldcheck.project.tables import labels as picks_table
from tests import makers
from tests.latency.test_model_memory import GRID, MEMORY


@pytest.fixture
def boxes(tmp_path, material):
    with makers.empty_project(tmp_path / "boxes.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 4)
        yield project


def test_boxes_are_held_against_a_cell_in_the_pixels_of_their_own_frame(boxes):
    card = get_card(find_model(boxes, None))
    assert estimate_small_box_share(boxes, card, MEMORY) is None, "nothing is labelled"
    graph = replace(MEMORY, grid=replace(GRID, stride=(8.0, 8.0)))
    height, width = makers.SIZE
    # the card stretches
    wide, high = 8 * width / card.input.size[1], 8 * height / card.input.size[0]
    sides = [(wide - 1, high - 1), (wide + 1, high - 1), (wide - 1, high + 1), (wide + 1, high + 1)]
    for one, (w, h) in zip(boxes.read(picks_table.list_picks), sides, strict=True):
        said = LabelDecision(boxes=(Box("part", 0, 0, w, h), Box("part", 0, 0, 1, 1, crowd=True)))
        set_label(boxes, one.frame_id, said, annotator="tester", now=makers.NOW)
    found = estimate_small_box_share(boxes, card, graph)
    assert (found.n, found.value) == (4, 0.25)
    assert not found.measured, "one clip tells nothing of others"
    assert estimate_small_box_share(boxes, card, replace(graph, grid=None)) is None
