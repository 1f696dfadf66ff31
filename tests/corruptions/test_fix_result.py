import json
from dataclasses import replace

from fieldcheck.corruptions.fix_candidates import (
    FixCandidate,
    FixResult,
    FixTrial,
    FrameRates,
    load_parts,
    store_part,
)
from fieldcheck.corruptions.fix_messages import list_outcome_lines
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.models.doctor.findings import Finding
from fieldcheck.models.store import find_model
from tests import makers

LETTERBOX = FixCandidate(card=(("resize", "letterbox"),))


def trial(lo, direction="better"):
    change = Estimate(0.2, lo, 1.0, 50, 5.0, "clip_change_of_several")
    return FixTrial(LETTERBOX, ChangeVerdict(change, 0.01, direction))


def test_the_state_is_that_of_the_trials_and_the_surest_comes_first():
    tried = (trial(0.01), trial(-0.1, ""), trial(0.05))
    results = [FixResult("net", 0, 48, 8, some) for some in ((), tried[1:2], tried)]
    assert [result.state for result in results] == ["too_few_clips", "nothing", "proven"]
    assert results[2].demonstrated == (tried[2], tried[0])


def test_a_result_comes_back_from_json_as_it_was():
    benchmark = Estimate(-0.01, -0.04, 0.02, 500, 500.0, "bonett_price")
    tried = FixTrial(
        LETTERBOX,
        trial(0.05).verdict,
        benchmark,
        mended=("a", "b"),
        broken=("c",),
        rates=FrameRates(10, (4, 1), 30, (0, 3), 0.05),
    )
    cause = Finding("channel_order", "error", "labelled", {"n": 8})
    result = FixResult(
        "net", 3, 48, 8, (tried,), (cause,), "run", ("a", "b", "c"), 11.5, makers.NOW
    )
    assert FixResult.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_a_threshold_that_breaks_the_limit_of_false_rejects_is_not_proposed():
    rates = FrameRates(10, (4, 1), 30, (0, 3), 0.05)
    broken, kept = (replace(trial(0.05), rates=one) for one in (rates, replace(rates, limit=0.1)))
    assert (broken.is_refused, kept.is_refused) == (True, False)
    assert FixResult("net", 0, 48, 8, (broken,)).state == "nothing"
    assert FixResult("net", 0, 48, 8, (broken, kept)).demonstrated == (kept,)
    already = replace(rates, rejected=(2, 3))
    assert not already.breaks_limit
    assert not replace(rates, limit=None).breaks_limit
    first, *_ = list_outcome_lines(FixResult("net", 0, 48, 8, (broken,)))
    assert first == (
        'Not proposed, since false rejects would exceed their limit: model card: "resize": '
        '"letterbox". Frames: escapes 4 of 10 before, 1 after; false rejects 0 of 30 before, 3 '
        "after."
    )


def test_parts_of_another_search_are_none_of_this_one(drawn):
    model = find_model(drawn)
    store_part(drawn, model, "one", 1, {"clahe": {"a": 1}}, makers.NOW)
    store_part(drawn, model, "one", 2, {"clahe": {"b": 0}, "median": {"b": 1}}, makers.NOW)
    store_part(drawn, model, "other", 1, {"clahe": {"a": 0}}, makers.NOW)
    assert load_parts(drawn, model, "one") == ({"clahe": {"a": 1, "b": 0}, "median": {"b": 1}}, 2)
    assert load_parts(drawn, model, "none") == ({}, 0)
