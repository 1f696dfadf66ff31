from fieldcheck.ui.screens.home.benchmark_card import BenchmarkCard


def test_a_benchmark_is_shown_or_said_to_be_missing(look, window, qtbot):
    card = BenchmarkCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show()
    card.show_benchmark(("", "", ""), "", "")
    assert (card._missing.isVisible(), card._known.isVisible()) == (True, False)
    card.show_benchmark(("97.1%", "right, 1,942 of 2,000", "95% range 96.3–97.7%"), "/data/clean", "97%")
    assert (card._missing.isVisible(), card._known.isVisible()) == (False, True)
    card.show_wrong("No class of it is the model's.")
    assert card.wrong == "No class of it is the model's."
    card.set_compact(True)


def test_the_claim_is_a_field_of_the_card(look, window, qtbot):
    card = BenchmarkCard(look, window.context.actions)
    qtbot.addWidget(card)
    card.show()
    saved = []
    card.saved.connect(saved.append)
    card.begin("97.1")
    assert (card.editing, card.claimed.isVisible(), card.choose.isVisible()) == (True, True, False)
    card.show_wrong_claim("No figure.")
    qtbot.keyClick(card.claimed, "\r")
    assert saved == ["97.1"]
    card.end()
    assert (card.editing, card.choose.isVisible()) == (False, True)
