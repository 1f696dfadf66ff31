"""Facts of the first page for the tests of what prints them. Every figure is made up."""

from fieldcheck.domain.report import Decision, EscapeRates, MissRate, Overlap, ReportedFinding
from tests.report.example_report import estimate


def finding(**changes) -> ReportedFinding:
    """A place that is demonstrated, and that most noise and a clip are part of."""
    facts = {
        "key": "location", "value": "Oiling station", "demonstrated": True, "n": 25, "clips": 3,
        "estimate": estimate(0.32, 0.19, 0.5, 25), "difference": estimate(0.38, 0.09, 0.63, 25),
        "overlaps": (Overlap("noise", "high", 15),),
        "pictured": "r1-000000",
    }  # fmt: skip
    return ReportedFinding(**facts | changes)


def decision(**changes) -> Decision:
    """A hundred labels of a draw, nothing left to label, one finding."""
    facts = {
        "confident_errors": estimate(0.03, 0.01, 0.09, 100),
        "confident_errors_cameras": estimate(0.03, 0.0, 0.17, 100), "missed_objects": None,
        "false_alarms": None, "right": (0, 0, 3, 5, 5, 7, 1, 3, 6, 19),
        "wrong": (0, 0, 5, 15, 8, 12, 3, 3, 3, 2), "findings": (finding(),),
        "miss_rate": MissRate(25, 0.94), "waiting": 0, "drawable": 0, "limits": (),
    }  # fmt: skip
    return Decision(**facts | changes)


def rates() -> EscapeRates:
    """Seven of 65 defects passed, 19 of 35 good parts were rejected."""
    return EscapeRates(
        ok_classes=("OK",), told=True, escape=estimate(0.08, 0.03, 0.16, 65),
        escape_cameras=estimate(0.08, 0.01, 0.3, 65), escaped=7, defects=65,
        false_reject=estimate(0.59, 0.41, 0.75, 35),
        false_reject_cameras=estimate(0.59, 0.3, 0.8, 35), rejected=19, good=35,
    )  # fmt: skip
