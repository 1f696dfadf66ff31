import pytest

from fieldcheck.models.doctor.feed import compute_raw_outputs
from fieldcheck.models.doctor.fit_card import find_output_operator, read_graph
from fieldcheck.models.doctor.output_kinds import list_output_readings
from fieldcheck.models.session import open_model
from tests.models.exporters import EXPORTERS, write


def readings(path, exporter):
    model = open_model(write(path, exporter), threads=1)
    spec = {"size": [exporter.side, exporter.side]}
    return list_output_readings(
        compute_raw_outputs(
            model, spec, find_output_operator(read_graph(path), model.outputs[0].name)
        )
    )


@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda one: one.name)
def test_outputs_are_explained_whole_or_not_at_all(tmp_path, exporter):
    found = readings(tmp_path / "m.onnx", exporter)
    if exporter.right is not None:
        assert [(one.task, one.kind, one.n_classes) for one in found] == [exporter.right]
        assert (found[0].names, found[0].sure) == (exporter.names, True)
    elif not exporter.metadata:
        assert tuple(one.kind for one in found) == exporter.among
        assert len(found) != 1 or not found[0].sure
