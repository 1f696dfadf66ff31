from dataclasses import replace
from math import nan

import pytest

from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.domain.run import PROVIDER_NAMES, PairedChange, Parity, QuantisedModel
from fieldcheck.i18n import language
from fieldcheck.i18n.language import use_language
from fieldcheck.models import messages
from fieldcheck.stats.wilson_interval import estimate_bonett_price, estimate_wilson


def test_the_four_counts_the_change_and_what_it_shows():
    change = estimate_bonett_price(15, 5, 100)
    said = messages.list_comparison_lines("old", "new", (70, 5, 15, 10), BETTER, change)
    assert said == (
        "old and new on the same 100 labelled frames:",
        "correct in both 70, only in old 5, only in new 15, in neither 10",
        "Change: 10.0 pp (1.0–18.6).",
        "Change for other clips of these cameras: 10.0 pp (0.4–20.6).",
        "new is better in accuracy for these cameras (sign-flip test over whole clips, p = 0.039).",
    )


def interval(value, lo, hi):
    return Estimate.from_limits(value, lo, hi, n=100, n_eff=100.0, method="bootstrap_frames")


BETTER = ChangeVerdict(interval(0.1, 0.004, 0.206), 0.0391, "better")

OPEN = ChangeVerdict(interval(0.1, -0.02, 0.22), 0.081)

ONE_CLIP = ChangeVerdict(Estimate.not_measured("too_few_clips", 100))


def test_a_metric_that_is_no_share_of_frames_is_told_with_both_scores_and_judged_by_its_limits():
    scores = interval(0.4, 0.3, 0.5), interval(0.6, 0.5, 0.7)
    cameras = ChangeVerdict.from_limits(interval(0.2, 0.02, 0.35))
    said = messages.list_comparison_lines(
        "old", "new", (70, 5, 15, 10), cameras, interval(0.2, 0.05, 0.3), "map50", scores
    )
    assert said[2:] == (
        "old: mAP at IoU 0.50 40.0% (30.0–50.0%, n = 100)",
        "new: mAP at IoU 0.50 60.0% (50.0–70.0%, n = 100)",
        "Change: 20.0 pp (5.0–30.0).",
        "Change for other clips of these cameras: 20.0 pp (2.0–35.0).",
        "new is better in mAP at IoU 0.50 for these cameras: the 95% CI of the change excludes 0.",
    )


def test_recall_is_told_by_size_of_object():
    said = messages.describe_recall_by_size(
        "old", "new", "small", 12, (interval(0.9, 0.8, 1.0), interval(0.6, 0.5, 0.7)),
        interval(-0.3, -0.4, -0.1),
    )  # fmt: skip
    assert said == (
        "Recall, small objects (below 32 × 32 px), 12 objects: old 90.0% (80.0–100.0%), new 60.0% "
        "(50.0–70.0%). Change: −30.0 pp (−40.0 to −10.0)."
    )
    nothing = Estimate.not_measured("often_undefined", 3)
    assert messages.describe_recall_by_size(
        "old", "new", "large", 1, (nothing, nothing), nothing
    ) == (
        "Recall, large objects (96 × 96 px or more), 1 object: cannot be determined from "
        "these frames."
    )


def test_figures_that_cannot_be_compared_say_so():
    nothing = Estimate.not_measured("often_undefined", 3)
    said = messages.list_comparison_lines(
        "old", "new", (1, 1, 1, 0), ONE_CLIP, nothing, "balanced_accuracy", (nothing, nothing)
    )
    assert said[2] == "old: balanced accuracy cannot be determined from these frames"
    assert said[-1] == "balanced accuracy not comparable: too few objects on these frames."


def test_no_frames_no_change():
    assert messages.format_change(Estimate.not_measured("no_labels")) == "Change: unknown."


def test_frames_that_were_given_to_training_are_said():
    assert messages.describe_exported_frames(3, 20) == (
        "Not a valid test for a model trained since: 3 of 20 frames were exported for training."
    )


