import hashlib

from fieldcheck import __version__
from fieldcheck.progress import NullProgress
from fieldcheck.report.assemble import build_report
from tests import makers


def test_provenance_names_what_repeats_the_figures(labelled, material):
    found = build_report(labelled, "en", NullProgress(), makers.NOW).provenance
    assert found.versions["fieldcheck"] == __version__
    assert {"draw 1", "bootstrap"} == {*found.seeds}
    assert found.hashes["model"] == hashlib.sha256((material / "net.onnx").read_bytes()).hexdigest()
    assert len(found.hashes) == 3  # the model, its card, one recording
    assert found.labelled_by == ("tester",)


def test_without_a_model_only_the_footage_is_named(tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as bare:
        found = build_report(bare, "en", NullProgress(), makers.NOW).provenance
    assert (found.hashes, found.labelled_by) == ({}, ())
    assert (found.seconds_per_label, found.providers) == (None, ())
