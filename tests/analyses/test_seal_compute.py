from fieldcheck.analyses.independence import load_seal
from fieldcheck.progress import NullProgress
from fieldcheck.project.limits import GapLimits, set_limits
from fieldcheck.report.assemble import build_report
from fieldcheck.report.folder import build_summary
from tests import makers


def test_a_changed_limit_stands_in_the_summary(labelled, drawn):
    assert load_seal(drawn) is None
    set_limits(labelled, GapLimits(0.05, "A. B."))
    told = build_summary(build_report(labelled, "en", NullProgress(), makers.NOW))["seal"]
    actual = [(one["part"], one["before"], one["after"], one["by"]) for one in told["changes"]]
    assert actual == [("tolerance", "0.03", "0.05", "A. B.")]
