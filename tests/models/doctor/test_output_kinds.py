import numpy as np
import pytest

from fieldcheck.models.doctor import output_kinds as values
from fieldcheck.models.doctor.feed import compute_raw_outputs
from fieldcheck.models.doctor.graph_faults import find_output_operator, read_graph
from fieldcheck.models.doctor.output_kinds import list_output_readings
from fieldcheck.models.session import open_model
from tests.models import exporters
from tests.models.exporters import EXPORTERS, write


def test_centres_and_corners_of_one_grid_are_told_apart():
    rows = exporters.centres()
    corners = np.concatenate([rows[:, :2] - rows[:, 2:] / 2, rows[:, :2] + rows[:, 2:] / 2], 1)
    assert values.is_decoded_grid(rows, (96, 96))
    assert not values.is_decoded_grid(corners, (96, 96))
    assert values.is_corner_boxes(corners)
    assert not values.is_corner_boxes(rows)


def test_a_grid_that_is_not_decoded_spreads_over_no_picture():
    raw = exporters.offsets(189)
    assert values.is_grid_offsets(raw)
    assert not values.is_decoded_grid(raw, (96, 96))
    assert not values.is_grid_offsets(exporters.centres())


def test_boxes_as_shares_of_the_picture_are_no_pixels_and_lie_in_it():
    shares = exporters.share_boxes(100)
    assert values.is_centred_in_image(shares)
    assert not values.is_centred_in_image(shares * 96)
    assert not values.is_relative_to_image(np.zeros((10, 4)))
    assert not values.is_centred_in_image(exporters.corners(400, 1.0) + 0.2)


@pytest.mark.parametrize(("n", "size", "boxes"), [
    (189, (96, 96), 1),
    (567, (96, 96), 3),
    (8400, (640, 640), 1),
    (2125, (320, 320), 1),
    (300, (96, 96), None),
])  # fmt: skip
def test_rows_of_a_grid_are_counted_by_usual_strides(n, size, boxes):
    assert values.count_boxes_per_cell(n, size) == boxes


def test_shares_and_whole_numbers():
    assert values.is_in_unit_range(np.array([0.0, 1.0]))
    assert not values.is_in_unit_range(np.array([0.5, 1.1]))
    assert not values.is_in_unit_range(np.zeros(0))
    assert values.is_whole_numbers(np.array([0.0, 3.0]))
    assert not values.is_whole_numbers(np.array([0.5, 3.0]))


def readings(path, exporter):
    model = open_model(write(path, exporter), threads=1)
    spec = {"size": [exporter.side, exporter.side]}
    operator = find_output_operator(read_graph(path), model.outputs[0].name)
    return list_output_readings(compute_raw_outputs(model, spec, operator))


@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda one: one.name)
def test_outputs_are_explained_whole_or_not_at_all(tmp_path, exporter):
    found = readings(tmp_path / "m.onnx", exporter)
    if exporter.right is not None:
        assert [(one.task, one.kind, one.n_classes) for one in found] == [exporter.right]
        assert (found[0].names, found[0].sure) == (exporter.names, True)
    elif not exporter.metadata:
        assert tuple(one.kind for one in found) == exporter.among
        assert len(found) != 1 or not found[0].sure
