"""An exported recipe in albumentations and in its fork, where the product is not installed.
DataEval, NRTK and MAITE on the product's own data set and model. Exported labels in Datumaro and
pycocotools. Quiet months of the product's monitor under Evidently's default drift rule. Exported
labels in FiftyOne's importer. Statements of a pack and its seal, as in-toto and securesystemslib
read and verify them. Exported labels in labelme, and its published examples in the product. Exported
tasks in Label Studio's converter. The exported store in MLflow's own client. A Parquet log that
pyarrow wrote, read by the product with DuckDB. Exported labels in pyarrow. Exported labels in
supervision. Exported labels in Ultralytics."""

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import albumentations as A
import numpy as np
import pytest

import fieldcheck
from fieldcheck.corruptions.export import export_recipe
from fieldcheck.evidence.signed_seal import create_seal, make_key
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.models.runs_mlflow import export_mlflow
from fieldcheck.models.store import find_model
from fieldcheck.models.training_info import TrainingFiles, read_training_files, store_training
from fieldcheck.monitoring.drift_ewma import process_shifts
from fieldcheck.progress import NullProgress
from fieldcheck.report.evidence_pack import PackOptions, pack_project
from tests import makers
from tests.counts import Counts, Evidence
from tests.evidence.test_signed_seal import SEED, pem
from tests.monitoring.months import month, results
from tests.monitoring.test_log_monitor import log
from tests.peers.sets import SIZE, gone_through, pointed, written
from tests.programs import run_program


def hash_alone(one):
    """The hashes that packaging/peers/albumentations/ask.py prints of a written pipeline."""
    if "transforms" in one:
        return [found for part in one["transforms"] for found in hash_alone(part)]
    picture = np.random.default_rng(0).integers(40, 200, (48, 64, 3), np.uint8)
    alone = A.Compose([A.from_dict({"transform": one})])
    alone.set_random_seed(1)
    return [hashlib.sha256(np.ascontiguousarray(alone(image=picture)["image"])).hexdigest()]


@pytest.mark.parametrize("peer", ["albumentations", "nrtk_albumentations"])
def test_albumentations_and_its_fork_load_the_recipe_and_make_the_same_of_it(
    ask_peer, tmp_path, peer
):
    with makers.empty_project(tmp_path / "line.fieldcheck") as project:
        written = export_recipe(project, tmp_path / "recipe", 0, NullProgress())
    found = ask_peer(peer, tmp_path / "recipe")
    assert set(found) == {"pipeline.json", "unseen/pipeline.json"}
    # too dark and too bright are one transform
    assert len(set(found["pipeline.json"]["transforms"])) >= written.n - 1
    assert all(
        name.startswith("fieldcheck_transforms.")
        for one in found.values()
        for name in one["transforms"]
    )
    assert all(one["sound"] and one["changed"] > 0 for one in found.values())
    for file, one in found.items():
        text = (tmp_path / "recipe" / file).read_text("utf-8")
        assert one["alone"] == hash_alone(json.loads(text)["transform"])


@pytest.mark.long
def test_dataeval_nrtk_and_maite_run_on_a_project(ask_peer, material, tmp_path):
    clean = shutil.copytree(material / "clean", tmp_path / "clean")
    shutil.copyfile(clean / "blue" / "005.png", clean / "blue" / "again.png")
    path = tmp_path / "line.fieldcheck"
    with makers.empty_project(path, material / "net.onnx", benchmark=clean, claimed=0.9) as project:
        makers.add_footage(project, material / "belt.avi", taken_at=makers.NOW, camera="left")
        makers.draw(project, 12)
        makers.label_all(project)
    found = ask_peer("dataeval", path)
    with fieldcheck.Project.open(path, write=False) as project:
        for on, side in found.items():
            dataset, model = fieldcheck.MaiteDataset(project, on=on), fieldcheck.MaiteModel(project)
            assert side["n"] == len(side["answers"]) == len(dataset)
            assert side["ids"] == [known["id"] for _, _, known in dataset]
            assert list(side["index2label"].values()) == list(makers.COLOURS)
            here = np.array(model([image for image, _, _ in dataset]))
            assert np.abs(np.array(side["answers"]) - here).max() < 1e-6
            dark = model([np.asarray(image * 0.3) for image, _, _ in dataset])
            assert np.abs(np.array(side["darkened"]) - np.array(dark)).max() < 0.05
            assert np.abs(np.array(side["darkened"]) - here).max() > 0.1
    pair = sorted(
        found["benchmark"]["ids"].index(f"benchmark:blue/{n}.png") for n in ("005", "again")
    )
    assert pair in found["benchmark"]["exact"]
    assert found["benchmark"]["first_evaluation"] >= 1
    assert {"camera", "clip", "t_s", "weight"} <= set(found["field"]["factors"])


