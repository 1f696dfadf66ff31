from fieldcheck.evidence.open_pack import (
    find_first_difference,
    is_figure,
    iter_leaves,
    list_figures,
)

TOLD = {
    "created": "t", "provenance": {"n": 3},
    "gap": {"value": 0.25, "verdict": "fail", "sentence": "A gap.", "measured": True, "other": None}, "rows": [{"n": 7}],
}  # fmt: skip


def with_(path, value):
    head, *rest = path.split("/")[1:]
    changed = {**TOLD[head], rest[0]: value} if rest and head == "gap" else [{"n": value}]
    return {**TOLD, head: changed}


def test_figures_are_the_numbers_outside_provenance():
    assert list_figures(TOLD) == [("/gap/value", 0.25), ("/rows/0/n", 7)]
    assert not is_figure(True)
    assert ("/gap/measured", True) in list(iter_leaves(TOLD))


def test_the_first_figure_that_differs_is_named_before_anything_else():
    assert find_first_difference(TOLD, TOLD, sentences=True) == ""
    assert find_first_difference(TOLD, with_("/rows/0/n", 8), sentences=True) == "/rows/0/n"
    other = with_("/gap/verdict", "pass")
    assert find_first_difference(TOLD, other, sentences=False) == "/gap/verdict"
    assert find_first_difference(TOLD, {**other, "rows": [{"n": 8}]}, sentences=True) == "/rows/0/n"


def test_a_figure_that_is_gone_or_new_differs():
    assert find_first_difference(TOLD, with_("/gap/value", None), sentences=False) == "/gap/value"
    assert find_first_difference(TOLD, {**TOLD, "rows": []}, sentences=False) == "/rows/0/n"
    assert find_first_difference({**TOLD, "rows": []}, TOLD, sentences=False) == "/rows/0/n"


def test_sentences_count_only_where_they_were_made_by_the_same_version():
    other = with_("/gap/sentence", "The gap.")
    assert find_first_difference(TOLD, other, sentences=False) == ""
    assert find_first_difference(TOLD, other, sentences=True) == "/gap/sentence"


def test_the_last_digit_may_come_from_another_processor():
    actual = find_first_difference(TOLD, with_("/gap/value", 0.25 * (1 + 1e-12)), sentences=True)
    assert actual == ""
    actual = find_first_difference(TOLD, with_("/gap/value", 0.25 * (1 + 1e-6)), sentences=True)
    assert actual == "/gap/value"
