from fieldcheck.workflows.evidence._record_log import first_other, log_records, seal_records

A, B = {"kind": "label", "key": "a", "body": {"class_name": "x"}}, {"kind": "label", "key": "b", "body": {}}


def test_rows_come_first_and_then_the_figures(labelled):
    found = log_records(labelled, {"gap": {"value": 0.5}, "provenance": {"n": 1}})
    assert found[-1] == {"kind": "figure", "key": "/gap/value", "body": {"value": 0.5}}
    assert found[0]["kind"] == "frame"
    assert [one["kind"] for one in seal_records(labelled)] == ["sealed"]


def test_the_first_record_that_differs_is_named():
    assert first_other((A, B), [A, B]) == ""
    assert first_other((A, B), [{**A, "body": {"class_name": "y"}}, B]) == "label a"
    assert first_other((A,), [A, B]) == "label b"
    assert first_other((A, B), [A]) == "label b"
