import pytest

from fieldcheck.domain.quantised import QuantisedModel
from fieldcheck.errors import NoFootage
from fieldcheck.inference.open_model import open_model
from fieldcheck.inference.read_card import read_card
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.progress import Silent
from fieldcheck.workflows.models.models import add_model, card_of, find_model
from fieldcheck.workflows.models.quantise import quantise_model, quantised_of
from fieldcheck.workflows.report.report_gap import assemble
from fieldcheck.workflows.report.two_sides import field_side
from tests import makers
from tests.inference import graphs


def test_a_copy_in_int8_is_measured_and_stands_in_the_report(labelled):
    found = quantise_model(labelled, "net", Silent(), makers.NOW)
    assert (found.model, found.file, found.n_calibrated) == ("net", "exports/net.int8.onnx", 20)
    copy = labelled.path / found.file
    assert found.bytes_after == copy.stat().st_size
    assert found.time.lo <= found.time.value <= found.time.hi
    assert (found.field.n, found.benchmark.n) == (20, 18)
    assert found.benchmark.change.value == 0  # plain colours survive eight bits
    assert found.field.before.value == found.field.after.value
    assert quantised_of(labelled, find_model(labelled)) == found
    assert assemble(labelled, "en", Silent(), makers.NOW).lighter == found
    assert QuantisedModel.from_json(found.to_json()) == found


def test_the_field_is_weighted_as_the_headline_is_and_what_was_not_run_yet_is_run(labelled, tmp_path):
    """Strata of unlike shares: the plain share of right answers is another figure than the footage's."""
    add_model(labelled, makers.colour_model(tmp_path / "other.onnx", order=(0, 2, 1)), None, makers.LATER)
    model = find_model(labelled, "other")
    assert not field_side(labelled, model).scores.footage.measured
    found = quantise_model(labelled, "other", Silent(), makers.LATER)
    headline = field_side(labelled, model).scores.footage
    assert found.field is not None
    assert found.field.n == 20
    assert found.field.before.value == pytest.approx(headline.value)
    assert (found.field.before.lo, found.field.before.hi) == pytest.approx((headline.lo, headline.hi))


def test_a_real_network_shrinks_and_answers_nearly_the_same(material, tmp_path):
    path = graphs.convolutions(tmp_path / "deep.onnx", n_classes=3)
    card = makers.write_card(tmp_path / "deep.card.json", makers.COLOUR_CARD)
    with makers.empty_project(tmp_path / "p.fieldcheck", path, card=card) as project:
        makers.add_footage(project, material / "night.avi")
        found = quantise_model(project, "deep", Silent(), makers.NOW)
        assert (found.n_calibrated, found.field, found.benchmark) == (30, None, None)
        light = open_model(project.path / found.file)
        runners = [ModelRunner(model, read_card(model, makers.COLOUR_CARD), 1) for model in (open_model(path), light)]
        frame = makers.picture("green")
        full, small = (runner.answers([frame])[0][0] for runner in runners)
        assert abs(full - small).max() < 0.1
        assert (full != small).any()


def test_what_cannot_be_made_lighter_is_refused_in_a_sentence(labelled, material, tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck", material / "net.onnx") as bare, pytest.raises(NoFootage):
        quantise_model(bare, "net", Silent(), makers.NOW)
    quantise_model(labelled, "net", Silent(), makers.NOW)
    card = makers.write_card(tmp_path / "c.json", makers.COLOUR_CARD)
    old = graphs.convolutions(tmp_path / "old.onnx", opset=11)
    add_model(labelled, old, card, makers.LATER)
    assert card_of(find_model(labelled, "old")).task == "classification"
    assert quantise_model(labelled, "old", Silent(), makers.LATER).file == "exports/old.int8.onnx"
