"""A sentence that names a direction agrees with the interval for these cameras, or names the
footage or the images that it is about."""

import re

import pytest
from babel.messages.pofile import read_po

from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.models import messages
from fieldcheck.paths import get_resource_path
from fieldcheck.stats.cluster import judge_limit
from fieldcheck.stats.gap import VerdictCase, decide_verdict

DIRECTION = re.compile(
    r"\b(better|worse|overconfident|underconfident|falls? from|demonstrated|regression|slower"
    r"|faster|exceeds|below the rest|wrong more often|confirmed|excluded with)\b",
    re.IGNORECASE,
)
# says that nothing is shown, or what a word means
NO_CLAIM = re.compile(
    r"\b(no|not|nothing is|neither|never|none|cannot|only if|without|until)\b", re.IGNORECASE
)
# names what it is about
NAMED = re.compile(
    r"(these cameras|this footage|these images|on the benchmark|rounds|same images)", re.IGNORECASE
)
REVIEWED = {
    # heads, explanations of words, and help
    "Benchmark score minus field score, in percentage points (pp). Positive: the field is worse.",
    "A slice whose score is demonstrated to be at least 20 pp below the rest: chance and "
    "correlated clips are unlikely to explain the difference (95% level).",
    "▲ difference demonstrated, estimated at 20 pp or more below the rest. 95% CI for this footage. Dashed: all frames.",
    "Calibration was measured; the model is overconfident by at most 5 pp",
    "Each type of shift by its own features: {frames} of {clips} clip, {images}, {marked} of each "
    "masked. ▲: demonstrated",
    "Each type of shift by its own features: {frames} of {clips} clips, {images}, {marked} of each "
    "masked. ▲: demonstrated",
    "Probability that a field frame exceeds a benchmark image in this statistic (AUC; 95% CI by "
    "clip). ▲: reported",
    "Too short to detect throttling: run at least two minutes, better ten.",
    "Scores are percentages. The difference of two scores is in percentage points (pp): from 97% "
    "to 61% the gap is 36 pp. A negative gap means that the field score is higher than the "
    "benchmark score.",
    "Press A: more frames are picked on which both differ, and fewer labels show which is better.",
    "Demonstrated",
    "better",
    "worse",
    # by intervals over sites that stand beside it
    "Behind the other sites by more than {points}, demonstrated: {names}.",
    # by the intervals over clips that stand in the sentence or beside it
    "demonstrated",
    "demonstrated below the rest",
    "{name} below the rest",
    "{points} pp below the rest",
    "{points} pp below the rest ({range})",
    "▲ {name}: below the rest, demonstrated; estimated {points} pp (n = {n}, {clips}). Association, not cause.",
    "{name}: demonstrated in both reports.",
    "{name}: demonstrated in this report, not in the previous one.",
    "One drop of {points} pp ({range}), demonstrated.",
    "Demonstrated: rare classes are wrong more often than common ones. The mean score hides this; "
    "the interval shows by how much.",
    "Demonstrated shift of {kind}: AUC {auc} exceeds chance and all pairs of halves of the field's "
    "own clips.",
    "Also demonstrated, with less effect: {kinds}.",
    "Gain in recall demonstrated for {classes}. With one class per frame, the thresholds can be "
    "exported as a model card{remedy}.",
    "Route {share} of frames (confidence below {threshold}) to manual review: the error rate falls "
    "from {before} to {after} ({range}, n = {n}).",
    # by the interval over the parts of a trial, which stands in the sentence
    "Demonstrated over {parts} parts: {setting}: {change}. Selected as the best of {n}: expect a smaller gain.",
    "regression",
    "Failed: the new model shows a regression.",
    "Passed: a regression beyond the tolerance is excluded.",
    "No domain shift demonstrated beyond borders, time stamps or logos: on thumbnails the AUC "
    "falls from {plain} to {masked} when the outer eighth and static areas are masked.",
    # by the test over all pairs of models or of votes, whose intervals stand in the sentence
    "{better} is better than {worse}: {change}, demonstrated.",
    "{first}; change in accuracy {points} pp ({range}), demonstrated.",
    # of one run of a device, by its blocks of time
    "{name} is faster than {first}: median {ms} ms per frame.",
    "{ratio}× the first ({range}), demonstrated",
    "{first} ms per frame in the first minute, {last} ms in the last; slower from {time}.",
}


def list_sentences() -> list[str]:
    path = get_resource_path("locale/de/LC_MESSAGES/fieldcheck.po")
    with path.open("rb") as file:
        found = [one.id for one in read_po(file) if one.id]
    return [text for one in found for text in ([one] if isinstance(one, str) else one)]


def test_every_sentence_with_a_direction_names_whom_it_holds_for_or_was_reviewed():
    claims = [text for text in list_sentences() if DIRECTION.search(text)]
    left = [
        text
        for text in claims
        if not NO_CLAIM.search(text) and not NAMED.search(text) and text not in REVIEWED
    ]
    assert left == [], "say for whom it holds, or review what it is judged by"
    assert len(claims) > 30


def test_what_was_reviewed_is_still_said():
    assert set(list_sentences()) >= REVIEWED


def around(value: float, half: float) -> Estimate:
    return Estimate.from_limits(
        value, value - half, value + half, n=96, n_eff=60.0, method="clusters"
    )


CHANGES = [around(value, half) for value in (-0.2, -0.05, 0.0, 0.05, 0.2) for half in (0.02, 0.1)]


@pytest.mark.parametrize("cameras", CHANGES, ids=lambda one: f"{one.lo:.2f} to {one.hi:.2f}")
@pytest.mark.parametrize("footage", CHANGES, ids=lambda one: f"{one.lo:.2f} to {one.hi:.2f}")
def test_a_model_is_called_better_for_the_cameras_only_by_their_interval(footage, cameras):
    verdict = ChangeVerdict.from_limits(cameras)
    said = messages.describe_change_verdict("old", "new", "accuracy", verdict, footage)
    shown = {"old": cameras.hi < 0, "new": cameras.lo > 0}
    for name, is_shown in shown.items():
        assert (f"{name} is better in accuracy for these cameras" in said) == is_shown
    if not any(shown.values()) and " is better " in said:
        assert "on this footage only" in said
        assert not footage.lo <= 0 <= footage.hi


@pytest.mark.parametrize("gap", CHANGES, ids=lambda one: f"{one.lo:.2f} to {one.hi:.2f}")
@pytest.mark.parametrize("limit", [0.0, 0.03, 0.1])
def test_a_gap_is_judged_by_its_interval(gap, limit):
    verdict = decide_verdict(gap, "camera", limit, VerdictCase())
    assert (verdict == "fail") == (gap.lo > limit)
    assert (verdict == "pass") == (gap.hi <= limit)
    assert decide_verdict(gap, "footage", limit, VerdictCase()) == "not_enough"


@pytest.mark.parametrize("limit", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("rate", [(0.03, 0.0, 0.04), (0.1, 0.06, 0.15), (0.2, 0.21, 0.3)])
def test_a_rate_is_met_or_not_by_the_interval_of_the_cameras(rate, limit):
    found = Estimate.from_limits(*rate, n=60, n_eff=60.0, method="beta_binomial_clips")
    state = judge_limit(found, limit)
    assert (state == "met") == (found.hi <= limit)
    assert (state == "not_met") == (found.lo > limit)
