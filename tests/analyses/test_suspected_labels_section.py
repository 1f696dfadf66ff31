from dataclasses import replace

from fieldcheck.analyses.label_noise import (
    SHOWN,
    SuspectedLabels,
    SuspectLabel,
    build_suspect_section,
)
from tests.report.example_report import example_report


def shown(*found):
    return build_suspect_section(
        replace(example_report(), facts={"suspected_labels": found})
    ).blocks


def test_the_least_believed_labels_are_named_with_what_the_model_says():
    rows = tuple(SuspectLabel(f"ok/{k}.jpg", "ok", "burr", 0.01 * k) for k in range(20))
    said, table = shown(SuspectedLabels("benchmark", 400, 31, rows))
    assert said.text.startswith("Benchmark: 31 of 400 labels are suspect.")
    assert [cell.text for cell in table.rows[1]] == ["ok/1.jpg", "ok", "burr", "0.01"]
    assert len(table.rows) == SHOWN


def test_a_side_without_a_suspect_is_a_sentence():
    (said,) = shown(SuspectedLabels("field", 100, 0, ()))
    assert said.text.startswith("Field: 0 of 100 labels are suspect.")
    assert shown()[0].text.startswith("Not measured")
