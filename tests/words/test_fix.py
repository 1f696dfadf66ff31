from dataclasses import replace

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.fix import FixCandidate, FixFound, FixProof, FixTried
from fieldcheck.scoring.field import CHOSEN
from fieldcheck.words import language
from fieldcheck.words.fix import fix_lines, fix_name

BOTH = FixCandidate(("gamma_0.67",), (("resize", "letterbox"),))
CLAHE = FixCandidate(("clahe",))


def measured(value, lo, hi):
    return Estimate(value, lo, hi, 50, 5.0, "cluster_t")


def found(*proofs, tried=True):
    some = (FixTried(BOTH, measured(0.3, 0.1, 0.5), True), FixTried(CLAHE, measured(0.1, -0.1, 0.3), True)) if tried else ()
    return FixFound("net", 0, (50, 50), (5, 5) if tried else (1, 1), some, proofs)


def test_a_proven_change_is_told_with_its_interval_its_level_its_cost_and_what_to_write_where():
    proofs = FixProof(BOTH, measured(0.3, 0.1, 0.5), measured(-0.01, -0.04, 0.02)), FixProof(CLAHE, measured(0.1, -0.1, 0.3))
    assert fix_lines(found(*proofs)) == (
        "net: preprocessing changes on half A (50 labelled frames, 5 clips), change of the share of right frames:",
        '  brighter (gamma 0.67) + model card: "resize": "letterbox": 30.0 pp (10.0–50.0, n = 50)',
        "  CLAHE on luma: 10.0 pp (−10.0 to 30.0, n = 50)",
        'Proven on half B: brighter (gamma 0.67) + model card: "resize": "letterbox": 30.0 pp (10.0–50.0, n = 50); '
        "interval at 97.5%, 5 clips.",
        "  It changes the benchmark score by −1.0 pp (−4.0 to 2.0, n = 50).",
        '  Write into the model card, under input: "resize": "letterbox"',
        "  Set the camera or the light so, or do it to every frame before the model: brighter (gamma 0.67)",
        "Not proven on half B: CLAHE on luma: 10.0 pp (−10.0 to 30.0, n = 50); interval at 97.5%, 5 clips.",
        "These frames have chosen the change: draw a fresh sample for the score after it.",
    )


def test_what_is_not_proven_is_no_help():
    said = fix_lines(found(FixProof(CLAHE, measured(0.1, -0.1, 0.3))))
    assert said[3:] == (
        "Nothing is shown to help: no gain on half A is proven on half B.",
        "Not proven on half B: CLAHE on luma: 10.0 pp (−10.0 to 30.0, n = 50); interval at 95.0%, 5 clips.",
    )
    assert fix_lines(found())[-1] == "Nothing is shown to help: no change gains anything on half A."


def test_too_few_clips_are_said_to_be_so():
    assert fix_lines(found(tried=False)) == (
        "Not enough clips: each half needs 3, and the labelled frames lie in 2 clips. Record more clips, or label frames of others.",
    )


def test_frames_chosen_by_hand_speak_for_themselves_alone():
    by_hand = FixTried(CLAHE, measured(0.1, -0.1, 0.3).weakened(CHOSEN), False)
    assert fix_lines(replace(found(), tried=(by_hand,)))[-1] == "The frames were chosen by hand: all this holds for them alone."


def test_names_are_german_in_german():
    with language.spoken("de"):
        assert fix_name(BOTH) == 'heller (Gamma 0,67) + Modellkarte: "resize": "letterbox"'
