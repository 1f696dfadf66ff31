from fieldcheck.analyses import training as trained
from fieldcheck.domain.training import Training
from fieldcheck.i18n import language
from fieldcheck.report.folder import build_summary
from tests.analyses.test_training import CURVES, LAYERS, RANGES, RECIPE
from tests.report.example_report import example_report

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
