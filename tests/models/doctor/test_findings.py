import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.i18n import language
from fieldcheck.models.check_model import describe_no_better_guess, list_claim_lines
from fieldcheck.models.doctor.findings import (
    CODES,
    SEEN,
    Diagnosis,
    Finding,
    describe_candidate,
    describe_diagnosis,
    describe_finding,
    describe_proposed_values,
    format_card_changes,
    list_diagnosis_checks,
)
from fieldcheck.stats.wilson_interval import estimate_wilson
from tests.models.doctor.patients import patient


def test_a_finding_has_one_of_the_codes_that_others_rely_on():
    assert len(CODES) == len(set(CODES)) == 19
    with pytest.raises(ValueError, match="guess"):
        Finding("guess", "error", "labels")


@pytest.mark.long
@pytest.mark.parametrize(("level", "ok"), [("error", False), ("warning", True), ("info", True)])
def test_only_an_error_makes_answers_wrong(level, ok):
    card = patient("plain").card
    assert Diagnosis(card, (Finding("scale", level, "labels"),), ()).ok is ok


LABELS = {
    "n": 40,
    "said_score": estimate_wilson(10, 40),
    "fits_score": estimate_wilson(36, 40),
    "change": {"colour": "BGR", "scale": 1.0},
}
RANGE = {
    "low": 0.0, "high": 255.0, "held_low": -1.0, "held_high": 0.992,
    "change": {"scale": 1 / 128, "mean": [1.0, 1.0, 1.0]},
}  # fmt: skip
FACTS = {
    ("channel_order", "labels"): LABELS,
    ("at_chance", "labels"): {"n": 40, "said_score": estimate_wilson(4, 40), "chance": 0.1},
    ("at_chance", "objects"): {"n": 40, "score": estimate_wilson(1, 40)},
    ("channel_order", "channels"): {"said": "RGB", "has": 1},
    ("scale", "labels"): LABELS,
    ("scale", "range"): RANGE,
    ("scale", "behaviour"): {
        "low": 0.0, "high": 255.0, "sign": "saturated", "change": {"scale": 1 / 255},
    },
    ("mean_std", "labels"): LABELS,
    ("mean_std", "range"): RANGE,
    ("resize", "labels"): LABELS,
    ("resize", "size"): {"said": "16×48", "has": "32×32"},
    ("layout", "labels"): LABELS,
    ("layout", "shape"): {"said": "NHWC", "fits": "NCHW", "shape": "1×3×8×8"},
    ("class_order", "labels"): {**LABELS, "change": {"classes": list("abcdef")}},
    ("class_count", "kind"): {"kind": "yolox", "shape": "1×3"},
    ("class_count", "figures"): {"kind": "yolo_end2end", "shape": "1×756×6", "fits": ("yolox",)},
    ("class_count", "background"): {"name": "background", "kind": "yolox"},
    ("class_count", "unclear"): {
        "shape": "1×5", "fits": ("classification sigmoid (5)", "multilabel sigmoid (5)"),
    },
    ("class_count", "classes"): {"said": 2, "has": 3, "shape": "1×3"},
    ("class_count", "detector"): {"said": 2, "has": "", "shape": "1×7×84"},
    ("class_count", "names"): {"names": ("crack", "burr"), "said": 3},
    ("batch_norm_training", "flag"): {"n": 2, "layer": "norm"},
    ("batch_norm_training", "mean"): {"n": 2, "layer": "mean"},
    ("dropout_active", "flag"): {"n": 1, "layer": "drop"},
    ("dropout_active", "random"): {"n": 1, "layer": "Bernoulli"},
    ("dropout_active", "repeat"): {"difference": 0.25},
    ("batch_dependent", "company"): {"n": 4, "difference": 0.5, "spread": 2.0},
    ("constant_output", "probes"): {"n": 16},
    ("nan_output", "probes"): {"n": 3, "of": 16},
    ("softmax_twice", "graph"): {"first": "soft", "operator": "Softmax"},
    ("softmax_twice", "card"): {"operator": "Softmax"},
    ("softmax_twice", "values"): {"high": 0.4, "classes": 5},
    ("softmax_missing", "values"): {"kind": "softmax", "low": -3.0, "high": 8.0},
    ("ignored_input", "graph"): {"input": "other"},
    ("insensitive", "probes"): {"n": 16, "moves": 0.01, "usual": 0.2},
    ("unsupported_operator", "too_new"): {"seen": "opset 99, limit 26"},
    ("unsupported_operator", "unsupported_operator"): {"seen": "Guess"},
    ("unsupported_operator", "provider"): {
        "provider": "cuda", "n": 4, "moved": 0.0, "seen": "Loop, NonZero",
    },
    ("precision_drift", "provider"): {"provider": "cuda", "n": 4, "moved": 0.2, "seen": ""},
    ("precision_drift", "shape"): {"base": "m.onnx"},
    ("precision_drift", "base"): {"base": "m.onnx", "n": 16, "moved": 0.2, "flipped": 0.1},
}  # fmt: skip


@pytest.fixture(params=["en", "de"])
def tongue(request):
    language.set_language(request.param)
    yield request.param
    language.set_language("en")


def test_every_code_has_its_sentences_and_every_sentence_a_finding():
    assert {code for code, _ in FACTS} == set(CODES)
    assert {pair for pair in SEEN if pair[0]} <= set(FACTS)


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("pair", FACTS, ids="-".join)
def test_a_finding_says_what_how_seen_and_what_to_do(tongue, pair):
    code, how = pair
    said = describe_finding(Finding(code, "error", how, FACTS[pair]))
    for sentence in (said.problem, said.evidence, said.remedy):
        assert sentence.endswith((".", "…"))
        assert "{" not in sentence
        assert len(sentence) < 300


