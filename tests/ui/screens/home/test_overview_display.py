import pytest

from fieldcheck.ui.screens.home.overview_page import OverviewPage
from fieldcheck.ui.screens.home.overview_presenter import (
    BenchmarkDisplay,
    LimitsDisplay,
    ModelDisplay,
    OverviewDisplay,
    SiteDisplay,
)


def members(protocol):
    return [name for name in vars(protocol) if not name.startswith("_")]


@pytest.mark.parametrize(
    ("card", "protocol"),
    [
        ("", OverviewDisplay),
        ("site", SiteDisplay),
        ("limits", LimitsDisplay),
        ("model", ModelDisplay),
        ("benchmark", BenchmarkDisplay),
    ],
)
def test_the_page_and_its_cards_have_what_the_presenter_asks_of_them(
    look, window, qtbot, card, protocol
):
    page = OverviewPage(look, window.context.actions)
    qtbot.addWidget(page)
    shown = getattr(page, card) if card else page
    assert members(protocol)
    assert [name for name in members(protocol) if not hasattr(shown, name)] == []