def test_a_run_without_labels_has_no_score():
    expected = "net on footage: 120 predictions; no score: no labels."
    assert messages.describe_run("net", "footage", 120, "accuracy", None) == expected
    assert messages.describe_run(
        "net", "field", 1, "accuracy", Estimate.not_measured("no_labels")
    ).startswith("net on picked frames: 1 prediction; no score")


def test_a_score_stands_with_its_range_and_n():
    said = messages.describe_run("net", "benchmark", 100, "accuracy", estimate_wilson(65, 100))
    assert said == "net on benchmark: 100 predictions; accuracy 65% (55–74%, n = 100)."
    expected = "frames without errors"
    run = messages.describe_run("net", "field", 100, "frame_score", estimate_wilson(65, 100))
    assert expected in run
    assert "kappa" in messages.describe_run("net", "field", 100, "kappa", estimate_wilson(65, 100))
    assert str(nan) not in said


def test_embeddings_say_what_they_come_from():
    expected = "footage: 1 embedding; from inside net (pool)."
    assert messages.describe_embedding_run("net", "footage", 1, "pool") == expected
    expected = "benchmark: 2 embeddings; from image statistics: net has no suitable tensor"
    assert messages.describe_embedding_run("net", "benchmark", 2, "").startswith(expected)


def test_what_was_left_out_is_counted_and_named():
    expected = "The saved image of 1 picked frame was modified later"
    assert messages.list_left_out_frames(["a"]).startswith(expected)
    expected = "2 unreadable images skipped: a.png, b.png."
    assert messages.list_unreadable_images(["a.png", "b.png"]).startswith(expected)
    people = messages.describe_excluded_people(2)
    assert people.startswith("2 frames with a marked person were left out")
    whole = Estimate.from_limits(1.0, 0.9, 1.0, n=60, n_eff=60.0, method="bootstrap")
    assert "60 frames have" in messages.describe_missing_interval("mAP", whole)


def test_what_goes_in_is_one_sentence():
    assert messages.describe_model_input("net", ("grey", "÷ 255")) == "net input: grey; ÷ 255."


def test_a_picture_says_how_much_of_it_is_seen():
    expected = "200 × 100, fully visible to the model"
    assert messages.describe_visible_part((100, 200), (0, 0, 200, 100)) == expected
    expected = "200 × 100, 50% visible to the model: 50, 0 to 150, 100"
    assert messages.describe_visible_part((100, 200), (50, 0, 150, 100)) == expected


def test_an_answer_is_a_class_or_a_box_with_its_place():
    assert messages.format_answer("crack", 0.714, None) == "crack 0.71"
    answer = messages.format_answer("crack", 0.714, (1.2, 2.6, 10, 20))
    assert answer == "crack 0.71 at 1, 3 to 10, 20"
    assert messages.describe_more_boxes(3) == "and 3 more"


def test_no_answer_says_why():
    told = messages.describe_no_answer(of_boxes=True, nan=False)
    assert told == "nothing detected above the threshold"
    assert messages.describe_no_answer(of_boxes=False, nan=False) == "no prediction"
    assert "NaN" in messages.describe_no_answer(of_boxes=False, nan=True)


def test_the_part_that_is_seen_is_said():
    assert messages.describe_visible_share(1.0) == "The model sees the whole frame."
    assert messages.describe_visible_share(0.5625) == "The model sees 56% of the frame."


def test_losses_are_one_sentence():
    assert messages.describe_object_losses(40, 3, 1, 8, 0.114) == (
        "Of 40 labelled objects: 3 cut by the crop; 11% of the pixels remain; 1 is thinner "
        "than one cell of 8 pixels."
    )
    expected = "Of 1 labelled object: none cut by the crop; 100% of the pixels remain."
    assert messages.describe_object_losses(1, 0, 0, None, 1.0) == expected


def test_without_objects_nothing_is_said():
    assert messages.describe_object_losses(0, 0, 0, 8, nan) == ""


