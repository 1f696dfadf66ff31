from fieldcheck.corruptions.fix_finder import (
    FixCandidate,
    FixProof,
    FixResult,
    FixTrial,
    list_card_candidates,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import InputSpec

SPEC = InputSpec((32, 48), "short_side", interpolation="pil_bilinear", crop=0.875)
LETTERBOX = FixCandidate(card=(("resize", "letterbox"),))


def measured(value, lo):
    return Estimate(value, lo, 1.0, 50, 5.0, "cluster_t")


def test_of_a_card_only_what_it_says_otherwise_is_tried():
    names = [one.name for one in list_card_candidates(SPEC)]
    assert names == [
        "resize=stretch", "resize=letterbox", "resize=centre_crop", "crop=1.0",
        "interpolation=area", "interpolation=linear",
    ]  # fmt: skip
    assert not {one.apply_to_spec(SPEC) for one in list_card_candidates(SPEC)} & {SPEC}


def test_two_changes_together_are_both_of_them():
    both = FixCandidate(("clahe",)).combine_with(LETTERBOX)
    assert both.name == "clahe+resize=letterbox"
    assert (both.apply_to_spec(SPEC).resize, both.apply_to_spec(SPEC).crop) == ("letterbox", 0.875)


def test_proven_is_a_lower_limit_above_nothing():
    proofs = [
        FixProof(LETTERBOX, one)
        for one in (measured(0.2, 0.01), measured(0.2, 0.0), Estimate.not_measured("too_few_clips"))
    ]
    assert [one.is_proven for one in proofs] == [True, False, False]


def test_the_state_is_the_best_of_the_proofs():
    tried = (FixTrial(LETTERBOX, measured(0.1, -0.1), True),)
    found = [FixResult("net", 0, (24, 24), (4, 4), some, proofs) for some, proofs in (
        ((), ()), (tried, ()), (tried, (FixProof(LETTERBOX, measured(0.1, -0.1)),)), (tried, (FixProof(LETTERBOX, measured(0.2, 0.1)),)),
    )]  # fmt: skip
    assert [one.state for one in found] == ["too_few_clips", "nothing", "nothing", "proven"]
