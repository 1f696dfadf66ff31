from fieldcheck.progress import NullProgress
from fieldcheck.report.summary import build_summary
from fieldcheck.workflows.project.describe_project import GapLimits, set_limits
from fieldcheck.workflows.report.report_gap import build_report
from fieldcheck.workflows.report.seal import load_seal
from tests import makers


def test_a_changed_limit_stands_in_the_summary(labelled, drawn):
    assert load_seal(drawn) is None
    set_limits(labelled, GapLimits(0.05, "A. B."))
    told = build_summary(build_report(labelled, "en", NullProgress(), makers.NOW))["seal"]
    assert [(one["part"], one["before"], one["after"], one["by"]) for one in told["changes"]] == [("tolerance", "0.03", "0.05", "A. B.")]
