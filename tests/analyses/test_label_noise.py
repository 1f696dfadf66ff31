import pytest

from fieldcheck.analyses import label_noise
from fieldcheck.analyses.score_charts import draw_gap_chart
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import LabelEvent
from fieldcheck.labels.label_error_review import find_label_errors, review_label
from fieldcheck.labels.store import LabelDecision, plan_repeats, set_label, store_repeat
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.report.summary_page import build_first_page
from fieldcheck.stats.agreement import correct_for_label_noise, get_worst_case, measure_agreement
from fieldcheck.stats.wilson_interval import estimate_wilson
from tests import makers
from tests.report.example_report import change_report, example_report


def test_without_repeats_there_is_no_effect(labelled):
    assert label_noise.compute_label_effect(labelled) is None


def test_two_people_who_disagree_widen_the_score(labelled):
    plan_repeats(labelled, "anna")
    first = {one.frame_id: one.class_name for one in labelled.read(labels_table.list_labels)}
    for at, one in enumerate(labelled.read(labels_table.list_repeats)):
        name = (
            first[one.frame_id]
            if at
            else next(other for other in ("red", "green") if other != first[one.frame_id])
        )
        store_repeat(labelled, one.frame_id, LabelDecision(class_name=name), "anna", makers.LATER)
    found = label_noise.compute_label_effect(labelled)
    assert found.n == 20
    assert found.error.value == pytest.approx(1 - found.ceiling)
    assert found.worst.lo == pytest.approx(max(0, found.score.lo - found.error.value))
    assert found.corrected.measured


SCORE = estimate_wilson(65, 100)
ERROR = measure_agreement(["a"] * 40, ["a"] * 36 + ["b"] * 4, 3).error


def report(how="other", single=True):
    error = ERROR.value
    alone = (
        correct_for_label_noise(SCORE, error, 3)
        if single
        else Estimate.not_measured("not_single", 100)
    )
    found = label_noise.LabelEffect(
        how, 40, ERROR, SCORE, get_worst_case(SCORE, error), alone, 1 - error, (0.948, 0.9, 0.852)
    )
    return change_report(example_report(), results={"label_effect": found})


def said(found):
    return [
        block.text
        for block in label_noise.build_label_noise_section(found.results.get("label_effect")).blocks
    ]


def test_band_correction_and_ceiling_are_told():
    lines = said(report())
    assert lines[0].startswith("Two annotators labelled 40 frames, blind: about 5.2% (")
    assert "field score 65%, bounds 50–79%" in lines[1]
    assert lines[2].startswith(
        "For errors that the two labelling passes do not share, if they are independent of"
    )
    expected = (
        "With labels of this quality a model scores at most 94.8%, counting only label errors made "
        "in one of the two passes."
    )
    assert lines[3] == expected
    expected = (
        "Assumed, not measured: label ceiling at most 90.0% if both passes make the same error on "
        "5% of the labels, at most 85.2% if both passes make the same error on 10% of the labels. "
        "Agreement does not detect such errors."
    )
    assert lines[4] == expected
    assert "a gap of about 5.2 pp" in lines[5]


def test_one_person_twice_is_said_and_boxes_are_not_corrected():
    lines = said(report("same", single=False))
    assert lines[0].startswith("One annotator labelled 40 frames twice")
    assert len(lines) == 5


def test_the_first_page_has_the_band_beside_the_gap_and_the_ceiling_in_its_chart():
    found = report()
    assert label_noise.get_label_ceiling(found) == 1 - ERROR.value
    assert any(
        "not share: an estimated 5.2% of the labels are wrong" in line
        for line in build_first_page(found).counts
    )
    assert build_first_page(example_report()).chart.ceiling is None
    drawn = draw_gap_chart(build_first_page(found).chart)
    assert (drawn.count('stroke-dasharray="1 4"'), drawn.count('stroke-dasharray="4 3"')) == (
        1,
        1,
    ), "the limit is dashed"


def test_without_repeats_nothing_is_drawn_and_the_section_says_so():
    assert label_noise.list_label_noise_notes(example_report()) == []
    assert label_noise.get_label_ceiling(example_report()) is None
    assert said(example_report()) == ["Not measured: no frame was labelled twice."]


def test_labels_that_are_no_single_classes_have_no_corrected_score():
    score = Estimate.from_limits(0.65, 0.55, 0.74, n=100, n_eff=100.0, method="wilson")
    corrected = Estimate.not_measured("not_single", 100)
    found = label_noise.LabelEffect("other", 30, score, score, score, corrected, 0.95)
    assert not found.corrected.measured


