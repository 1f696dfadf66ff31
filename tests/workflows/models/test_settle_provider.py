import pytest

from fieldcheck import settings
from fieldcheck.domain.model_card import card_from_json
from fieldcheck.domain.provider import CPU, NAMES, Parity
from fieldcheck.inference import providers
from fieldcheck.paths import places
from fieldcheck.progress import Silent
from fieldcheck.words.doctor import told
from fieldcheck.words.providers import parity_said
from fieldcheck.workflows.footage import triage
from fieldcheck.workflows.models import _settle_provider as settle_provider
from fieldcheck.workflows.models import check_model, provider
from fieldcheck.workflows.models.models import find_model, model_file
from fieldcheck.workflows.models.provider import computed_by, keep_parity, known_parity, provider_for, settled_parity
from fieldcheck.workflows.models.run_model import run_on
from fieldcheck.workflows.report.report_gap import assemble
from tests import makers

OTHER = "openvino"


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    """Sets a provider on this computer, as the settings do."""
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "home"))

    def choose(code):
        settings.save(places().settings, settings.Settings(provider=code))

    return choose


@pytest.fixture
def second(monkeypatch):
    """A second provider of the real runtime, which leaves every operator to the processor."""
    names = {CPU: NAMES[CPU], OTHER: "AzureExecutionProvider"}
    for module in (providers, provider, settle_provider, triage):
        monkeypatch.setattr(module, "NAMES", names)
    triage.opened_runner.cache_clear()
    yield
    triage.opened_runner.cache_clear()


def test_the_processor_is_set_until_somebody_chooses_otherwise(labelled, chosen):
    model = find_model(labelled)
    assert settle_provider.settle_provider(labelled, model, (), Silent(), makers.NOW) is None
    assert provider_for(labelled, model) == CPU
    assert computed_by(labelled, model) == (CPU,)


def test_a_provider_is_used_once_it_gave_the_processors_answers(drawn, chosen, second):
    chosen(OTHER)
    model = find_model(drawn)
    assert provider_for(drawn, model) == CPU  # nobody has checked it yet
    ran = run_on(drawn, model, "field", Silent(), makers.NOW)
    found = known_parity(drawn, model, OTHER)
    assert found.usable
    assert found.n == 4
    assert found.lacks
    assert model_file(drawn, model).provider == OTHER
    assert ran.providers == (OTHER,)
    assert computed_by(drawn, model) == (CPU, OTHER)  # the import was computed by the processor
    report = assemble(drawn, "en", Silent(), makers.NOW)
    assert report.provenance.providers == (CPU, OTHER)
    assert report.provenance.parity == found
    assert parity_said(found).startswith("Execution provider OpenVINO (Intel): predictions on 4 frames within 0.00% of the CPU")


def test_a_provider_that_is_not_installed_is_said_and_the_processor_computes(drawn, chosen):
    chosen("cuda")
    model = find_model(drawn)
    ran = run_on(drawn, model, "field", Silent(), makers.NOW)
    assert ran.providers == (CPU,)
    assert settled_parity(drawn, model) == Parity("cuda", problem="missing")
    assert parity_said(settled_parity(drawn, model)) == "CUDA (NVIDIA) is selected but not installed. The CPU is used."


def test_a_provider_that_answers_otherwise_is_not_used(drawn, chosen, second):
    chosen(OTHER)
    model = find_model(drawn)
    keep_parity(drawn, model, Parity(OTHER, 4, 0.3, (), "differs"), makers.NOW)
    assert run_on(drawn, model, "field", Silent(), makers.NOW).providers == (CPU,)
    said = parity_said(settled_parity(drawn, model))
    assert said.startswith("OpenVINO (Intel) differs from the CPU by up to 0.300 on 4")


def test_an_unknown_provider_in_the_settings_is_the_processor(labelled, chosen):
    chosen("abacus")
    assert provider.wanted_provider() == CPU


def test_the_doctor_names_what_an_installed_provider_lacks(labelled, second, tmp_path):
    found = check_model.check_model(makers.colour_model(tmp_path / "m.onnx"), None, None, None, Silent())
    (finding,) = [one for one in found.findings if one.how == "provider"]
    assert (finding.code, finding.level) == ("unsupported_operator", "info")
    assert told(finding).seen.startswith("OpenVINO (Intel)")
    assert told(finding).todo == "No action needed: unsupported operators run on the CPU."


@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_provider_that_the_runtime_lists_and_does_not_load_is_not_used(second, tmp_path, monkeypatch, capsys):
    """As where a driver is missing. The runtime's own fallback would print to stdout."""
    monkeypatch.setattr(settle_provider, "NAMES", {CPU: NAMES[CPU], OTHER: "NoSuchExecutionProvider"})
    card = card_from_json(makers.COLOUR_CARD)
    found = settle_provider.check_provider(makers.colour_model(tmp_path / "m.onnx"), card, OTHER, [makers.picture("red")])
    assert (found.problem, found.detail) == ("failed", "Unknown Provider Type: NoSuchExecutionProvider")
    assert "cannot run this model (Unknown Provider" in parity_said(found)
    assert capsys.readouterr().out == ""