KINDS = ("coco", "voc", "yolo", "cvat")


def test_datumaro_and_pycocotools_read_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, *KINDS)
    found = ask_peer("datumaro", tmp_path)
    gone_through(found.pop("pycocotools"), truth, 1e-9)
    assert set(found) == set(KINDS)
    for boxes in found.values():
        gone_through(boxes, truth, 0.011)  # it rounds to hundredths


def test_they_read_points_as_key_points(ask_peer, tmp_path):
    truth = pointed(tmp_path, "coco", "cvat")
    found = ask_peer("datumaro", tmp_path, "points")
    gone_through(found.pop("pycocotools"), truth, 1e-9)
    assert set(found) == {"coco", "cvat"}
    for points in found.values():
        gone_through(points, truth, 0.011)


def test_what_datumaro_writes_is_read_to_the_last_box(ask_peer, tmp_path):
    given = ask_peer("datumaro", tmp_path, "writes")
    for kind in KINDS:
        found = read_labels(tmp_path / kind)
        assert (found.format, found.skipped.losses) == (kind, ())
        boxes = {
            Path(item.path).stem: [
                [one.class_name, one.x, one.y, one.w, one.h] for one in item.boxes
            ]
            for item in found.items
        }
        gone_through(boxes, given, 1e-4)
    masks = read_labels(tmp_path / "masks", "masks")
    expected = [["Kratzer groß"]] * 2
    assert [[one.class_name for one in item.points] for item in masks.items] == expected
    assert all(0 < one.x < 32 for item in masks.items for one in item.points)


CHECKOUT = Path(__file__).parents[2]
MONTHS = 500  # those of tests/monitoring/test_drift_ewma.py


def test_its_false_alarms_in_quiet_months_stand_beside_ours(need_peer, ask_peer, tmp_path):
    """How often it rings is told, not asked of it."""
    need_peer("evidently")
    drawn = [zip(*results(np.random.default_rng(seed)), strict=True) for seed in range(MONTHS)]
    embedding, classes, confidence = (np.array(found) for found in zip(*drawn, strict=True))
    np.savez(tmp_path / "months.npz", embedding=embedding, classes=classes, confidence=confidence)
    ours = [
        [one.state for one in process_shifts(month(np.random.default_rng(seed)), ())]
        for seed in range(MONTHS)
    ]
    theirs = ask_peer("evidently", tmp_path / "months.npz")
    assert (theirs["growing"]["months"], theirs["fixed"]["months"]) == (MONTHS, 100)
    assert theirs["same"] == theirs["checked"]  # what was counted is what the preset says
    assert sum("alarm" in one for one in ours) <= 0.06 * MONTHS
    record = Evidence("drift_peers", Counts(full=True, told=[MONTHS]))
    alarms = sum("alarm" in one for one in ours)
    record(fieldcheck={"months": MONTHS, "with_an_alarm": alarms}, evidently=theirs)
    record.write(CHECKOUT)


def test_fiftyones_importer_reads_every_box_and_flag(ask_peer, tmp_path):
    truth = written(tmp_path, "fiftyone")
    found = ask_peer("fiftyone", tmp_path)
    width, height = SIZE
    boxes = {
        name: [[k, x * width, y * height, w * width, h * height] for k, x, y, w, h in said]
        for name, said in found["boxes"].items()
    }
    gone_through(boxes, truth, 1e-9)
    assert found["flags"] == {"Prüfung_3": [["occluded"], []], "检查": [["truncated"]], "empty": []}


@pytest.mark.long
def test_both_statements_are_in_totos_and_hold_for_their_key_only(ask_peer, labelled, tmp_path):
    (tmp_path / "key").write_text(pem(SEED))
    create_seal(labelled, tmp_path / "key", makers.NOW)
    pack = pack_project(
        labelled, tmp_path / "a.fcpack", PackOptions(key=tmp_path / "key"), NullProgress(),
        makers.NOW,
    ).pack  # fmt: skip
    own, other = make_key(SEED).public.hex(), make_key(SEED[::-1]).public.hex()
    of_pack, of_seal = ask_peer("in_toto", pack, own, other)
    for one in (of_pack, of_seal):
        assert one["type"] == "https://in-toto.io/Statement/v1"
        assert one["accepted"] == [True, False]
        assert one["subjects_fit"]
        assert one["is_in_toto"]
    assert of_pack["predicate"] == "urn:fieldcheck:pack:1"
    assert of_seal["predicate"] == "urn:fieldcheck:seal:1"
    assert of_pack["subjects"] > 20


