from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.report.explore_data import (
    build_explore_data,
    compute_round_result,
    load_first_figures,
)
from tests import makers


def test_what_the_result_of_the_round_showed_is_there_before_the_report_is(labelled):
    assert load_first_figures(labelled, "en") is None
    result = compute_round_result(labelled, "en")
    found = load_first_figures(labelled, "en")
    whole = build_explore_data(labelled, "en", NullProgress(), makers.NOW)
    assert found.headline == result.headline
    assert " ".join(found.headline) == " ".join(whole.headline)
    assert found.chart == whole.chart
    actual = [one.frame_id for one in found.worst]
    assert actual == [one.frame_id for one in whole.worst][: len(found.worst)]
    assert found.n_open == whole.n_open
    assert found.verdict in ("", whole.verdict)
    assert found.verdict or result.verdict != "fail"
    name = labelled.read(picks_table.list_picks)[0].frame_id
    set_label(labelled, name, LabelDecision(unsure=True), annotator="tester", now=makers.LATER)
    assert load_first_figures(labelled, "en") is None
