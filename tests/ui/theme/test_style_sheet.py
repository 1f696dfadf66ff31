import re

import pytest

from fieldcheck.ui.theme import THEMES, Metrics, build_style_sheet


@pytest.mark.parametrize("tokens", THEMES.values(), ids=list(THEMES))
def test_the_sheet_is_filled_and_names_no_colour_of_its_own(tokens):
    text = build_style_sheet(tokens, Metrics())
    assert "$" not in text
    ours = {
        value
        for name in tokens.__dataclass_fields__
        if isinstance(value := getattr(tokens, name), str)
    }
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", text)) <= ours


def test_gloves_and_size_make_the_targets_larger():
    sizes = (Metrics(), Metrics(150), Metrics(100, True))
    heights = [
        re.search(r"min-height: (\d+)px; padding", build_style_sheet(THEMES["light"], metrics))[1]
        for metrics in sizes
    ]
    assert heights == ["36", "55", "62"]