# folder → format, pictures, boxes, points, classes of whole pictures, and what was passed over or
# became less
PUBLISHED = {
    "bbox_detection/data_annotated": ("labelme", 3, 9, 0, 0, {}),
    "bbox_detection/data_dataset_voc": ("voc", 3, 9, 0, 0, {}),
    "classification/data_annotated": ("labelme", 2, 0, 0, 2, {}),
    "instance_segmentation/data_annotated": ("labelme", 3, 12, 16, 0, {"masks": 16, "ignored": 2}),
    "instance_segmentation/data_dataset_coco": ("coco", 3, 12, 16, 0, {"masks": 12}),
    "instance_segmentation/data_dataset_voc": (
        "masks", 3, 0, 13, 0, {"masks": 13, "not_judged": 2, "specks": 1},
    ),
    "primitives": ("labelme", 1, 4, 3, 0, {"masks": 2, "shapes": 3}),
    "semantic_segmentation/data_annotated": ("labelme", 3, 16, 16, 0, {"masks": 16, "ignored": 2}),
    "semantic_segmentation/data_dataset_voc": (
        "masks", 3, 0, 13, 0, {"masks": 13, "not_judged": 2, "specks": 1},
    ),
    "tutorial/apc2016_obj3.json": ("labelme", 1, 4, 4, 0, {"masks": 4}),
    "video_annotation/data_annotated": ("labelme", 5, 15, 15, 0, {"masks": 15}),
}  # fmt: skip


@pytest.fixture(scope="module")
def published():
    """The examples of its source package."""
    place = Path(os.environ.get("FIELDCHECK_PEERS", "nowhere"))
    found = place / "labelme" / "published" / "examples"
    if not found.is_dir():
        pytest.skip("only in the share of peers: packaging/test.sh --peers labelme")
    return found


def boxes_of(folder):
    return {
        Path(item.path).stem: [[one.class_name, one.x, one.y, one.w, one.h] for one in item.boxes]
        for item in read_labels(folder).items
    }


def test_labelme_reads_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "labelme")
    gone_through(ask_peer("labelme", tmp_path), truth, 1e-9)


def test_it_reads_every_point(ask_peer, tmp_path):
    truth = pointed(tmp_path, "labelme")
    gone_through(ask_peer("labelme", tmp_path), truth, 1e-9)


@pytest.mark.parametrize("folder", PUBLISHED)
def test_its_published_examples_are_read_to_the_last_shape(published, folder):
    found = read_labels(published / folder)
    points = sum(len(item.points) for item in found.items)
    counted = (sum(len(item.boxes) for item in found.items), points)
    named = sum(bool(item.class_name) for item in found.items)
    actual = (found.format, len(found.items), *counted, named, dict(found.skipped.losses))
    assert actual == PUBLISHED[folder]


def test_they_say_the_same_in_its_own_files_and_in_what_its_converters_made_of_them(published):
    voc = boxes_of(published / "bbox_detection/data_dataset_voc")
    gone_through(boxes_of(published / "bbox_detection/data_annotated"), voc, 1.01)
    coco = boxes_of(published / "instance_segmentation/data_dataset_coco")
    gone_through(boxes_of(published / "instance_segmentation/data_annotated"), coco, 1.01)


def test_label_studios_converter_finds_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "label-studio")
    gone_through(ask_peer("labelstudio", tmp_path, tmp_path / "out"), truth, 1e-6)


