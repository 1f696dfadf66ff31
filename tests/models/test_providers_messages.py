import pytest

from fieldcheck.domain.provider import NAMES, Parity
from fieldcheck.i18n import language
from fieldcheck.models.messages import describe_parity, get_provider_name


def test_every_provider_is_called_by_its_makers_name():
    assert {get_provider_name(code) for code in NAMES} >= {
        "Processor (CPU)",
        "CUDA (NVIDIA)",
        "DirectML (Windows)",
    }
    assert get_provider_name("abacus") == "abacus"


@pytest.mark.parametrize("lang", ["en", "de"])
@pytest.mark.parametrize("problem", ["", "missing", "failed", "differs"])
def test_each_outcome_has_its_sentence(lang, problem):
    with language.use_language(lang):
        said = describe_parity(Parity("cuda", 4, 0.25, (), problem, "no driver"))
    assert "CUDA (NVIDIA)" in said
    assert "{" not in said


def test_what_is_left_to_the_processor_is_named():
    assert describe_parity(Parity("cuda", 4, 0.00012, ("Loop", "NonZero"))) == (
        "Execution provider CUDA (NVIDIA): predictions on 4 frames within 0.01% of the CPU. "
        "Unsupported "
        "operators run on the CPU: Loop, NonZero."
    )
