from dataclasses import replace
from math import inf, nan

import pytest

from fieldcheck.corruptions import messages
from fieldcheck.corruptions.catalogue import ALIKE, CATALOG
from fieldcheck.corruptions.messages import (
    REFERENCE_SIDE,
    STOPS,
    describe_first_flip,
    describe_likeness,
    describe_match,
    describe_severity,
    describe_steps,
    format_candidate,
    get_corruption_name,
    get_family_name,
    get_severity_name,
    group_by_cause,
    list_line_faults,
)
from fieldcheck.corruptions.transforms.pixels import REFERENCE_SIDE as REFERENCE_OF_TRANSFORMS
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.robustness import (
    CLEAN,
    CandidateCorruption,
    FamilyRow,
    FieldMatch,
    OodResults,
    RunnerUp,
    ShortcutRow,
    Sweep,
    SweepRow,
)
from fieldcheck.i18n import language
from fieldcheck.stats.wilson_interval import estimate_wilson


def test_every_corruption_of_the_catalogue_has_a_name_of_its_own():
    names = [get_corruption_name(name) for name in CATALOG]
    assert len(set(names)) == len(CATALOG)
    assert not set(names) & set(CATALOG)
    assert get_corruption_name("tomorrow") == "tomorrow"


def test_the_four_stops_have_names_and_what_lies_between_has_a_figure():
    assert [get_severity_name(stop) for stop in STOPS] == ["off", "mild", "moderate", "severe"]
    assert get_severity_name(2.44) == "severity 2.4 of 5"


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("name", CATALOG)
@pytest.mark.parametrize("severity", [1.0, 2.5, 3.0, 5.0])
def test_every_corruption_says_what_it_does_in_figures(name, severity):
    said = describe_severity(name, severity)
    assert any(letter.isdigit() for letter in said)
    assert said.endswith(".")
    assert "{" not in said


@pytest.mark.parametrize("name", CATALOG)
def test_off_is_off(name):
    assert describe_severity(name, 0) == "No corruption applied."


def test_the_figures_are_those_of_the_catalogue():
    assert describe_severity("dark", 3) == "Light reduced to 35%, with read noise of 3 grey levels."
    assert describe_severity("motion", 3) == "Motion streaks of 5.2% of the shorter side."
    assert describe_severity("jpeg", 3) == "JPEG quality 15 of 100."
    assert describe_severity("bright", 1) == "Exposure × 1.2: highlights clip."
    assert describe_severity("occlusion", 5) == "25% of the image is covered."
    assert describe_severity("gauss_noise", 3) == "Gaussian noise, σ 20 of 255 grey levels."


def test_lengths_are_shares_of_the_side_that_the_transforms_scale_by():
    assert REFERENCE_SIDE == REFERENCE_OF_TRANSFORMS


def test_figures_follow_the_language():
    with language.use_language("de"):
        assert "5,2 %" in describe_severity("motion", 3)


def test_an_unknown_corruption_is_refused():
    with pytest.raises(ValueError, match="tomorrow"):
        describe_severity("tomorrow", 3)


def test_corruptions_that_a_picture_does_not_tell_apart_have_one_name():
    expected = {"sensor noise", "loss of detail"}
    assert {get_family_name(family) for family in ALIKE.values()} == expected
    assert get_family_name("haze") == "Haze"


def test_every_corruption_stands_under_one_cause():
    found = [name for _, names in group_by_cause() for name in names]
    assert sorted(found) == sorted(CATALOG)
    assert [said for said, _ in group_by_cause()][:2] == ["Sensor noise", "Blur"]


def test_each_fault_of_the_line_says_how_it_looks_and_what_shows_it():
    risks = {name: (fault, appearance) for fault, appearance, name in list_line_faults()}
    assert len(risks) == 15
    assert set(risks) > {"frozen_strips", "ts_loss", "shutter_skew", "low_bitrate", "flicker"}
    assert all(text for pair in risks.values() for text in pair)
    assert risks["tearing"] == (
        "An image buffer read while it is written",
        "The lower part lags behind the upper part",
    )


def test_what_is_done_is_said_in_its_order():
    expected = "Low light, moderate + JPEG, severity 4.2 of 5"
    assert describe_steps([("dark", 3.0), ("jpeg", 4.2)]) == expected


