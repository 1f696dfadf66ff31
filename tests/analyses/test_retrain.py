import numpy as np
import pytest
from scipy.stats import quantile_test

from fieldcheck.analyses.failure_modes import FailureMode
from fieldcheck.analyses.retraining import (
    build_retrain_section,
    compute_retrain_advice,
    estimate_median,
    make_confidence_alert,
    make_drop_alert,
    make_retrain_advice,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.models.embeddings import set_tags
from fieldcheck.models.evaluate import get_top_class
from fieldcheck.models.run import add_predictions
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from tests import makers


def change(value, lo, hi):
    return Estimate(value, lo, hi, 100, 12.0, "cluster_t")


def mode(name, stock):
    share = Estimate(0.5, 0.3, 0.7, 20, 20.0, "wilson")
    return FailureMode(name, 10, share, stock, max(0, 200 - stock))


@pytest.mark.parametrize("n", [6, 19, 20, 41, 100])
def test_the_limits_of_the_median_are_scipys(n):
    values = np.random.default_rng(n).random(n)
    found = estimate_median(values)
    wanted = quantile_test(values, q=0, p=0.5).confidence_interval(0.95)
    actual = (found.value, found.lo, found.hi)
    assert actual == pytest.approx((np.median(values), wanted.low, wanted.high))


def test_few_values_have_no_limits():
    assert (estimate_median(np.array([0.4])).lo, estimate_median(np.array([0.4])).hi) == (0.0, 1.0)
    assert estimate_median(np.array([np.nan])).status == "na"


@pytest.mark.parametrize(("of", "state"), [
    (change(-0.08, -0.12, -0.04), "alert"),
    (change(-0.05, -0.12, 0.02), "watch"),
    (change(0.01, -0.02, 0.04), "quiet"),
    (change(-0.01, -0.06, 0.04), "too_few"),
])  # fmt: skip
def test_a_drop_alerts_by_its_range(of, state):
    found = make_drop_alert("v2", of, True)
    assert found.state == state
    assert (found.figure.value, found.figure.lo, found.figure.hi) == (-of.value, -of.hi, -of.lo)


@pytest.mark.parametrize(("of", "state"), [
    (change(-0.08, -0.12, -0.04), "watch"),
    (change(0.01, -0.02, 0.04), "too_few"),
])  # fmt: skip
def test_a_drop_on_one_footage_alone_is_a_reason_to_look_and_no_more(of, state):
    assert make_drop_alert("v2", of, False).state == state


@pytest.mark.parametrize(("values", "state"), [
    (np.full(25, 0.5), "alert"),
    (np.r_[np.full(13, 0.55), np.full(12, 0.9)], "watch"),
    (np.full(25, 0.9), "quiet"),
    (np.full(19, 0.3), "too_few"),
    (np.zeros(0), "too_few"),
])  # fmt: skip
def test_a_class_alerts_from_twenty_answers_on(values, state):
    assert make_confidence_alert("crack", values).state == state


@pytest.mark.parametrize(("drop", "modes", "advice"), [
    (change(0.0, -0.02, 0.02), (mode("dark", 300),), "none"),
    (change(-0.05, -0.12, 0.02), (mode("dark", 300),), "look"),
    (change(-0.08, -0.12, -0.04), (mode("dark", 300), mode("blur", 30)), "collect"),
    (change(-0.08, -0.12, -0.04), (mode("dark", 300), mode("", 0)), "collect"),
    (change(-0.08, -0.12, -0.04), (), "collect"),
    (change(-0.08, -0.12, -0.04), (mode("dark", 300),), "retrain_candidate"),
])  # fmt: skip
def test_the_advice_asks_for_a_broken_rule_and_for_pictures(drop, modes, advice):
    assert make_retrain_advice(("v2", drop, True), (), modes).advice == advice


def test_the_rules_break_beyond_their_limit_and_not_at_it():
    assert make_drop_alert("v2", change(-0.04, -0.05, -0.03), True).state == "watch"
    assert make_drop_alert("v2", change(-0.03, -0.05, -0.01), True).state == "too_few"
    assert make_drop_alert("v2", change(-0.02, -0.03, -0.01), True).state == "quiet"
    expected = ["too_few", "alert"]
    assert [make_confidence_alert("c", np.full(n, 0.5)).state for n in (19, 20)] == expected
    assert make_confidence_alert("c", np.full(25, 0.6)).state == "quiet"
    assert make_confidence_alert("c", np.r_[np.full(13, 0.55), np.full(12, 0.6)]).state == "watch"


def test_each_alert_names_its_rule_and_figure():
    sure, share = np.linspace(0.3, 0.5, 30), mode("dark", 200).share
    found = make_retrain_advice(
        ("v2", change(-0.08, -0.12, -0.04), True),
        (("crack", sure), ("hole", sure)),
        (mode("dark", 200), mode("oil", 199)),
    )
    assert [(one.rule, one.subject, one.state, one.stock) for one in found.alerts] == [
        ("drop", "v2", "alert", 0),
        ("class_confidence", "crack", "alert", 0),
        ("class_confidence", "hole", "alert", 0),
        ("failure_mode", "dark", "alert", 200),
        ("failure_mode", "oil", "watch", 199),
    ]
    actual = [one.figure for one in found.alerts[1:4]]
    assert actual == [estimate_median(sure), estimate_median(sure), share]
    drop = found.alerts[0].figure
    assert (drop.n, drop.n_eff) == (100, 12.0)
    assert (drop.method, drop.status, drop.note) == ("cluster_t", "ok", "")
    assert (found.advice, found.flagged) == ("collect", ("crack", "hole"))
    expected = "retrain_candidate"
    assert make_retrain_advice(None, (("crack", sure),), (mode("dark", 200),)).advice == expected


def test_a_median_says_of_how_many_values_it_is():
    found = estimate_median(np.r_[np.linspace(0, 1, 20), np.nan, np.inf])
    assert (found.n, found.n_eff, found.method, found.status) == (20, 20.0, "sign_test", "ok")
    assert estimate_median(np.zeros(0)).note == "no_answers"
    assert [estimate_median(np.full(n, 0.2)).hi for n in (5, 6)] == [1.0, 0.2]


def test_without_releases_and_flags_only_the_modes_are_told():
    found = make_retrain_advice(None, (), (mode("dark", 20), mode("", 0)))
    expected = [("failure_mode", "dark", "watch", 20)]
    assert [(one.rule, one.subject, one.state, one.stock) for one in found.alerts] == expected
    assert (found.advice, found.flagged) == ("none", ())


def test_without_labels_there_is_no_advice(drawn, empty):
    assert compute_retrain_advice(drawn) is None
    assert compute_retrain_advice(empty) is None


def test_nothing_flagged_and_one_release_break_no_rule(labelled):
    found = compute_retrain_advice(labelled)
    assert (found.advice, found.alerts, found.flagged) == ("none", (), ())


def test_a_tag_on_a_wrong_frame_flags_its_class(labelled):
    side = load_field_side(labelled, find_model(labelled))
    at = int(side.labelled[~side.judgement.right][0])
    frame = side.picks[at].frame_id
    set_tags(labelled, [frame], add=["dark"])
    found = compute_retrain_advice(labelled)
    assert found.flagged == (side.labels[frame].class_name,)
    (confidence,) = [one for one in found.alerts if one.rule == "class_confidence"]
    k = ("red", "green", "blue").index(found.flagged[0])
    tops = [get_top_class(side.answers[line.frame.frame_id].answer) for line in side.listing]
    wanted = [sure for best, sure in tops if best == k]
    assert (confidence.figure.n, confidence.figure.value) == (len(wanted), np.median(wanted))
    assert [one.subject for one in found.alerts if one.rule == "failure_mode"] == ["dark"]


def set_answers(project, folder, lines, thresholds):
    """A file of predictions as the newest model; on the first frame labelled green, which is
    tagged, it names blue."""
    output = {"kind": "predictions", "thresholds": thresholds}
    document = {"task": "classification", "classes": list(makers.COLOURS), "output": output}
    card = makers.write_card(folder / "card.json", document)
    side = load_field_side(project, find_model(project))
    frame = next(name for name, label in side.labels.items() if label.class_name == "green")
    set_tags(project, [frame], add=["dark"])
    head, usual, odd = lines
    others = (line.frame.frame_id for line in side.listing)
    rows = [f"{name},{odd if name == frame else usual}" for name in others]
    (folder / "p.csv").write_text("\n".join([f"id,{head}", *rows]) + "\n")
    add_predictions(project, folder / "p.csv", card, None, NullProgress(), makers.LATER)
    return len(rows)


def get_confidence_alert(project):
    (alert,) = (
        one for one in compute_retrain_advice(project).alerts if one.rule == "class_confidence"
    )
    assert alert.subject == "green"
    return alert


def test_the_confidence_is_that_of_the_class_that_the_card_names(labelled, tmp_path):
    lines = ("red,green,blue", "0.7,0.3,0", "0,0.1,0.9")
    n = set_answers(labelled, tmp_path, lines, {"green": 0.2})
    figure = get_confidence_alert(labelled).figure
    assert (figure.n, figure.value) == (n - 1, pytest.approx(0.3))


def test_decisions_without_a_confidence_break_no_rule_and_keep_none(labelled, tmp_path):
    set_answers(labelled, tmp_path, ("class", "green", "blue"), {})
    alert = get_confidence_alert(labelled)
    assert (alert.state, alert.figure.measured) == ("too_few", False)


def test_masks_flag_no_class(pointed):
    assert compute_retrain_advice(pointed).flagged == ()


def page(*found):
    return build_retrain_section(make_retrain_advice(*found)).blocks


def test_nothing_compared_is_no_advice():
    expected = "No frame has both a definite label and a prediction yet."
    assert build_retrain_section(None).blocks[0].text == expected


def test_an_alert_stands_with_its_evidence_and_retrains_nothing():
    said, table = page(
        ("v2", change(-0.08, -0.12, -0.04), True),
        [("crack", np.full(30, 0.5))],
        [mode("dark", 300)],
    )
    assert said.text.endswith("retraining is an option, the decision stays with you.")
    rows = [[cell.text for cell in row][1:] for row in table.rows]
    assert rows[0] == ["v2", "8 pp (4–12, n = 100)", "▲ alert"]
    assert rows[1] == ["crack", "0.50 (0.50–0.50, n = 30)", "▲ alert"]
    assert rows[2] == ["dark", "300 of 200 collected, 50% (30–70%) of errors", "enough to train on"]


def test_too_few_pictures_are_collected_first():
    said, flag, table = page(("v2", change(-0.08, -0.12, -0.04), True), [], [mode("dark", 30)])
    assert "too few to retrain" in said.text
    assert flag.text.startswith("No class flagged")
    assert table.rows[1][3].text == "collect first"


def test_no_rule_at_all_is_said():
    said, _ = page(None, [], [])
    assert said.text == "No retraining rule demonstrably violated."
