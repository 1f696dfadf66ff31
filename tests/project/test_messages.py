import pytest

from fieldcheck.domain.label import LabelDraft
from fieldcheck.domain.report import CostInterval, PlantFigures, RateLimit
from fieldcheck.errors import message_format
from fieldcheck.i18n import language
from fieldcheck.labels import store
from fieldcheck.project import messages
from fieldcheck.project.limits import GapLimits, LatencyLimit, SetLimits
from fieldcheck.project.messages import (
    describe_missing_figures,
    describe_plant_figures,
    format_daily_cost,
    format_ppm,
    load_undo_summary,
)
from fieldcheck.project.tables import labels as picks_table
from tests import makers


def test_a_new_project_says_what_it_has_and_what_it_lacks():
    expected = ("Project created: p.fieldcheck", "Model: net", "Benchmark: 400 images")
    assert messages.list_new_project_lines("p.fieldcheck", "net", 400) == expected
    with message_format.use_audience("terminal"):
        _, model, benchmark = messages.list_new_project_lines("p.fieldcheck", "", 0)
    assert "`fieldcheck model set`" in model
    assert "`fieldcheck benchmark set`" in benchmark


def test_a_model_and_a_benchmark_are_told():
    expected = "net-2 is now the newest model of this project."
    assert messages.describe_added_model("net-2") == expected
    assert messages.describe_added_benchmark(1, ()) == "Benchmark of 1 image."
    expected = "Benchmark of 40 images. Unknown to the model: cat, dog."
    assert messages.describe_added_benchmark(40, ("cat", "dog")) == expected


def test_a_check_says_what_was_found_and_mended():
    assert messages.list_check_lines(True, 0, ()) == ("No problems found.",)
    expected = ("2 problems found.", "Repaired: frames/a.png")
    assert messages.list_check_lines(False, 2, ("frames/a.png",)) == expected
    with message_format.use_audience("terminal"):
        assert "--repair" in messages.list_check_lines(False, 1, ())[1]


def test_a_report_is_told_by_its_sentence_and_place():
    expected = ("Gap 36 pp.", "Not ready, because.", "Report: /r/report.html")
    assert (
        messages.list_report_lines("Gap 36 pp.", "Not ready, because.", "/r/report.html")
        == expected
    )
    with message_format.use_audience("terminal"):
        expected = ("The report is incomplete. Do the next step (`fieldcheck run`).",)
        lines = messages.list_report_lines("No gap yet.", "Inconclusive.", "/r/report.html", "run")
        assert lines[3:] == expected


def test_the_self_check_counts_what_it_entered():
    assert "180 modules, 9 screens" in messages.describe_self_check(180, 9)


def test_rows_that_came_from_a_backup_are_counted_by_their_tables():
    said = messages.list_check_lines(False, 1, ("labels",), (("labels", 3), ("picks", 1)), "b1")
    assert said[2].startswith("Unreadable rows restored from backup b1")
    assert said[2].endswith("labels 3, picks 1.")


def test_limits_are_said_with_who_set_them():
    gap = GapLimits(0.03, "Q. Manager", "2026-11-20", True)
    rates = (RateLimit("escape_rate", 0.01, "Q. Manager"), RateLimit("confident_errors", 0.2, ""))
    latency = LatencyLimit(40.0, "Controls", "2026-11-21")
    lines = messages.list_limit_lines(SetLimits(gap, rates, latency), ("ok", "fine"), True)
    assert lines == (
        "Maximum gap: 3 pp (Q. Manager, 2026-11-20).",
        "Escape rate: at most 1% (Q. Manager, date unknown).",
        "Confident errors: at most 20% (no name given, date unknown).",
        "Latency, 95th percentile: at most 40 ms (Controls, 2026-11-21).",
        "OK classes: ok, fine.",
    )
    first, *_, ok = messages.list_limit_lines(SetLimits(), ("ok",), False)
    assert first == "Maximum gap: 3 pp (default limit, not confirmed)."
    assert ok == "OK classes, proposed from their names: ok."
    assert "No OK class set" in messages.list_limit_lines(SetLimits(), (), False)[1]
    expected = "Golden set worst: 1 image that must stay correct."
    assert messages.describe_added_golden_set("worst", 1) == expected


