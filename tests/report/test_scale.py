from fieldcheck.report.scale import ticks
from fieldcheck.words import language


def test_the_scale_has_five_figures_in_the_language_that_is_set():
    assert ticks() == ("0%", "25%", "50%", "75%", "100%")
    with language.spoken("de"):
        assert ticks()[1] == "25 %"