def event(frame_id, action="class", seconds=2.0, n_keys=1, **more):
    return LabelEvent(frame_id, action, makers.NOW, makers.NOW, seconds, n_keys, **more)


def test_a_frame_each_key_is_the_plain_pace():
    found = label_noise.compute_pace((event("a"), event("b")), {"a", "b"})
    assert (found.n_frames, found.seconds) == (2, 4.0)
    assert (found.n_keys, found.n_corrected, found.n_not_blind) == (2, 0, 0)


def test_corrected_is_answered_again_or_taken_back_but_not_judged_after_doubt():
    told = (
        event("a"),
        event("a"),
        event("b"),
        event("b", "back"),
        event("b"),
        event("c", "unsure"),
        event("c"),
    )
    assert label_noise.compute_pace(told, {"a", "b", "c"}).n_corrected == 2


def test_coffee_is_no_labelling_and_frames_without_a_label_do_not_count():
    found = label_noise.compute_pace(
        (event("a", seconds=3600.0), event("b", "burst", seconds=None, n_keys=0), event("gone")),
        {"a", "b"},
    )
    assert (found.n_frames, found.seconds, found.n_keys) == (2, 60.0, 1)


def test_nobody_labelled_in_the_window(drawn):
    assert label_noise.measure_pace(drawn) is None
    name = drawn.read(picks_table.list_picks)[0].frame_id
    set_label(
        drawn, name, LabelDecision("red"), "me", makers.NOW, 2.0, blind=False,
        event=event(name, blind=False, n_clicks=1),
    )  # fmt: skip
    found = label_noise.measure_pace(drawn)
    assert (found.n_frames, found.n_clicks, found.n_not_blind) == (1, 1, 1)


def test_each_side_names_the_labels_that_it_counts_the_most_doubtful_first(labelled):
    field, benchmark = label_noise.compute_suspected_labels(labelled)
    assert (field.on, benchmark.on, benchmark.n) == ("field", "benchmark", 18)
    for side in (field, benchmark):
        ranked = find_label_errors(labelled, side.on, NullProgress())
        flagged = {row.subject for row in ranked.rows if row.flagged}
        shown = [one.item if side.on == "field" else f"benchmark:{one.item}" for one in side.labels]
        assert shown == [one for one in ranked.ranking if one in flagged]
        assert side.flagged == ranked.n_flagged == len(flagged) == {"field": 6}.get(side.on, 0)
    assert field.labels[0].confidence == min(one.confidence for one in field.labels)
    assert all(one.label != one.instead and one.answer == "" for one in field.labels)


def test_a_second_look_stands_beside_its_suspect(labelled):
    subject = label_noise.compute_suspected_labels(labelled)[0].labels[0].item
    review_label(labelled, subject, "model_wrong", annotator="tester", now=makers.NOW)
    assert label_noise.compute_suspected_labels(labelled)[0].labels[0].answer == "model_wrong"


def test_points_cannot_be_doubted(pointed):
    assert label_noise.compute_suspected_labels(pointed) == ()


def shown(*found):
    return label_noise.build_suspect_section(found).blocks


def test_the_least_believed_labels_are_named_with_what_the_model_says():
    rows = tuple(label_noise.SuspectLabel(f"ok/{k}.jpg", "ok", "burr", 0.01 * k) for k in range(20))
    said, table = shown(label_noise.SuspectedLabels("benchmark", 400, 31, rows))
    assert said.text.startswith(
        "Benchmark: the model contradicts 31 of 400 labels with confidence."
    )
    assert [cell.text for cell in table.rows[1]] == ["ok/1.jpg", "ok", "burr", "0.01"]
    assert len(table.rows) == label_noise.SHOWN
    assert table.caption == f"Lowest label confidence first: {label_noise.SHOWN} of 31"


def test_a_side_without_a_suspect_is_a_sentence():
    (said,) = shown(label_noise.SuspectedLabels("field", 100, 0, ()))
    assert said.text.startswith("Field: the model contradicts 0 of 100 labels with confidence.")
    assert shown()[0].text.startswith("Not measured")


def test_a_suspect_was_not_looked_at_again_unless_somebody_did():
    one = label_noise.SuspectLabel("ok/0001.jpg", "ok", "burr", 0.01)
    assert (one.answer, label_noise.SuspectedLabels("benchmark", 400, 1, (one,)).labels) == (
        "",
        (one,),
    )
