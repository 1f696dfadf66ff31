import pytest

from fieldcheck.report.print_text import split_phrases


@pytest.mark.parametrize(
    ("said", "pieces"),
    [
        ("", []),
        ("Nothing here.", [("plain", "Nothing here.")]),
        (
            "Field 61% (51–70%).",
            [
                ("plain", "Field "),
                ("kept", "61%"),
                ("plain", " "),
                ("kept", "(51–70%)"),
                ("plain", "."),
            ],
        ),
        ("run `fieldcheck pick`", [("plain", "run "), ("code", "fieldcheck pick")]),
        ("(18–58%, n = 100)", [("kept", "(18–58%"), ("plain", ", "), ("kept", "n = 100)")]),
        ("a ` alone", [("plain", "a ` alone")]),
    ],
)
def test_figures_and_commands_are_pieces_of_their_own(said, pieces):
    assert list(split_phrases(said)) == pieces


def test_a_number_longer_than_any_figure_may_be_broken():
    assert all(len(piece) < 20 for kind, piece in split_phrases("7" * 300 + " %") if kind == "kept")


def test_nothing_of_a_sentence_is_lost():
    said = "Benchmark 97.1% → Field 61% (39–79%). Gap 36 pp (18–58), n = 100."
    assert "".join(piece for _, piece in split_phrases(said)) == said