def test_a_search_is_told_in_a_line():
    expected = "Near-duplicates among 400 benchmark images: 2 within, 0 in the footage."
    assert messages.describe_search(400, 2, 0, None, None) == expected
    expected = "8 of them are in the training folder (40 images)."
    assert messages.describe_search(400, 2, 0, 8, 40).endswith(expected)
    expected = "1 of them is in the training folder (1 image)."
    assert messages.describe_search(400, 2, 0, 1, 1).endswith(expected)


def test_pairs_and_sets_have_names():
    assert messages.format_pair("a", "b") == "a ≈ b"
    assert messages.get_leak_name("field_training") == "Field frames in the training folder"


RECEIPT = {
    "size": [224, 256], "colour": "RGB", "layout": "NCHW", "crop": 1.0, "resize": "stretch",
    "interpolation": "area", "scale": 1 / 255, "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0],
    "range": [[0.0, 1.0]] * 3, "output": "logits",
}  # fmt: skip


def test_the_receipt_names_every_step_that_has_an_effect():
    expected = ("channel order RGB", "stretched to 256 × 224 (area)", "÷ 255", "value range 0 to 1")
    assert messages.list_preprocessing_lines(RECEIPT) == expected
    other = RECEIPT | {
        "colour": "BGR",
        "crop": 0.875,
        "resize": "centre_crop",
        "mean": [0.485, 0.456, 0.406],
        "std": [0.25] * 3,
        "range": [[-1.9, 2.0], [-1.8, 2.2], [-1.6, 2.4]],
    }  # fmt: skip
    assert messages.list_preprocessing_lines(other) == (
        "channel order BGR",
        "central 88% of the frame",
        "resized, then centre crop 256 × 224 (area)",
        "÷ 255, minus 0.485, 0.456, 0.406, divided by 0.25",
        "value range −1.9 to 2.4",
    )
    assert messages.list_preprocessing_lines(RECEIPT | {"scale": 1.0})[2] == "× 1"


def test_figures_have_the_digits_that_count_and_the_comma_of_the_language():
    expected = ["1", "0.003922", "−2.118", "1e−07"]
    assert [messages.format_figure(value) for value in (1.0, 0.0039216, -2.1179, 1e-7)] == expected
    with use_language("de"):
        assert messages.format_figure(0.485) == "0,485"


def test_every_provider_is_called_by_its_makers_name():
    names = {"Processor (CPU)", "CUDA (NVIDIA)", "DirectML (Windows)"}
    assert {messages.get_provider_name(code) for code in PROVIDER_NAMES} >= names
    assert messages.get_provider_name("abacus") == "abacus"


@pytest.mark.parametrize("lang", ["en", "de"])
@pytest.mark.parametrize("problem", ["", "missing", "failed", "differs"])
def test_each_outcome_has_its_sentence(lang, problem):
    with language.use_language(lang):
        said = messages.describe_parity(Parity("cuda", 4, 0.25, (), problem, "no driver"))
    assert "CUDA (NVIDIA)" in said
    assert "{" not in said


def test_what_is_left_to_the_processor_is_named():
    assert messages.describe_parity(Parity("cuda", 4, 0.00012, ("Loop", "NonZero"))) == (
        "Execution provider CUDA (NVIDIA): predictions on 4 frames within 0.01% of the CPU. "
        "Unsupported operators run on the CPU: Loop, NonZero."
    )


CHANGE = PairedChange(
    estimate_wilson(61, 100), estimate_wilson(58, 100), estimate_bonett_price(2, 5, 100), None
)
RATIO = Estimate.from_limits(0.5, 0.45, 0.55, n=60, n_eff=60.0, method="bootstrap_median")
FOUND = QuantisedModel(
    "net", "exports/net.int8.onnx", 100, 8_400_000, 2_200_000, 12.0, 6.0, RATIO, CHANGE, None
)


