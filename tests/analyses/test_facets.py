import pytest

from fieldcheck.analyses.names_and_numbers import (
    get_facet_name,
    get_facet_value_name,
    get_figure_name,
)
from fieldcheck.domain.items import FACETS, FIGURES
from fieldcheck.i18n import language


def test_every_facet_and_figure_has_a_name_of_its_own_in_both_languages():
    for lang in ("en", "de"):
        with language.use_language(lang):
            assert len({get_facet_name(facet) for facet in FACETS}) == len(FACETS)
            assert len({get_figure_name(figure) for figure in FIGURES}) == len(FIGURES)


@pytest.mark.parametrize(
    ("facet", "value", "said"),
    [
        ("light", "low_contrast", "little contrast"),
        ("condition", "dust", "dust or steam"),
        ("hour", "08", "08:00–08:59"),
        ("clip", "c1", "c1"),
        ("stratum", "hard", "Hardest 20%"),
        ("class", "crack", "crack"),
        ("camera", "normal", "normal"),
        ("second_look", "cannot_tell", "can't tell"),
    ],
)
def test_values_are_in_words_and_names_stand_for_themselves(facet, value, said):
    with language.use_language("en"):
        assert get_facet_value_name(facet, value) == said
