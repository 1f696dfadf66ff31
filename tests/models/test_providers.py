import platform

import numpy as np
import onnxruntime as ort
import pytest

from fieldcheck import __version__, settings
from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.run import CPU, PROVIDER_NAMES, Parity
from fieldcheck.footage import frame_analysis
from fieldcheck.models import check_model, providers
from fieldcheck.models.doctor.findings import describe_finding
from fieldcheck.models.messages import describe_parity
from fieldcheck.models.providers import (
    ModelRunner,
    get_library_versions,
    get_machine_kind,
    get_parity,
    get_provider,
    get_run_environment,
    get_set_parity,
    get_set_provider,
    list_cpu_operators,
    list_installed_providers,
    list_providers,
    list_used_providers,
    measure_parity,
    store_parity,
)
from fieldcheck.models.run import run_on_set
from fieldcheck.models.session import open_model
from fieldcheck.models.store import find_model, make_model_file
from fieldcheck.paths import get_app_paths
from fieldcheck.progress import NullProgress
from fieldcheck.report.assemble import build_report
from tests import makers
from tests.models import graphs

CARD = parse_card(
    {
        "task": "classification",
        "input": {"size": [32, 32], "resize": "stretch"},
        "output": {"kind": "logits"},
        "classes": ["a", "b", "c"],
    }
)
FRAMES = [makers.picture(colour, number) for number, colour in enumerate(makers.COLOURS)]


def runner(path, card=CARD, threads=1):
    return ModelRunner(open_model(path, threads), card, batch_size=1)


def test_the_processor_is_always_there_and_no_cloud_is():
    assert list_providers()[0] == CPU
    assert {PROVIDER_NAMES[code] for code in list_providers()} <= set(ort.get_available_providers())


def test_other_options_of_the_processor_give_the_same_answers(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    found = measure_parity("openvino", runner(path), runner(path, threads=2), FRAMES)
    assert (found.is_usable, found.n, found.problem) == (True, 3, "")
    assert found.moved < 1e-5


def test_a_session_whose_weights_are_others_is_not_used(tmp_path):
    found = measure_parity(
        "openvino",
        runner(graphs.convolutions(tmp_path / "m.onnx")),
        runner(graphs.convolutions(tmp_path / "n.onnx", seed=1)),
        FRAMES,
    )
    assert (found.is_usable, found.problem) == (False, "differs")
    assert found.moved > 0.01


def test_a_figure_that_is_not_finite_on_one_side_alone_is_a_difference(tmp_path):
    good = makers.colour_model(tmp_path / "good.onnx")
    half = makers.half_nan_model(tmp_path / "half.onnx")
    assert measure_parity("cuda", runner(half), runner(half), FRAMES).is_usable
    assert measure_parity("cuda", runner(good), runner(half), FRAMES).problem == "differs"


def test_boxes_are_held_against_their_partners(tmp_path):
    card = parse_card(makers.BOX_CARD)
    one, two = (runner(makers.box_model(tmp_path / f"{k}.onnx", of_class=k), card) for k in (0, 1))
    assert measure_parity("coreml", one, one, FRAMES).is_usable
    assert measure_parity("coreml", one, two, FRAMES).moved == pytest.approx(1.0)


def test_a_session_that_fails_on_a_frame_is_told_in_the_runtimes_words(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    broken = runner(path)
    broken._outputs = ("nowhere",)
    found = measure_parity("directml", runner(path), broken, FRAMES)
    assert found.problem == "failed"
    assert found.detail


def test_operators_that_a_provider_lacks_are_named(tmp_path, monkeypatch):
    """The runtime's own provider that computes nothing itself stands for one that lacks
    everything."""
    monkeypatch.setattr(
        providers,
        "PROVIDER_NAMES",
        {CPU: PROVIDER_NAMES[CPU], "openvino": "AzureExecutionProvider"},
    )
    path = graphs.convolutions(tmp_path / "m.onnx")
    found = list_cpu_operators(path, "openvino", CARD)
    assert {"Conv", "GlobalAveragePool", "Gemm"} <= set(found) | {"FusedConv", "Conv"}
    assert set(found) & {"Gemm", "Conv", "FusedConv"}
    assert list_providers() == (CPU, "openvino")
    assert np.isfinite(runner(path).predict(FRAMES[:1])[0][0]).all()


def test_the_processor_is_always_installed():
    assert list_installed_providers()[0] == CPU
    assert get_set_provider() == CPU


def test_what_was_found_is_kept_for_this_runtime_and_card_alone(labelled, monkeypatch):
    model, found = find_model(labelled), Parity("cuda", 4, 0.001, ("Loop",))
    assert get_parity(labelled, model, "cuda") is None
    store_parity(labelled, model, found, makers.NOW)
    assert get_parity(labelled, model, "cuda") == found
    assert get_parity(labelled, model, "coreml") is None
    monkeypatch.setattr(providers, "RUNTIME", "9.9")
    assert get_parity(labelled, model, "cuda") is None


OTHER = "openvino"


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    """Sets a provider on this computer, as the settings do."""
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "home"))

    def choose(code):
        settings.save_settings(get_app_paths().settings, settings.Settings(provider=code))

    return choose


