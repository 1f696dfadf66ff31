import json

from fieldcheck.corruptions.fix_candidates import (
    FixCandidate,
    FixResult,
    FixTrial,
    load_parts,
    store_part,
)
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
    tried = FixTrial(LETTERBOX, trial(0.05).verdict, benchmark, mended=("a", "b"), broken=("c",))
    cause = Finding("channel_order", "error", "labelled", {"n": 8})
    result = FixResult(
        "net", 3, 48, 8, (tried,), (cause,), "run", ("a", "b", "c"), 11.5, makers.NOW
    )
    assert FixResult.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_parts_of_another_search_are_none_of_this_one(drawn):
    model = find_model(drawn)
    store_part(drawn, model, "one", 1, {"clahe": {"a": 1}}, makers.NOW)
    store_part(drawn, model, "one", 2, {"clahe": {"b": 0}, "median": {"b": 1}}, makers.NOW)
    store_part(drawn, model, "other", 1, {"clahe": {"a": 0}}, makers.NOW)
    assert load_parts(drawn, model, "one") == ({"clahe": {"a": 1, "b": 0}, "median": {"b": 1}}, 2)
    assert load_parts(drawn, model, "none") == ({}, 0)
