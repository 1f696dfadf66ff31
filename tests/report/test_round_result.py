"""What the labels of a round come to, told before a report is made."""

import pytest

from fieldcheck.i18n import language
from fieldcheck.models.run import run_on_set
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as models_table
from fieldcheck.report.assemble import build_report
from fieldcheck.report.explore_data import compute_round_result
from fieldcheck.report.summary_page import build_first_page
from tests import makers


def test_it_is_the_gap_of_the_report(labelled):
    found = compute_round_result(labelled, "en")
    report = build_report(labelled, "en", NullProgress(), makers.NOW)
    assert (found.lacking, found.n_waiting, found.n_labelled) == ("", 0, 20)
    assert found.gap == report.gap.estimate
    assert (found.verdict, found.tolerance) == (report.gap.verdict, report.gap.tolerance)
    assert " ".join(found.headline) == report.gap.sentence
    with language.use_language("en"):
        assert found.chart == build_first_page(report).chart
    assert found.chart.benchmark == report.benchmark.score
    assert found.chart.field == report.field.footage
    assert [one.frame_id for one in found.worst] == [one.frame_id for one in report.worst[:3]]


def test_what_the_model_has_still_to_answer_is_counted_and_no_benchmark_is_asked_for_where_one_stands(
    drawn,
):
    makers.label_all(drawn)
    n_benchmark = len(drawn.read(models_table.get_benchmark).items)
    found = compute_round_result(drawn, "en")
    assert (found.lacking, found.n_waiting) == ("answers", n_benchmark)
    assert (found.verdict, found.chart.benchmark) == (None, None)
    said = " ".join(found.headline)
    assert "No gap yet: the model has not been run on the benchmark (Explore, “Run model”)." in said
    assert "fieldcheck" not in said
    assert "is named" not in said
    assert found.chart.field.measured
    run_on_set(drawn, find_model(drawn), "benchmark", NullProgress(), makers.NOW)
    assert compute_round_result(drawn, "en").lacking == ""


@pytest.mark.parametrize(
    ("table", "lacking"), [(models_table, "benchmark"), (models_table, "model")]
)
def test_a_project_that_lacks_one_says_which(labelled, table, lacking):
    labelled.write(
        lambda db: db.conn.execute(
            f"DELETE FROM {'benchmark' if lacking == 'benchmark' else 'model'}"
        )
    ).result()
    found = compute_round_result(labelled, "de")
    assert (found.lacking, found.verdict, found.gap.measured) == (lacking, None, False)


def test_its_sentences_are_in_the_language_that_is_asked_for(labelled):
    assert compute_round_result(labelled, "de").chart.labels[1].startswith("Feld ")