def test_cost_and_gain_stand_line_by_line():
    lines = messages.list_quantised_lines(FOUND)
    assert lines[0] == "net in INT8, calibrated on 100 field frames."
    assert lines[1] == "Size: 8.40 MB before, 2.20 MB after (26%)."
    assert "12.00 ms before, 6.00 ms after, 0.50× (0.45 to 0.55)" in lines[2]
    assert lines[3].startswith(
        "Field: 61.0% correct before, 58.0% after, on the same 100 images. Change: −3.0 pp"
    )
    assert lines[3].endswith("No difference demonstrated on these images.")
    assert lines[-1] == "Quantised model: exports/net.int8.onnx"


def test_times_that_do_not_stand_in_their_ratio_are_told_to_be_measured_again():
    assert "busy" not in messages.list_quantised_lines(FOUND)[2]
    expected = "measure again when idle."
    assert messages.list_quantised_lines(replace(FOUND, ms_after=9.0))[2].endswith(expected)


def test_nothing_labelled_is_said():
    assert "Field: no labels yet." in messages.list_quantised_lines(replace(FOUND, field=None))


def test_no_direction_is_stronger_than_the_interval_for_these_cameras():
    """What the frames show and clips do not is of this footage only."""
    names = "old", "new", "accuracy"
    shown = estimate_bonett_price(0, 40, 100)
    assert messages.describe_change_verdict(*names, OPEN, shown) == (
        "old is better in accuracy on this footage only; for other clips of these cameras no "
        "difference is demonstrated."
    )
    said = messages.describe_change_verdict(*names, ONE_CLIP, shown)
    assert said == (messages.describe_change_verdict(*names, OPEN, shown))
    even = estimate_bonett_price(5, 3, 100)
    for cameras in (OPEN, ONE_CLIP):
        assert messages.describe_change_verdict(*names, cameras, even) == (
            "No difference in accuracy demonstrated."
        )
    by_hand = shown.with_weak_status("chosen")
    assert messages.describe_change_verdict(*names, ONE_CLIP, by_hand).startswith("No difference")
    better = ChangeVerdict(BETTER.change, 0.0002, "better")
    assert "below 0.001" in messages.describe_change_verdict(*names, better, even)
    said = messages.describe_change_verdict(*names, BETTER.turn_round(), even)
    assert said.startswith("old is better")
    assert messages.format_camera_change(ONE_CLIP) == ()


def test_pictures_of_a_benchmark_stand_for_themselves():
    said = messages.describe_image_verdict("net", "INT8", estimate_bonett_price(2, 40, 100))
    assert said == ("net is better on these images.")
    said = messages.describe_image_verdict("net", "INT8", estimate_bonett_price(2, 3, 100))
    assert said == ("No difference demonstrated on these images.")


def test_frames_of_clips_are_told_for_other_clips():
    change = estimate_bonett_price(0, 12, 100)
    worse = ChangeVerdict(replace(change, hi=-0.01), 0.012, "worse")
    said = messages.list_quantised_lines(replace(FOUND, field=replace(CHANGE, cameras=worse)))[3]
    assert "Change for other clips of these cameras: −12.0 pp" in said
    assert said.endswith(
        "net is better in accuracy for these cameras (sign-flip test over whole clips, p = 0.012)."
    )


def test_a_copy_survives_its_document_and_an_older_one_says_nothing_of_other_clips():
    worse = ChangeVerdict(estimate_bonett_price(0, 12, 100), 0.012, "worse")
    found = replace(FOUND, field=replace(CHANGE, cameras=worse), benchmark=CHANGE)
    written = found.to_json()
    assert QuantisedModel.from_json(written) == found
    shown = (written["field"]["p"], written["field"]["p_reason"])
    assert shown == (None, "frames_are_not_independent")
    for side in ("field", "benchmark"):
        kept = {name: written[side][name] for name in ("before", "after", "change")}
        written[side] = kept | {"p": 0.01}
    older = QuantisedModel.from_json(written)
    assert older.field.cameras == ChangeVerdict(Estimate.not_measured("no_clips", 100))
    assert older.benchmark.cameras is None
