from fieldcheck.analyses import robustness as tested_on
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import EvaluationSet
from fieldcheck.i18n import language
from fieldcheck.report.folder import build_summary
from tests.report.example_report import estimate, example_report

SETS = (
    EvaluationSet("clean", "", 400, estimate(0.97, 0.95, 0.99, 400)),
    EvaluationSet("damaged", "", 200, Estimate.not_measured("not_run")),
    EvaluationSet("collected", "night", 12, Estimate.not_measured("gone")),
    EvaluationSet("collected", "", 0, Estimate.not_measured("no_set")),
)


def test_every_set_has_a_row_also_where_it_is_missing():
    with language.use_language("en"):
        table = tested_on.build_evaluation_section(example_report(sets=SETS)).blocks[-1]
    assert [[cell.text for cell in row[:3]] for row in table.rows] == [
        ["Clean: the benchmark", "400", "97% (95–99%)"],
        ["Corrupted: the benchmark under every moderate corruption", "200", "not run yet"],
        ["Collected failures: night", "12", "missing or modified"],
        ["Collected failures", "0", "none yet"],
    ]


def test_the_summary_holds_the_sets():
    told = build_summary(example_report(sets=SETS))["evaluation_sets"]
    assert (told[0]["kind"], told[0]["name"], told[0]["score"]["value"]) == ("clean", "", 0.97)
    assert told[1]["score"]["note"] == "not_run"