@pytest.mark.parametrize(("severity", "said"), [
    (None, "No change of the prediction observed up to severe."),
    (3.0, "Prediction first changes at 3.0 (moderate)."),
    (0.4, "Prediction first changes at 0.4 (between off and mild)."),
    (4.85, "Prediction first changes at 4.9 (between moderate and severe)."),
])  # fmt: skip
def test_a_flip_is_told_with_the_stops_beside_it(severity, said):
    assert describe_first_flip(severity) == said


def test_likeness_is_told_where_something_is_done():
    assert describe_likeness(21.46, 0.591) == "PSNR 21.5 dB, SSIM 0.59"
    assert describe_likeness(inf, 1.0) == ""


BEST = CandidateCorruption("shot_noise", "gauss_noise", 2.34, 0.708, 0.25)


def test_what_is_named_is_told_with_its_share_and_that_it_is_no_cause():
    with language.use_language("en"):
        said = describe_match(FieldMatch(BEST, "", (BEST,), 0.75))
        assert said.startswith("Best match for the field: sensor noise, mean severity 2.3 of 5;")
        assert "71%" in said
        assert said.endswith("not cause.")
        assert format_candidate(BEST) == "sensor noise 71%"


def test_what_is_said_is_said_with_what_it_rests_on():
    with language.use_language("en"):
        several = describe_match(FieldMatch(BEST, "", (BEST,), 0.75, None, 80, 120, 6))
        one_clip = describe_match(FieldMatch(None, "unexplained", (BEST,), 1.0, None, 80, 1, 1))
        alike = describe_match(FieldMatch(None, "alike", (), 0.0, None, 80, 120, 6))
    expected = "Similarity, not cause. Compared: 80 benchmark images with 120 frames from 6 clips."
    assert expected in several
    expected = "Bootstrap over clips: the best match stays the best in 75% of samples."
    assert several.endswith(expected)
    assert one_clip.endswith(
        "Compared: 80 benchmark images with 1 frame from 1 clip. Only one clip: stability "
        "across clips unknown."
    )
    assert alike.endswith("Compared: 80 benchmark images with 120 frames from 6 clips.")
    with language.use_language("de"):
        german = describe_match(FieldMatch(BEST, "", (BEST,), 0.75, None, 80, 120, 6))
    assert "Verglichen: 80 Benchmark-Bilder und 120 Bilder aus 6 Clips." in german


@pytest.mark.parametrize("reason", ["too_few", "alike", "unexplained", "undecided"])
def test_where_nothing_is_named_the_sentence_says_why(reason):
    said = set()
    for spoken in ("en", "de"):
        with language.use_language(spoken):
            said.add(describe_match(FieldMatch(None, reason, (BEST,), 0.5)))
    assert len(said) == 2


def test_a_second_one_is_told_with_what_both_explain():
    second = RunnerUp("dark", "dark", 2.0, 1.5, 0.82)
    with language.use_language("en"):
        alone = describe_match(FieldMatch(None, "unexplained", (BEST,), 0.5, second))
        named = describe_match(FieldMatch(BEST, "", (BEST,), 0.75, second))
    assert alone.startswith(
        "No single corruption explains the field; two together explain 82% of the difference: "
        "sensor noise (mean"
    )
    assert "(mean severity 1.5 of 5) + Low light (2.0)." in alone
    assert alone.endswith("not cause.")
    assert named.endswith("With a second corruption, Low light (2.0 of 5), 82% is explained.")


@pytest.fixture(autouse=True)
def english():
    with language.use_language("en"):
        yield


def probes(named=(), kept=None):
    blank = FamilyRow("blank", 200, 110, (), estimate_wilson(110, 200), 0.718, 0.5)
    families = (blank, FamilyRow("noise", 200, 0, (), estimate_wilson(0, 200), nan, nan))
    row = ShortcutRow("grey", kept or estimate_wilson(99, 100))
    return OodResults("net", 4, 0.9, families, (row,), named)


