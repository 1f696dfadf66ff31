from fieldcheck.domain.model_card import ALL_KINDS, KINDS
from fieldcheck.domain.prediction import BY_NAME, OUTPUT_KINDS, list_kind_names


def test_every_kind_is_named_once_and_carries_the_answers_of_a_task():
    assert len({one.name for one in OUTPUT_KINDS}) == len(OUTPUT_KINDS)
    assert all(one.tasks for one in OUTPUT_KINDS)
    assert {task for one in OUTPUT_KINDS for task in one.tasks} == set(KINDS)


def test_what_a_card_may_say_is_what_is_declared():
    assert tuple(BY_NAME) == ALL_KINDS
    assert KINDS["multilabel"] == ("logits", "sigmoid")
    assert KINDS["anomaly"] == list_kind_names(lambda kind: kind.open_ended)
