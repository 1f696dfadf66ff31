from fieldcheck.progress import Silent
from fieldcheck.workflows.match_field import match_field, matched_of
from fieldcheck.workflows.report_gap import assemble

NOW = "2026-03-01T10:00:00+00:00"


def test_what_was_found_is_kept_for_the_footage_and_the_benchmark_as_they_are(labelled, monkeypatch):
    assert matched_of(labelled) is None
    found = match_field(labelled, 0, Silent(), NOW, workers=1)
    assert found is not None
    assert matched_of(labelled) == found
    monkeypatch.setattr("fieldcheck.workflows.match_field.fit_field", None)  # whoever asks again is told what is known
    assert match_field(labelled, 0, Silent(), NOW) == found
    assert assemble(labelled, "en", Silent(), NOW).matched == found


def test_another_benchmark_is_another_question(labelled, monkeypatch):
    match_field(labelled, 0, Silent(), NOW, workers=1)
    monkeypatch.setattr("fieldcheck.workflows.match_field.benchmark_key", lambda benchmark: "another")
    assert matched_of(labelled) is None


def test_without_a_benchmark_or_footage_there_is_nothing_to_compare(empty):
    assert match_field(empty, 0, Silent(), NOW) is None
    assert matched_of(empty) is None