def test_each_family_says_how_many_were_answered_with_confidence():
    said = messages.list_ood_lines(probes())
    assert said[0] == "net, random seed 4; confident: 0.90 or above"
    assert said[1] == (
        "  Blank images: confident predictions on 110 of 200 images (48–62%); OOD detection "
        "AUROC 0.72"
    )
    assert said[2] == "  Noise: confident predictions on 0 of 200 images (upper limit 1.9%)"
    assert said[3] == "  Without colour: predictions unchanged: 99% (95–99.8%, n = 100)"
    assert said[-1] == "No shortcut found in the tests that were run."


def test_the_class_that_a_family_is_called_most_often_is_named():
    blank = replace(probes().families[0], most="ok", n_most=104)
    expected = "48–62%); most often “ok” (104 of 200); OOD"
    assert expected in messages.list_ood_lines(replace(probes(), families=(blank,)))[1]
    assert messages.describe_top_class(probes().families[0]) == ""


@pytest.mark.parametrize(("note", "said"), [
    ("no_boxes", "no frame has a bounding box"),
    ("one_answer", "nearly all predictions are the same"),
])  # fmt: skip
def test_what_cannot_be_told_says_why(note, said):
    assert said in messages.format_kept_answers(Estimate.not_measured(note))


def test_what_the_model_leans_on_is_named():
    assert "Background shortcut" in messages.describe_shortcut(("background",))
    both = messages.describe_shortcut(("background", "texture"))
    assert both == (
        f"{messages.describe_shortcut(('background',))} {messages.describe_shortcut(('texture',))}"
    )


NOTHING = Estimate.not_measured("clean", 100)


def share(value, n=100):
    return Estimate.from_limits(
        value, value - 0.05, value + 0.05, n=n, n_eff=float(n), method="wilson"
    )


def sweep(on="field", labelled=True, tipping=2.4, partial=()):
    score = share if labelled else lambda value: Estimate.not_measured("no_labels", 100)
    rows = (
        SweepRow(CLEAN, "", 0.0, on, score(0.9), NOTHING, NOTHING, NOTHING, 0.9),
        SweepRow(
            "dark", "light", 3.0, on, score(0.62), score(0.28), share(0.31), NOTHING, nan,
            tipping if labelled else None,
        ),
    )  # fmt: skip
    return Sweep("net", 7, rows, (), partial)


def test_each_corruption_says_what_is_left_and_where_it_tips():
    assert messages.list_sweep_lines(sweep()) == (
        "net, random seed 7",
        "Field, n = 100: clean 90% (85–95%)",
        "  Low light: moderate 62% (57–67%), −28 pp; tipping point at severity 2.4",
    )


def test_no_loss_is_told_without_a_minus():
    clean, dark = sweep().rows
    tiny = replace(dark, value=clean.value, drop=replace(dark.drop, value=0.001, lo=-0.05))
    found = replace(sweep(), rows=(clean, tiny))
    assert "moderate 90% (85–95%), no drop demonstrated" in messages.list_sweep_lines(found)[-1]
    changed = replace(dark, drop=replace(dark.drop, value=0.06, lo=-0.01))
    unsure = replace(sweep(), rows=(clean, changed))
    assert "moderate 62% (57–67%), no drop demonstrated" in messages.list_sweep_lines(unsure)[-1]


def test_one_that_does_not_tip_says_how_far_it_was_swept():
    expected = "; no tipping point observed up to moderate"
    assert messages.list_sweep_lines(sweep(tipping=None))[-1].endswith(expected)


def test_without_labels_the_changed_answers_are_told():
    assert messages.list_sweep_lines(sweep("footage", labelled=False)) == (
        "net, random seed 7",
        "Footage, n = 100: no labels, only changed predictions are counted",
        "  Low light: moderate 31% changed",
    )


def test_a_sweep_that_was_stopped_says_how_to_go_on():
    expected = "  Some frames have no prediction yet; run again to continue."
    assert messages.list_sweep_lines(sweep(partial=("field",)))[-1] == expected


def test_how_like_the_original_a_picture_still_is_stands_where_it_was_measured():
    row = sweep().rows[1]
    assert (messages.describe_row_likeness(None), messages.describe_row_likeness(row)) == ("", "")
    assert messages.describe_row_likeness(replace(row, ssim=0.8)) == "0.80"
    assert messages.describe_row_likeness(replace(row, ssim=0.8, psnr=21.3)) == "21.3 dB, 0.80"
