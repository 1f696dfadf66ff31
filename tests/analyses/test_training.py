from fieldcheck.analyses import retraining as trained
from fieldcheck.analyses.retraining import list_training_lines
from fieldcheck.domain.model_card import (
    Curves,
    FieldRange,
    Layer,
    StrongestAugmentation,
    Training,
    TrainingRecipe,
)
from fieldcheck.i18n import language
from fieldcheck.report.folder import build_summary
from tests.report.example_report import example_report

LAYERS = tuple(Layer(f"conv{k}", True, k < 4) for k in range(6))
CURVES = Curves((1, 2, 3), (0.5, 0.4, 0.3), (0.71, 0.70, 0.71), {"crack": (0.5, 0.9, 0.8)})


def test_frozen_blocks_and_a_stall_are_named():
    said = list_training_lines(Training("base.onnx", LAYERS, "", CURVES))
    assert said[0] == "4 of 6 layers are bit-identical to base.onnx."
    assert (
        said[1]
        == "2 of the last 4 convolutions never changed (conv2, conv3): unfreeze them and retrain."
    )
    assert said[2] == "The log has 3 epochs."
    assert said[3].startswith("Plateau at epoch 3: variance of three validation losses 0.00002")
    assert said[4] == "crack still varied between 50% and 90% in the last epochs."


def test_what_is_in_order_is_said_too():
    expected = "The last 2 convolutions were trained."
    assert list_training_lines(Training("b", LAYERS[4:], ""))[1] == expected
    expected = "No plateau: no three consecutive validation losses"
    assert expected in list_training_lines(Training(curves=Curves((1,), (0.5,), (0.5,))))[1]
    assert list_training_lines(Training(notes="seed 7")) == ()


RECIPE = TrainingRecipe(
    "train.json",
    (StrongestAugmentation("jpeg", "quality", 50.0),),
    ("HorizontalFlip", "CoarseDropout"),
)
RANGES = (
    FieldRange("jpeg", "quality", (70.0, 48.0, 31.0), 50.0, (False, True, True)),
    FieldRange("gauss_noise", "sigma", (3.0, 4.0, 6.5), None, (True, True, True)),
    FieldRange("gamma", "exponent", (1.1, 1.2, 1.3), 1.5, (False, False, False)),
)


def test_severities_outside_of_the_trained_range_are_named():
    said = list_training_lines(Training(recipe=RECIPE), RANGES)
    assert said == (
        "Trained with train.json: 2 of 3 corruptions of this camera lie outside the trained range.",
        (
            "JPEG: here quality 70, quality 48 and quality 31; trained up to quality 50. Outside: "
            "moderate, severe."
        ),
        "Gaussian noise: here σ 3.0, σ 4.0 and σ 6.5; never trained.",
        "Not comparable with the field: HorizontalFlip, CoarseDropout.",
    )


def test_a_camera_inside_the_trained_range_is_said_to_be():
    told = Training(recipe=TrainingRecipe("t.yaml", ()))
    expected = "all corruptions of this camera lie inside the trained range."
    assert list_training_lines(told, RANGES[2:])[0].endswith(expected)
    expected = "this camera shows no more corruption than the benchmark."
    assert list_training_lines(told, ())[0].endswith(expected)
    expected = "this camera's corruptions are measured once footage and a benchmark exist."
    assert list_training_lines(told)[0].endswith(expected)


def test_the_checkpoint_and_the_seed_of_the_training_are_told():
    found = Training(checkpoint="last.pt", checkpoint_sha256="ab" * 32, seed=7)
    expected = (f"Exported from last.pt (SHA-256 {'ab' * 6}).", "Training random seed: 7.")
    assert list_training_lines(found) == expected
    assert list_training_lines(Training(seed=7)) == ("Training random seed: 7.",)


FOUND = Training("base.onnx", LAYERS, "seed 7\n\nblur 30%", CURVES, RECIPE)


def test_layers_curves_and_notes_stand_in_a_section():
    with language.use_language("en"):
        blocks = trained.build_training_section(example_report(training=FOUND)).blocks
    assert blocks[0].text.startswith("4 of 6 layers")
    assert [one.text for one in blocks[-2:]] == ["seed 7", "blur 30%"]


def test_where_nobody_told_the_place_to_tell_it_is_named():
    with language.use_language("en"):
        assert "Project, “Model”" in trained.build_training_section(example_report()).blocks[0].text


def test_the_summary_holds_the_stall_and_the_frozen_blocks():
    told = build_summary(example_report(training=FOUND))["training"]
    assert (told["base"], told["n_layers"]) == ("base.onnx", 6)
    assert (told["n_same"], told["frozen_of_last"]) == (4, ["conv2", "conv3"])
    assert told["stall"]["epoch"] == 3
    assert told["notes"] == "seed 7\n\nblur 30%"
    assert build_summary(example_report())["training"] is None


def test_the_trained_range_stands_beside_the_severities_of_the_field():
    report = example_report(training=FOUND, ranges=RANGES)
    with language.use_language("en"):
        table = next(
            one
            for one in trained.build_training_section(report).blocks
            if getattr(one, "caption", "").startswith("Field severities")
        )
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["JPEG", "quality 70", "quality 48", "quality 31", "quality 50", "2 of 3"],
        ["Gaussian noise", "σ 3.0", "σ 4.0", "σ 6.5", "never", "3 of 3"],
        [
            "Dark gamma curve", "exponent 1.10", "exponent 1.20", "exponent 1.30", "exponent 1.50",
            "0 of 3",
        ],
    ]  # fmt: skip
    told = build_summary(report)["training"]
    expected = [{"corruption": "jpeg", "parameter": "quality", "value": 50.0}]
    assert told["recipe"]["hardest"] == expected
    expected = [[False, True, True], [True, True, True], [False, False, False]]
    assert [one["outside"] for one in told["ranges"]] == expected
