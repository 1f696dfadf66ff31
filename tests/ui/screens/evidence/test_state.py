from dataclasses import replace

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import ReplayDifference, ReplayResult, RunLine
from fieldcheck.ui.screens.evidence.runs import PAGE, RunListState
from tests.evidence.test_messages import RUN

LINES = [RunLine(replace(RUN, run_id=f"{at:016x}"), "net", 100, ("cpu",)) for at in range(PAGE)]


def test_a_thousand_runs_are_turned_over_page_by_page_and_no_further():
    pages = RunListState()
    assert pages.build_table() is None
    pages.set_page(1000, LINES)
    assert pages.page_caption == "1,000 runs saved; showing 1 to 20, newest first."
    assert not pages.step_page(-1)
    assert pages.step_page(49)
    assert not pages.step_page(1)
    pages.set_page(1000, LINES[:3])
    assert pages.page_caption.endswith("981 to 983, newest first.")


def test_a_run_says_its_score_with_range_and_n_and_what_came_of_repeating_it():
    pages, score = RunListState(), Estimate(0.61, 0.51, 0.7, 100, 100.0, "wilson")
    pages.set_page(2, LINES[:2])
    pages.scores = {LINES[0].run.run_id: ("accuracy", score)}
    pages.replayed = {
        LINES[0].run.run_id: ReplayResult(LINES[0].run, "net", 100, 0, ()),
        LINES[1].run.run_id: ReplayResult(
            LINES[1].run, "net", 100, 2, (ReplayDifference("answer", "f", "1", "2"),)
        ),
    }
    first, second = [[cell.text for cell in line] for line in pages.build_table().rows]
    expected = ["picked frames", "net", "100", "61% (51–70%), accuracy, n = 100", "✓ identical"]
    assert first[1:] == expected
    assert second[4:] == ["–", "▲ different"]
    assert pages.outcome.is_identical
