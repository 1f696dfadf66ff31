from dataclasses import replace

from fieldcheck.cli.fix import get_fix_name, list_fix_lines
from fieldcheck.corruptions.fix_finder import FixCandidate, FixProof, FixResult, FixTrial
from fieldcheck.domain.estimate import Estimate
from fieldcheck.i18n import language
from fieldcheck.stats.weighted_field_score import CHOSEN

BOTH = FixCandidate(("gamma_0.67",), (("resize", "letterbox"),))
CLAHE = FixCandidate(("clahe",))


def measured(value, lo, hi):
    return Estimate(value, lo, hi, 50, 5.0, "cluster_t")


def found(*proofs, tried=True):
    some = (
        (
            FixTrial(BOTH, measured(0.3, 0.1, 0.5), True),
            FixTrial(CLAHE, measured(0.1, -0.1, 0.3), True),
        )
        if tried
        else ()
    )
    return FixResult("net", 0, (50, 50), (5, 5) if tried else (1, 1), some, proofs)


def test_a_proven_change_is_told_with_its_interval_its_level_its_cost_and_what_to_write_where():
    proofs = (
        FixProof(BOTH, measured(0.3, 0.1, 0.5), measured(-0.01, -0.04, 0.02)),
        FixProof(CLAHE, measured(0.1, -0.1, 0.3)),
    )
    assert list_fix_lines(found(*proofs)) == (
        "net: preprocessing changes on half A (50 labelled frames, 5 clips), change in accuracy:",
        '  brighter (gamma 0.67) + model card: "resize": "letterbox": 30.0 pp (10.0–50.0, n = 50)',
        "  CLAHE on luma: 10.0 pp (−10.0 to 30.0, n = 50)",
        'Demonstrated on half B: brighter (gamma 0.67) + model card: "resize": "letterbox": '
        "30.0 pp "
        "(10.0–50.0, n = 50); 97.5% CI, 5 clips.",
        "  Benchmark score changes by −1.0 pp (−4.0 to 2.0, n = 50).",
        '  Add to the model card, under input: "resize": "letterbox"',
        "  Adjust camera or light, or preprocess every frame: brighter (gamma 0.67)",
        (
            "Not demonstrated on half B: CLAHE on luma: 10.0 pp (−10.0 to 30.0, n = 50); 97.5% "
            "CI, 5 clips."
        ),
        "This change was selected on these frames: pick a new sample to score it.",
    )


def test_what_is_not_proven_is_no_help():
    said = list_fix_lines(found(FixProof(CLAHE, measured(0.1, -0.1, 0.3))))
    assert said[3:] == (
        "No change demonstrated to help: no gain on half A is confirmed on half B.",
        (
            "Not demonstrated on half B: CLAHE on luma: 10.0 pp (−10.0 to 30.0, n = 50); 95.0% "
            "CI, 5 clips."
        ),
    )
    assert list_fix_lines(found())[-1] == "No change demonstrated to help: no gain on half A."


def test_too_few_clips_are_said_to_be_so():
    assert list_fix_lines(found(tried=False)) == (
        (
            "Not enough clips: each half requires 3, and the labelled frames come from 2 "
            "clips. Record more "
            "clips, or label frames from other clips."
        ),
    )


def test_frames_chosen_by_hand_speak_for_themselves_alone():
    by_hand = FixTrial(CLAHE, measured(0.1, -0.1, 0.3).with_weak_status(CHOSEN), False)
    expected = "These frames were selected by hand; the result is valid for them only."
    assert list_fix_lines(replace(found(), tried=(by_hand,)))[-1] == expected


def test_names_are_german_in_german():
    with language.use_language("de"):
        assert get_fix_name(BOTH) == 'heller (Gamma 0,67) + Modellkarte: "resize": "letterbox"'
