from fieldcheck.i18n.language import use_language
from fieldcheck.models.messages import format_figure, list_preprocessing_lines

RECEIPT = {
    "size": [224, 256], "colour": "RGB", "layout": "NCHW", "crop": 1.0, "resize": "stretch", "interpolation": "area", "scale": 1 / 255,
    "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0], "range": [[0.0, 1.0]] * 3, "output": "logits",
}  # fmt: skip


def test_the_receipt_names_every_step_that_has_an_effect():
    expected = ("channel order RGB", "stretched to 256 × 224 (area)", "÷ 255", "value range 0 to 1")
    assert list_preprocessing_lines(RECEIPT) == expected
    other = RECEIPT | {
        "colour": "BGR", "crop": 0.875, "resize": "centre_crop", "mean": [0.485, 0.456, 0.406], "std": [0.25] * 3,
        "range": [[-1.9, 2.0], [-1.8, 2.2], [-1.6, 2.4]],
    }  # fmt: skip
    assert list_preprocessing_lines(other) == (
        "channel order BGR",
        "central 88% of the frame",
        "resized, then centre crop 256 × 224 (area)",
        "÷ 255, minus 0.485, 0.456, 0.406, divided by 0.25",
        "value range −1.9 to 2.4",
    )
    assert list_preprocessing_lines(RECEIPT | {"scale": 1.0})[2] == "× 1"


def test_figures_have_the_digits_that_count_and_the_comma_of_the_language():
    expected = ["1", "0.003922", "−2.118", "1e−07"]
    assert [format_figure(value) for value in (1.0, 0.0039216, -2.1179, 1e-7)] == expected
    with use_language("de"):
        assert format_figure(0.485) == "0,485"
