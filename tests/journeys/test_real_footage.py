"""The main job from the command line alone, on real models and footage."""

import csv
import json

import pytest

COCO_CARD = {
    "task": "detection",
    "input": {
        "size": [416, 416], "colour": "BGR", "resize": "letterbox", "pad": 114,
        "pad_position": "top_left", "scale": 1.0,
    },
    "output": {"kind": "yolox", "threshold": 0.3, "iou": 0.45},
}  # fmt: skip
IMAGENET_CARD = {
    "task": "classification",
    "input": {
        "size": [128, 128], "resize": "stretch", "crop": 0.875, "scale": 0.0078125,
        "mean": [1, 1, 1], "std": [1, 1, 1],
    },
    "output": {"kind": "softmax"},
}  # fmt: skip


@pytest.fixture
def detector(tmp_path, shared_data):
    """Arguments of `new` for the real detector."""
    card = tmp_path / "yolox.json"
    card.write_text(json.dumps(COCO_CARD))
    models = shared_data / "models"
    return [
        "--model", models / "yolox_nano.onnx", "--card", card, "--classes", models / "coco80.txt",
    ]  # fmt: skip


@pytest.fixture
def bottles(shared_data):
    return shared_data / "videos" / "intel-bottle-detection.mp4"


def rows(path):
    with path.open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


@pytest.mark.long
def test_the_bottle_clip_goes_from_file_to_report(program, tmp_path, detector, bottles):
    project = tmp_path / "bottles.fieldcheck"
    made = program.document("new", project, *detector, "--site", "Line 4 / night")
    assert made["model"]["task"] == "detection"
    assert len(made["model"]["classes"]) == 80

    imported = program.document(
        "import", project, bottles, "--camera", "cam 1", "--location", "dock", "--taken-at",
        "2026-03-01T08:00:00+00:00",
    )  # fmt: skip
    assert [clip["source"] for clip in imported["clips"]] == [bottles.name]
    clip = imported["clips"][0]
    assert (clip["width"], clip["height"], clip["n_frames"]) == (640, 360, 1189)
    assert clip["n_listed"] == 80
    assert clip["seconds"] == pytest.approx(1189 / 29.83, abs=0.1)

    picked = program.document("pick", project)
    assert picked["census"]
    assert [(one["listed"], one["picked"]) for one in picked["strata"]] == [(80, 80)]
    assert len(picked["picks"]) == 80
    assert all((project / one["file"]).is_file() for one in picked["picks"])
    assert "Census" in program("pick", project).out

    ran = program.document("run", project)
    expected = {("field", 80, 0), ("footage", 80, 0)}
    assert {(one["on"], one["n_done"], one["n_nan"]) for one in ran["runs"]} == expected

    reported = program.document("report", project, "--out", tmp_path / "out")
    assert reported["verdict"] == "not_enough"
    assert reported["gap"]["value"] is None
    folder = tmp_path / "out" / "Fieldcheck_Line-4---night_2026-11-25"
    assert str(folder)[:-10] == reported["report"][:-10]  # the date is today's
    frames = rows(tmp_path / "out" / reported["report"] / "frames.csv")
    assert len(frames) == 80
    assert {row["stratum"] for row in frames} == {"even"}
    found = rows(tmp_path / "out" / reported["report"] / "predictions.csv")
    assert (
        sum(
            row["class"] == "bottle" and float(row["score"]) > 0.3
            for row in found
            if row["rank"] != "0"
        )
        > 80
    )


@pytest.mark.long
def test_importing_again_adds_nothing(in_process, tmp_path, detector, bottles):
    project = tmp_path / "bottles.fieldcheck"
    in_process.document("new", project, *detector)
    first = in_process.document("import", project, bottles)
    again = in_process.document("import", project, bottles)
    assert again["clips"] == first["clips"]
    assert not again["resumed"]


def test_the_road_clip_is_a_census_too(in_process, tmp_path, detector, shared_data):
    project = tmp_path / "road.fieldcheck"
    in_process.document("new", project, *detector)
    imported = in_process.document(
        "import", project, shared_data / "videos" / "udacity-test_video.mp4"
    )
    assert imported["clips"][0]["n_frames"] == 38
    said = in_process("pick", project)
    assert said.code == 0
    assert "Census" in said.out


@pytest.mark.long
def test_a_real_classifier_runs_over_the_same_footage(in_process, tmp_path, shared_data, bottles):
    card = tmp_path / "card.json"
    card.write_text(json.dumps(IMAGENET_CARD))
    models = shared_data / "models"
    project = tmp_path / "p.fieldcheck"
    in_process.document(
        "new", project, "--model", models / "mobilenet_v1_0.25_128_quant.onnx", "--card", card,
        "--classes", models / "imagenet_labels.txt",
    )  # fmt: skip
    in_process.document("import", project, bottles)
    in_process.document("pick", project, "--count", 20)
    ran = in_process.document("run", project, "--on", "footage")
    assert ran["runs"][0]["n_done"] == 80


def test_the_blood_cells_are_a_benchmark_with_all_their_boxes(in_process, tmp_path, shared_data):
    written = sum(
        path.read_text().count("<object>") for path in (shared_data / "bccd").rglob("*.xml")
    )
    project = tmp_path / "p.fieldcheck"
    in_process.document("new", project)
    named = in_process.document("benchmark", "set", project, shared_data / "bccd")
    assert named["benchmark"]["n"] == 364
    assert named["benchmark"]["n_boxes"] == written
    assert named["benchmark"]["format"] == "voc"