@pytest.fixture
def second(monkeypatch):
    """A second provider of the real runtime, which leaves every operator to the processor."""
    names = {CPU: PROVIDER_NAMES[CPU], OTHER: "AzureExecutionProvider"}
    for module in (providers, frame_analysis):
        monkeypatch.setattr(module, "PROVIDER_NAMES", names)
    frame_analysis.get_thread_runner.cache_clear()
    yield
    frame_analysis.get_thread_runner.cache_clear()


def test_the_processor_is_set_until_somebody_chooses_otherwise(labelled, chosen):
    model = find_model(labelled)
    assert providers.check_set_provider(labelled, model, (), NullProgress(), makers.NOW) is None
    assert get_provider(labelled, model) == CPU
    assert list_used_providers(labelled, model) == (CPU,)


def test_a_provider_is_used_once_it_gave_the_processors_answers(drawn, chosen, second):
    chosen(OTHER)
    model = find_model(drawn)
    assert get_provider(drawn, model) == CPU  # nobody has checked it yet
    ran = run_on_set(drawn, model, "field", NullProgress(), makers.NOW)
    found = get_parity(drawn, model, OTHER)
    assert found.is_usable
    assert found.n == 4
    assert found.lacks
    assert make_model_file(drawn, model).provider == OTHER
    assert ran.providers == (OTHER,)
    # the import was computed by the processor
    assert list_used_providers(drawn, model) == (CPU, OTHER)
    report = build_report(drawn, "en", NullProgress(), makers.NOW)
    assert report.provenance.providers == (CPU, OTHER)
    assert report.provenance.parity == found
    assert describe_parity(found).startswith(
        "Execution provider OpenVINO (Intel): predictions on 4 frames within 0.00% of the CPU"
    )


def test_a_provider_that_is_not_installed_is_said_and_the_processor_computes(drawn, chosen):
    chosen("cuda")
    model = find_model(drawn)
    ran = run_on_set(drawn, model, "field", NullProgress(), makers.NOW)
    assert ran.providers == (CPU,)
    assert get_set_parity(drawn, model) == Parity("cuda", problem="missing")
    expected = "CUDA (NVIDIA) is selected but not installed. The CPU is used."
    assert describe_parity(get_set_parity(drawn, model)) == expected


def test_a_provider_that_answers_otherwise_is_not_used(drawn, chosen, second):
    chosen(OTHER)
    model = find_model(drawn)
    store_parity(drawn, model, Parity(OTHER, 4, 0.3, (), "differs"), makers.NOW)
    assert run_on_set(drawn, model, "field", NullProgress(), makers.NOW).providers == (CPU,)
    said = describe_parity(get_set_parity(drawn, model))
    assert said.startswith("OpenVINO (Intel) differs from the CPU by up to 0.300 on 4")


def test_an_unknown_provider_in_the_settings_is_the_processor(labelled, chosen):
    chosen("abacus")
    assert providers.get_set_provider() == CPU


@pytest.mark.long
def test_the_doctor_names_what_an_installed_provider_lacks(labelled, second, tmp_path):
    path = makers.colour_model(tmp_path / "m.onnx")
    found = check_model.check_model(path, None, None, None, NullProgress())
    (finding,) = [one for one in found.findings if one.how == "provider"]
    assert (finding.code, finding.level) == ("unsupported_operator", "info")
    assert describe_finding(finding).evidence.startswith("OpenVINO (Intel)")
    expected = "No action needed: unsupported operators run on the CPU."
    assert describe_finding(finding).remedy == expected


@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_provider_listed_but_not_loaded_is_not_used(second, tmp_path, monkeypatch, capsys):
    """As where a driver is missing. The runtime's own fallback would print to stdout."""
    name = "NoSuchExecutionProvider"
    card = parse_card(makers.COLOUR_CARD)
    path = makers.colour_model(tmp_path / "m.onnx")
    monkeypatch.setattr(providers, "PROVIDER_NAMES", {CPU: PROVIDER_NAMES[CPU], OTHER: name})
    monkeypatch.setattr(
        providers.ort, "get_available_providers", lambda: [name, PROVIDER_NAMES[CPU]]
    )
    # it fails in the traced run, or in the session that would be used
    for trace in (providers.list_cpu_operators, lambda *_asked: ()):
        monkeypatch.setattr(providers, "list_cpu_operators", trace)
        found = providers.measure_provider_parity(path, card, OTHER, [makers.picture("red")])
        assert (found.problem, found.detail) == ("failed", f"Unknown Provider Type: {name}")
        assert "cannot run this model (Unknown Provider" in describe_parity(found)
    assert capsys.readouterr().out == ""


def test_a_run_keeps_the_versions_that_its_report_tells():
    kept = get_run_environment()
    assert kept.versions == get_library_versions()
    actual = (kept.versions["fieldcheck"], kept.versions["python"])
    assert actual == (__version__, platform.python_version())
    assert {"numpy", "onnxruntime", "opencv-python-headless", "pillow"} <= set(kept.versions)


def test_the_computer_is_named_by_its_processor_and_a_report_names_only_the_family():
    machine = set(get_run_environment().machine)
    assert machine == {"processor", "cores", "system"} == set(get_machine_kind())
    assert get_machine_kind()["processor"] == platform.machine()
