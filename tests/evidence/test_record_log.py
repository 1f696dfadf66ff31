from fieldcheck.evidence.open_pack import (
    find_first_difference_in_records,
    list_log_records,
    list_seal_records,
)

A, B = (
    {"kind": "label", "key": "a", "body": {"class_name": "x"}},
    {"kind": "label", "key": "b", "body": {}},
)


def test_rows_come_first_and_then_the_figures(labelled):
    found = list_log_records(labelled, {"gap": {"value": 0.5}, "provenance": {"n": 1}})
    assert found[-1] == {"kind": "figure", "key": "/gap/value", "body": {"value": 0.5}}
    assert found[0]["kind"] == "frame"
    assert [one["kind"] for one in list_seal_records(labelled)] == ["sealed"]


def test_the_first_record_that_differs_is_named():
    assert find_first_difference_in_records((A, B), [A, B]) == ""
    actual = find_first_difference_in_records((A, B), [{**A, "body": {"class_name": "y"}}, B])
    assert actual == "label a"
    assert find_first_difference_in_records((A,), [A, B]) == "label b"
    assert find_first_difference_in_records((A, B), [A]) == "label b"