def test_its_client_reads_every_run_score_curve_and_file(ask_peer, labelled, tmp_path):
    model = find_model(labelled)
    (tmp_path / "log.csv").write_text("epoch,train_loss,val_loss\n1,1.0,1.1\n2,0.5,0.7\n")
    told = TrainingFiles(log=tmp_path / "log.csv", seed=7)
    files = read_training_files(labelled.path / model.file, told, 32)
    store_training(labelled, model, files, makers.NOW)
    export_mlflow(labelled, tmp_path / "out", NullProgress())
    found = ask_peer("mlflow", tmp_path / "out")
    assert tuple(map(int, found["version"].split(".")[:2])) >= (3, 13)
    assert found["experiment"] == "Hall 3"
    assert set(found["runs"]) == {"net field", "net footage", "net benchmark", "training of net"}
    cases = ("net field", "net benchmark", "training of net")
    field, benchmark, training = (found["runs"][name] for name in cases)
    assert (field["params"]["on"], field["frames"]) == ("field", 10)
    assert benchmark["metrics"]["accuracy_n"] == benchmark["metrics"]["answers"] == 18
    assert set(benchmark["files"]) == {"model_card.json", "run.json"}
    assert all(size > 0 for size in benchmark["read"].values())
    assert training["val_loss"] == [[1, 1.1], [2, 0.7]]
    assert training["params"]["seed"] == "7"


def test_a_parquet_log_says_what_the_same_log_as_csv_says(ask_peer, empty, tmp_path):
    csv, packed = log(tmp_path / "a.csv", shifts=8, per_shift=30), tmp_path / "a.parquet"
    told = ask_peer("parquet", csv, packed)
    place = empty.path
    empty.close()

    def said(path):
        command = [sys.executable, "-m", "fieldcheck", "monitor", place, path, "--json"]
        got = run_program(command)
        assert got.returncode == 0, got.stderr
        return json.loads(got.stdout)

    by_csv, by_parquet = said(csv), said(packed)
    assert by_parquet["log"]["n"] == told["rows"] == 240
    actual = [one["began"] for one in by_parquet["shifts"]]
    assert actual == [one["began"] for one in by_csv["shifts"]]
    actual = [one["state"] for one in by_parquet["shifts"]]
    assert actual == [one["state"] for one in by_csv["shifts"]]
    damaged = tmp_path / "b.parquet"
    damaged.write_bytes(packed.read_bytes()[:200])
    command = [sys.executable, "-m", "fieldcheck", "monitor", place, damaged]
    got = run_program(command)
    assert got.returncode == 1
    assert "Cannot read Parquet file" in got.stderr


def test_pyarrow_reads_typed_columns_and_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "parquet")
    found = ask_peer("pyarrow", tmp_path / "parquet" / "labels.parquet")
    assert list(found["schema"]) == [
        "file", "class", "x", "y", "w", "h", "crowd", "occluded", "truncated", "width", "height",
    ]  # fmt: skip
    assert (found["schema"]["x"], found["schema"]["crowd"]) == ("double", "bool")
    rows = {
        name: [row for row in found["rows"] if Path(row["file"]).stem == name] for name in truth
    }
    boxes = {
        name: [[row[key] for key in ("class", *"xywh")] for row in said if row["class"]]
        for name, said in rows.items()
    }
    gone_through(boxes, truth, 0)
    assert [row["occluded"] for row in rows["Prüfung_3"]] == [True, False]
    assert {(row["width"], row["height"]) for row in found["rows"]} == {SIZE}


def test_supervision_reads_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "coco", "yolo", "voc")
    found = ask_peer("supervision", tmp_path)
    gone_through(found["coco"], truth, 1e-4)
    gone_through(found["yolo"], truth, 1e-4)
    # It takes the left upper corner of Pascal VOC for one that is counted from 1, which most
    # writers of today do not mean.
    counted_from_1 = {
        name: [[k, x - 1, y - 1, w + 1, h + 1] for k, x, y, w, h in boxes]
        for name, boxes in truth.items()
    }
    gone_through(found["voc"], counted_from_1, 1e-4)


def test_what_supervision_writes_is_read_to_the_last_box(ask_peer, tmp_path):
    truth = written(tmp_path, "coco")
    gone_through(ask_peer("supervision", tmp_path, "writes")["coco"], truth, 1e-4)
    # whole pixels, the first corner counted from 1
    for kind, within in (("coco", 1e-3), ("yolo", 1e-3), ("voc", 1.51)):
        found = read_labels(tmp_path / "written" / kind)
        assert found.format == kind
        boxes = {
            Path(item.path).stem: [
                [one.class_name, one.x, one.y, one.w, one.h] for one in item.boxes
            ]
            for item in found.items
        }
        gone_through(boxes, truth, within)


def test_ultralytics_finds_the_set_and_reads_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "yolo")
    gone_through(ask_peer("ultralytics", tmp_path), truth, 1e-4)
