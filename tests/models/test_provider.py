from fieldcheck.domain.provider import CPU, Parity
from fieldcheck.models import providers
from fieldcheck.models.providers import (
    get_parity,
    get_set_provider,
    list_installed_providers,
    store_parity,
)
from fieldcheck.models.store import find_model
from tests import makers


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