@pytest.mark.parametrize("sign", ["saturated", "flat", "quiet"])
def test_every_sign_of_a_wrong_scale_has_words(sign):
    facts = {"low": 0.0, "high": 255.0, "sign": sign, "change": {"scale": 1 / 255}}
    assert "0 to 255" in describe_finding(Finding("scale", "error", "behaviour", facts)).evidence


def test_what_the_labels_show_stands_with_both_scores_and_the_change():
    said = describe_finding(Finding("scale", "error", "labels", LABELS))
    assert said.evidence == (
        "On 40 labelled frames the accuracy is 25% (14–40%) with the model card as it is, and "
        "90% (77–96%) with colour BGR, scale 1."
    )
    assert said.remedy == "In the model card, set: colour BGR, scale 1."


def test_a_proposal_is_no_error_of_the_card():
    said = describe_finding(Finding("resize", "info", "labels", LABELS | {"proposed": True}))
    expected = "Preprocessing is not specified; it was inferred from the labelled frames."
    assert said.problem == expected
    assert "as proposed" in said.evidence


@pytest.mark.parametrize("pair", [
    ("scale", "range"),
    ("scale", "behaviour"),
    ("softmax_twice", "card"),
    ("softmax_missing", "values"),
])  # fmt: skip
def test_no_card_is_quoted_where_none_was_given(tongue, pair):
    finding = Finding(pair[0], "info", pair[1], FACTS[pair] | {"proposed": True, "sign": "quiet"})
    said = describe_finding(finding)
    for sentence in (said.problem, said.evidence):
        assert "model card" not in sentence.lower()
        assert "modellkarte" not in sentence.lower()


def test_outputs_that_no_kind_explains_name_the_keys_to_write():
    for how in ("kind", "unclear"):
        facts = {"kind": "yolo", "shape": "1×3×8×8", "fits": ()}
        said = describe_finding(Finding("class_count", "error", how, facts))
        cases = ("task", "output.kind", "output.names", "ssd", "masks")
        assert all(key in said.remedy for key in cases)


def test_changes_are_written_short():
    changes = {"scale": 1 / 255, "mean": [0.5, 0.5, 0.5], "std": [0.1, 0.2, 0.3]}
    assert format_card_changes(changes) == "scale 0.003922, mean 0.5, std 0.1 / 0.2 / 0.3"
    assert format_card_changes({"classes": list("abcdef")}) == "classes a / b / c / d / …"


def test_the_first_line_says_what_it_was_looked_at_with():
    expected = "net: no problem found (checked with rendered images only)."
    assert describe_diagnosis("net", 0, 0) == expected
    expected = "net: 1 problem found (checked with 40 labelled frames)."
    assert describe_diagnosis("net", 1, 40) == expected
    expected = "task, classes: not specified; the model card values above are proposals to confirm."
    assert describe_proposed_values(["task", "classes"]) == expected


def test_the_checklist_ticks_what_was_looked_at_and_leaves_open_what_only_labels_tell():
    sound = list_diagnosis_checks(frozenset(), 40)
    assert all(one.startswith("✓ ") for one in sound)
    unlabelled = list_diagnosis_checks(frozenset(), 0)
    assert [one for one in unlabelled if one.startswith("– ")] == [
        "– channel order, scale, resize and layout: requires labelled frames",
        "– number and order of the classes: requires labelled frames",
    ]  # fmt: skip
    assert len(list_diagnosis_checks(frozenset(("scale",)), 40)) == len(sound) - 1
    unexpected = "✓ channel order, scale, resize and layout"
    assert unexpected not in list_diagnosis_checks(frozenset(("nan_output",)), 40)


def test_a_candidate_is_its_change_and_its_score():
    expected = "current model card: accuracy 90% (60–98%), n = 10"
    assert describe_candidate({}, estimate_wilson(9, 10)) == expected
    assert describe_candidate({"colour": "BGR"}, Estimate.not_measured("no_labels")) == "colour BGR"


def test_claim_and_measurement_stand_side_by_side():
    said = list_claim_lines(0.97, estimate_wilson(142, 200), True, False)
    assert said[0] == (
        "Reference score 97.0%. Measured here on a spot check of 200 benchmark images: 71.0% "
        "(64.4–76.8%)."
    )
    assert said[1].startswith("The score measured on 200 images")
    expected = "The score measured on 100 images does not contradict the reference score."
    assert list_claim_lines(0.7, estimate_wilson(71, 100), False, True)[1] == expected
    expected = "on 100 benchmark images"
    assert expected in list_claim_lines(0.7, estimate_wilson(71, 100), False, True)[0]


@pytest.mark.parametrize(
    ("claimed", "score", "met"),
    [(None, estimate_wilson(1, 2), None), (0.9, None, None), (0.9, estimate_wilson(0, 0), None)],
)
def test_nothing_is_said_where_nothing_can_be_held_against_a_claim(claimed, score, met):
    assert list_claim_lines(claimed, score, False, met) == ()


def test_the_best_guess_is_said_with_its_score():
    score = estimate_wilson(142, 200)
    said = list_claim_lines(0.97, score, True, False, ({"colour": "RGB"}, estimate_wilson(93, 96)))
    assert said[2] == (
        "Most likely preprocessing: colour RGB. With it, the labelled benchmark images give "
        "97% (91–99%, n = 96)."
    )


def test_what_was_looked_for_in_vain_is_said():
    expected = "Other preprocessing was tested on 64 labelled images: no gain demonstrated."
    assert describe_no_better_guess(64) == expected
