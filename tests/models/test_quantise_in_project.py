import pytest

from fieldcheck.domain.run import QuantisedModel
from fieldcheck.errors.labels import NoFootage
from fieldcheck.models.card import read_card
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.quantise import get_quantised_model, make_quantised_model
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.session import open_model
from fieldcheck.models.store import add_model, find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.report.assemble import build_report
from tests import makers
from tests.models import graphs


def test_a_copy_in_int8_is_measured_and_stands_in_the_report(labelled):
    found = make_quantised_model(labelled, "net", NullProgress(), makers.NOW)
    assert (found.model, found.file, found.n_calibrated) == ("net", "exports/net.int8.onnx", 20)
    copy = labelled.path / found.file
    assert found.bytes_after == copy.stat().st_size
    assert found.time.lo <= found.time.value <= found.time.hi
    assert (found.field.n, found.benchmark.n) == (20, 18)
    assert found.benchmark.change.value == 0  # plain colours survive eight bits
    assert found.field.before.value == found.field.after.value
    assert get_quantised_model(labelled, find_model(labelled)) == found
    assert build_report(labelled, "en", NullProgress(), makers.NOW).quantised == found
    assert QuantisedModel.from_json(found.to_json()) == found


def test_the_field_is_weighted_as_the_headline_is_and_what_was_not_run_yet_is_run(
    labelled, tmp_path
):
    """Strata of unlike shares: the plain share of right answers is another figure than the
    footage's."""
    add_model(
        labelled, makers.colour_model(tmp_path / "other.onnx", order=(0, 2, 1)), None, makers.LATER
    )
    model = find_model(labelled, "other")
    assert not load_field_side(labelled, model).scores.footage.measured
    found = make_quantised_model(labelled, "other", NullProgress(), makers.LATER)
    headline = load_field_side(labelled, model).scores.footage
    assert found.field is not None
    assert found.field.n == 20
    assert found.field.before.value == pytest.approx(headline.value)
    actual = (found.field.before.lo, found.field.before.hi)
    assert actual == pytest.approx((headline.lo, headline.hi))


def test_a_real_network_shrinks_and_answers_nearly_the_same(material, tmp_path):
    path = graphs.convolutions(tmp_path / "deep.onnx", n_classes=3)
    card = makers.write_card(tmp_path / "deep.card.json", makers.COLOUR_CARD)
    with makers.empty_project(tmp_path / "p.fieldcheck", path, card=card) as project:
        makers.add_footage(project, material / "night.avi")
        found = make_quantised_model(project, "deep", NullProgress(), makers.NOW)
        assert (found.n_calibrated, found.field, found.benchmark) == (30, None, None)
        light = open_model(project.path / found.file)
        runners = [
            ModelRunner(model, read_card(model, makers.COLOUR_CARD), 1)
            for model in (open_model(path), light)
        ]
        frame = makers.picture("green")
        full, small = (runner.predict([frame])[0][0] for runner in runners)
        assert abs(full - small).max() < 0.1
        assert (full != small).any()


def test_what_cannot_be_made_lighter_is_refused_in_a_sentence(labelled, material, tmp_path):
    with (
        makers.empty_project(tmp_path / "bare.fieldcheck", material / "net.onnx") as bare,
        pytest.raises(NoFootage),
    ):
        make_quantised_model(bare, "net", NullProgress(), makers.NOW)
    make_quantised_model(labelled, "net", NullProgress(), makers.NOW)
    card = makers.write_card(tmp_path / "c.json", makers.COLOUR_CARD)
    old = graphs.convolutions(tmp_path / "old.onnx", opset=11)
    add_model(labelled, old, card, makers.LATER)
    assert get_card(find_model(labelled, "old")).task == "classification"
    expected = "exports/old.int8.onnx"
    assert make_quantised_model(labelled, "old", NullProgress(), makers.LATER).file == expected