ENTERED = PlantFigures(
    defect_ppm=2000, parts_per_day=8000, cost_escape=50.5, currency="EUR", by=("Q. Manager",)
)
FOUND = CostInterval(1234.0, 384.0, 38_499.0, 20, "footage")


def test_what_was_entered_is_said_with_who_entered_it():
    said = describe_plant_figures(ENTERED)
    assert said == (
        "Plant data: 2,000 ppm defective, 8,000 parts per day, 50.5 EUR per escape (entered "
        "by Q. Manager)."
    )
    assert describe_plant_figures(PlantFigures()) == ""
    assert describe_plant_figures(PlantFigures(defect_ppm=5)) == "Plant data: 5 ppm defective."


def test_a_price_without_the_rest_says_what_is_missing():
    expected = "Costs require: defect rate, parts produced per day, currency."
    assert describe_missing_figures(PlantFigures(cost_reject=2)).endswith(expected)
    assert describe_missing_figures(ENTERED) == ""
    assert describe_missing_figures(PlantFigures(defect_ppm=5)) == ""


def test_ppm_and_cost_stand_with_their_range_in_both_languages():
    assert format_ppm(FOUND) == "about 1,200 ppm (380–39,000)"
    assert format_daily_cost(FOUND, "EUR") == "about 1,200 EUR per day (380–39,000)"
    with language.use_language("de"):
        assert format_daily_cost(FOUND, "EUR") == "etwa 1.200 EUR am Tag (380–39.000)"


def test_where_none_was_seen_only_an_upper_limit_stands():
    none = CostInterval(0.0, 0.0, 384.0, 20, "footage")
    assert format_ppm(none) == "none observed (upper limit 390 ppm)"
    assert format_daily_cost(none, "EUR") == "none observed (upper limit 390 EUR per day)"


@pytest.fixture
def picks(drawn):
    return [pick.frame_id for pick in drawn.read(picks_table.list_picks)]


def said(project, changes):
    found = load_undo_summary(project, changes)
    return found.number, found.labels and tuple(
        label and (label.class_name or label.state) for label in found.labels
    )


def test_undo_and_redo_of_a_label_name_its_frame_and_both_answers(drawn, picks):
    store.set_label(drawn, picks[3], store.LabelDecision("red"), "me", makers.NOW)
    store.set_label(drawn, picks[3], store.LabelDecision(unsure=True), "me", makers.NOW)
    assert said(drawn, drawn.undo()) == (4, ("unsure", "red"))
    assert said(drawn, drawn.undo()) == (4, ("red", None))
    assert said(drawn, drawn.redo()) == (4, (None, "red"))


def test_of_several_frames_only_the_count_is_told(drawn, picks):
    store.set_label(drawn, picks[0], store.LabelDecision("red"), "me", makers.NOW)
    store.label_same_burst(drawn, picks[:4], picks[0], "me", makers.NOW)
    found = load_undo_summary(drawn, drawn.undo())
    assert (found.n_frames, found.number, found.labels) == (3, None, None)


def test_strokes_and_marks_name_their_frame_and_a_setting_has_none(drawn, picks):
    store.store_draft(drawn, LabelDraft(picks[1]), "draw")
    store.mark_person(drawn, [picks[2]], True, "me")
    assert said(drawn, drawn.undo()) == (3, None)
    project = drawn
    assert load_undo_summary(project, project.edit("site.set", puts=[])).n_frames == 0


def test_a_second_label_names_the_frame_and_not_the_round(labelled):
    store.plan_repeats(labelled, "other")
    frame = load_undo_summary(
        labelled,
        store.store_repeat(
            labelled, labelled.read(picks_table.list_picks)[0].frame_id, store.LabelDecision("red"),
            "other", makers.NOW,
        ),
    )  # fmt: skip
    assert (frame.number, frame.labels[0], frame.labels[1].class_name) == (1, None, "red")
