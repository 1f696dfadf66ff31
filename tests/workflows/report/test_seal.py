from fieldcheck.progress import Silent
from fieldcheck.report.summary import summary
from fieldcheck.workflows.project.describe_project import GapLimits, set_limits
from fieldcheck.workflows.report.report_gap import assemble
from fieldcheck.workflows.report.seal import facts_of
from tests import makers


def test_a_changed_limit_stands_in_the_summary(labelled, drawn):
    assert facts_of(drawn) is None
    set_limits(labelled, GapLimits(0.05, "A. B."))
    told = summary(assemble(labelled, "en", Silent(), makers.NOW))["seal"]
    assert [(one["part"], one["before"], one["after"], one["by"]) for one in told["changes"]] == [("tolerance", "0.03", "0.05", "A. B.")]
