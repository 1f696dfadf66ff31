import json
import shutil
from math import isnan, nan

import cv2
import numpy as np
import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import BenchmarkItem, Box, Label, Point
from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.labels import ClassUnknown
from fieldcheck.errors.models import NoModel
from fieldcheck.imaging.masks import Mask, pack_masks
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.evaluate import (
    NO_ANSWER,
    SEED,
    BoxJudgement,
    ClassJudgement,
    EvaluationItem,
    ItemChunk,
    PointJudgement,
    add_golden_set,
    compute_correctness,
    compute_image_seed,
    estimate_metric,
    evaluate_boxes,
    evaluate_classes,
    evaluate_labels,
    evaluate_points,
    filter_known_items,
    get_called_class,
    get_confidence,
    get_named_classes,
    get_shown_boxes,
    get_top_class,
    list_golden_sets,
    list_mask_classes,
    make_metric_statistic,
    predict_items,
    read_golden_items,
    to_label_boxes,
)
from fieldcheck.models.mask_scores import load_mask_scores
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import (
    add_model,
    find_model,
    get_ok_classes,
    get_project_task,
    list_project_classes,
    make_model_file,
    set_ok_classes,
)
from fieldcheck.progress import NullProgress
from fieldcheck.stats.confusion_matrix import estimate_class_scores
from fieldcheck.stats.mean_average_precision import compute_coco_precision
from tests import makers

CARD = parse_card(makers.BOX_CARD)
MASKS = parse_card(makers.MASK_CARD)


def answers(*rows):
    return [Prediction(str(number), np.array(row, np.float32)) for number, row in enumerate(rows)]


def test_the_best_class_is_the_first_of_equals_and_none_without_a_finite_figure():
    assert get_top_class(np.array([0.4, 0.4, 0.2], np.float32)) == (0, pytest.approx(0.4))
    assert get_top_class(np.array([nan, 0.3, 0.1], np.float32))[0] == 1
    best, confidence = get_top_class(np.array([nan, nan], np.float32))
    assert best == NO_ANSWER
    assert isnan(confidence)


def test_an_answer_is_right_where_it_names_the_label_and_wrong_where_there_is_none():
    given = answers([0.9, 0.1], [0.2, 0.8], [nan, nan])
    found = evaluate_classes(("a", "b"), ["a", "a", "b"], given)
    assert found.right.tolist() == [True, False, False]
    assert found.predicted.tolist() == [0, 1, NO_ANSWER]
    assert found.truth.tolist() == [0, 0, 1]


def test_a_class_with_a_threshold_of_its_own_is_named_from_there_on():
    given = answers([0.7, 0.3], [0.85, 0.15], [nan, nan])
    actual = evaluate_classes(("a", "b"), ["b", "b", "b"], given, {1: 0.2}).predicted.tolist()
    assert actual == [1, 0, NO_ANSWER]
    assert get_called_class(given[0].answer, {1: 0.2}) == (1, pytest.approx(0.3))
    assert get_called_class(given[0].answer, {}) == (0, pytest.approx(0.7))


def test_of_two_outputs_with_one_name_the_first_is_meant():
    assert evaluate_classes(("a", "a", "b"), ["a"], answers([0.1, 0.8, 0.1])).truth.tolist() == [0]


def test_a_frame_is_right_without_a_miss_and_without_a_false_alarm():
    part = [0, 0, 10, 10, 0.9, 0]
    truths = [[Box("part", 0, 0, 10, 10)], [Box("part", 20, 20, 10, 10)], [], []]
    numbered = enumerate([[part], [part], [part], []])
    given = [Prediction(str(n), np.array(rows, np.float32).reshape(-1, 6)) for n, rows in numbered]
    found = evaluate_boxes(CARD, frozenset(CARD.classes), truths, given)
    assert found.right.tolist() == [True, False, False, True]


def test_classes_that_are_not_asked_for_count_on_neither_side():
    hole = Prediction("0", np.array([[0, 0, 10, 10, 0.9, 1]], np.float32))
    found = evaluate_boxes(CARD, frozenset({"part"}), [[Box("hole", 30, 30, 5, 5)]], [hole])
    assert found.right.tolist() == [True]


def test_what_a_mask_marks_as_a_class_that_is_not_asked_for_is_not_false():
    grid = np.zeros((40, 40), np.uint8)
    grid[:20], grid[20:, :20] = MASKS.classes.index("red"), MASKS.classes.index("blue")
    given = [Prediction("f", np.zeros(3, np.float32), masks=pack_masks([Mask(0, 0, grid)]))]
    points = [[Point("red", 5, 5), Point("blue", 30, 30)]]
    asked = evaluate_points(MASKS, frozenset(MASKS.classes), points, given)
    assert asked.right.tolist() == [False]
    assert (asked.outcomes.points.tolist(), asked.outcomes.false.tolist()) == ([2], [0.25])
    passed_over = evaluate_points(MASKS, frozenset({"red"}), points, given)
    assert passed_over.right.tolist() == [True]
    assert (passed_over.outcomes.points.tolist(), passed_over.outcomes.false.tolist()) == ([1], [0])


def test_labels_are_judged_by_what_the_model_answers_in():
    grid = np.zeros((4, 4), np.uint8)
    grid[0, 0] = MASKS.classes.index("red")
    values = np.array([15 / 16, 1 / 16, 0], np.float32)
    masked = Prediction("f", values, masks=pack_masks([Mask(0, 0, grid)]))
    label = Label("f", "done", points=(Point("red", 0.5, 0.5),))
    points = evaluate_labels(MASKS, frozenset(MASKS.classes), [label], [masked])
    boxed = Prediction("f", np.zeros((0, 6), np.float32))
    boxes = evaluate_labels(CARD, frozenset(CARD.classes), [Label("f", "done")], [boxed])
    classes = evaluate_labels(
        parse_card(makers.COLOUR_CARD),
        frozenset(),
        [Label("f", "done", "red")],
        answers([0.9, 0.1, 0.0]),
    )
    expected = (PointJudgement, BoxJudgement, ClassJudgement)
    assert (type(points), type(boxes), type(classes)) == expected
    assert all(found.right.tolist() == [True] for found in (points, boxes, classes))


def test_pictures_of_a_benchmark_are_judged_where_a_file_can_say_what_they_show():
    boxed = BenchmarkItem("1.png")
    classed = BenchmarkItem("2.png", "red")
    strange = BenchmarkItem("3.png", "zebra")
    colours, instances = parse_card(makers.COLOUR_CARD), parse_card(makers.INSTANCE_CARD)
    assert filter_known_items((classed, strange), colours) == (classed,)
    assert filter_known_items((classed, strange), colours, {"zebra"}) == (strange,)
    assert filter_known_items((boxed,), CARD) == filter_known_items((boxed,), instances) == (boxed,)
    pointed = BenchmarkItem("4.png", points=(Point("red", 1, 1),))
    outlined = BenchmarkItem("5.png", boxes=(Box("red", 0, 0, 1, 1),))
    assert filter_known_items((pointed, outlined, boxed), MASKS) == (pointed, boxed)
    known = filter_known_items((classed,), parse_card(makers.SEVERAL_CARD))
    assert filter_known_items((classed,), MASKS) == known == ()


def test_an_answer_names_its_class_its_boxes_or_its_things():
    rows = np.array([[0, 0, 9, 9, 0.9, 1], [0, 0, 9, 9, 0.6, 0], [0, 0, 9, 9, 0.1, 0]], np.float32)
    for card in (CARD, parse_card(makers.INSTANCE_CARD)):
        assert get_named_classes(rows, card) == (card.classes[1], card.classes[0])
        assert [box.w for box in to_label_boxes(rows, card)] == [9, 9]
        assert get_confidence(rows, card) == pytest.approx(0.9)
    values = np.array([0.1, 0.7, 0.2], np.float32)
    assert get_named_classes(values, parse_card(makers.COLOUR_CARD)) == ("green",)
    assert get_named_classes(np.array([0.5, 0.1, 0.4], np.float32), MASKS) == ("blue", "red")
    assert get_shown_boxes(np.array([0.5, 0.1, 0.4], np.float32), MASKS).shape == (0, 6)


def test_a_mask_shows_its_things_by_area_without_ground_and_specks_and_is_not_surer_of_one():
    answer = np.array([0.5, 0.1, 0.4], np.float32)
    assert list_mask_classes(answer, MASKS) == ("blue", "red")
    assert list_mask_classes(np.array([0.9999, 0.00005, 0.00005], np.float32), MASKS) == ()
    assert isnan(get_confidence(answer, MASKS))


def test_a_golden_set_is_named_and_read_again_as_it_is_today(empty, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "worst", each=2)
    added = add_golden_set(empty, "worst", folder)
    assert (added.name, added.n, added.format) == ("worst", 6, "imagefolder")
    assert list_golden_sets(empty) == (added,)
    makers.save_picture(folder / "red" / "more.png", "red", 9)
    assert len(read_golden_items(added)) == 7


def test_the_same_name_again_takes_its_place(empty, tmp_path):
    add_golden_set(empty, "other", makers.benchmark_folder(tmp_path / "a", each=1))
    add_golden_set(empty, "worst", makers.benchmark_folder(tmp_path / "b", each=1))
    again = add_golden_set(empty, "worst", makers.benchmark_folder(tmp_path / "c", each=2))
    assert [(one.name, one.n) for one in list_golden_sets(empty)] == [("other", 3), ("worst", 6)]
    assert list_golden_sets(empty)[1] == again


def test_naming_a_set_can_be_taken_back(empty, tmp_path):
    add_golden_set(empty, "worst", makers.benchmark_folder(tmp_path / "a", each=1))
    empty.undo()
    assert list_golden_sets(empty) == ()


def test_what_cannot_stay_right_is_refused(empty, tmp_path):
    with pytest.raises(PathMissing):
        add_golden_set(empty, "g", tmp_path / "none")
    strange = makers.save_picture(tmp_path / "set" / "zebra" / "0.png", "red").parent.parent
    with pytest.raises(LabelsRefused, match="zebra"):
        add_golden_set(empty, "g", strange)
    (tmp_path / "labels.csv").write_text("file,class\nnone.png,red\n")
    with pytest.raises(PathMissing):
        add_golden_set(empty, "g", tmp_path / "labels.csv")
    (tmp_path / "boxes.csv").write_text("file,class,x,y,w,h\nnone.png,red,1,1,5,5\n")
    with pytest.raises(LabelsRefused, match="wrong_task"):
        add_golden_set(empty, "g", tmp_path / "boxes.csv")
    assert list_golden_sets(empty) == ()


def test_a_set_that_is_gone_is_said_to_be(empty, tmp_path):
    folder = makers.benchmark_folder(tmp_path / "worst", each=1)
    added = add_golden_set(empty, "worst", folder)
    shutil.rmtree(folder)
    with pytest.raises(PathMissing):
        read_golden_items(added)


def test_a_project_without_a_model_has_nothing_to_stay_right(tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as project, pytest.raises(NoModel):
        add_golden_set(project, "g", makers.benchmark_folder(tmp_path / "a", each=1))


def items(folder, **more):
    return [
        EvaluationItem(
            f"{colour}{k}",
            str(makers.save_picture(folder / f"{colour}{k}.png", colour, k)),
            colour,
            **more,
        )
        for colour in makers.COLOURS
        for k in range(14)
    ]


def right(project, found, counted=frozenset(makers.COLOURS)):
    return compute_correctness(project, find_model(project), counted, found, NullProgress())


def test_every_item_is_judged_in_its_place(empty, tmp_path):
    found = items(tmp_path)
    found[3] = EvaluationItem("a blue one", found[40].file, "red")
    expected = np.ones(42, bool)
    expected[3] = False
    np.testing.assert_array_equal(right(empty, found), expected)
    assert right(empty, []).shape == (0,)


def test_a_damaged_picture_is_another_one_and_always_the_same(empty, tmp_path):
    model = make_model_file(empty, find_model(empty))
    clean, hazed = items(tmp_path), items(tmp_path, corruption="haze", severity=5.0, seed=3)
    cases = (hazed, hazed, clean)
    first, again, undamaged = (predict_items(ItemChunk(model, tuple(found))) for found in cases)
    assert [one.subject for one in first] == [one.subject for one in hazed]
    for one, same, other in zip(first, again, undamaged, strict=True):
        np.testing.assert_array_equal(one.answer, same.answer)
        assert one.answer.max() < other.answer.max()


def test_seeds_differ_by_picture_corruption_and_seed():
    seeds = {
        compute_image_seed(name, kind, seed)
        for name in "ab"
        for kind in ("jpeg", "dark")
        for seed in (0, 1)
    }
    assert len(seeds) == 8
    assert compute_image_seed("a", "jpeg", 0) == compute_image_seed("a", "jpeg", 0)


def test_a_detector_is_judged_over_the_classes_that_count(tmp_path, material):
    with makers.empty_project(tmp_path / "p.fieldcheck", material / "box.onnx") as project:
        file = str(makers.save_picture(tmp_path / "a.png", "red"))
        box = Box("hole", 40, 10, 16, 16)
        one = EvaluationItem("a", file, boxes=(Box("part", 0, 0, 32, 24), box))
        assert right(project, [one], frozenset({"part"})).tolist() == [True]
        assert right(project, [one], frozenset({"part", "hole"})).tolist() == [False]


def test_a_picture_that_is_gone_is_said_to_be(empty, tmp_path):
    with pytest.raises(PathMissing):
        right(empty, [EvaluationItem("a", str(tmp_path / "none.png"), "red")])


N = 40


def classes(seed=3):
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 3, N)
    predicted = np.where(draw.random(N) < 0.7, truth, draw.integers(0, 3, N))
    return ClassJudgement(truth, predicted, np.ones(N), truth == predicted)


def boxes(seed=4):
    draw = np.random.default_rng(seed)
    card = parse_card(makers.BOX_CARD)
    truths = [(Box(str(draw.choice(["part", "hole"])), 2.0, 2.0, 12.0, 10.0),) for _ in range(N)]
    answers = []
    for at, (box,) in enumerate(truths):
        x = 2.0 + float(draw.choice([0, 0, 2, 9]))
        row = [
            x, 2.0, x + 12.0, 12.0, float(draw.uniform(0.3, 1)), card.classes.index(box.class_name),
        ]  # fmt: skip
        answers.append(Prediction(str(at), np.float32([row]), False))
    return evaluate_boxes(card, frozenset(card.classes), truths, answers), len(card.classes)


def test_the_tasks_own_metric_is_the_weighted_share_of_right_frames():
    judgement, weight = classes(), np.linspace(0, 2, N)
    share = (weight * judgement.right).sum() / weight.sum()
    actual = make_metric_statistic(judgement, 3, "accuracy")(weight[np.newaxis])[0]
    assert actual == pytest.approx(share)
    assert np.isnan(make_metric_statistic(judgement, 3, "accuracy")(np.zeros((1, N)))[0])


def test_balanced_accuracy_is_that_of_the_report():
    judgement, one = classes(), np.zeros(N, np.int64)
    footage, camera = estimate_metric(
        judgement, 3, "balanced_accuracy", np.ones(N), one, np.arange(N) // 5
    )
    scores = estimate_class_scores(judgement.truth, judgement.predicted, 3, np.ones(N), one, SEED)
    assert footage == scores["balanced_accuracy"]
    assert (camera.method, camera.n_eff, camera.value) == ("bootstrap_clips", 8, footage.value)
    _, few = estimate_metric(judgement, 3, "balanced_accuracy", np.ones(N), one, np.arange(N) // 10)
    assert (few.measured, few.note) == (False, "too_few_clips")


def test_average_precision_and_recall_are_those_of_coco_and_the_threshold():
    judgement, k = boxes()
    whole = np.ones((1, N))
    expected = compute_coco_precision(judgement.truths, judgement.answers, N, k)
    for name in ("map", "map50"):
        actual = make_metric_statistic(judgement, k, name)(whole)[0]
        assert actual == pytest.approx(expected[name], abs=1e-9)
    found = judgement.outcomes
    # one object a frame
    actual = make_metric_statistic(judgement, k, "recall")(whole)[0]
    assert actual == pytest.approx(found.right.sum() / N)


def masked(path, *, left=1.0, ignored=0, names=("background", "red", "blue", "wood")):
    """Twelve images whose masks call the left part of every red or blue one so, and the rest
    ground; the first `ignored` rows of pixels were not judged. The model calls all of it so."""
    (path / "masks").mkdir(parents=True)
    (path / "classes.txt").write_text("\n".join(names) + "\n")
    for number, colour in enumerate(makers.cycle(12)):
        picture = cv2.imread(
            str(makers.save_picture(path / "images" / f"{number}.png", colour, number))
        )
        mask = np.zeros(picture.shape[:2], np.uint8)
        if colour in names:
            mask[:, : round(left * mask.shape[1])] = names.index(colour)
        mask[:ignored] = 255
        cv2.imwrite(str(path / "masks" / f"{number}.png"), mask)
    return path


@pytest.fixture
def scored(material, tmp_path):
    """Opens a project of masks with a benchmark of its own, run."""

    def make(**wanted):
        folder = masked(tmp_path / "set", **wanted)
        project = makers.empty_project(
            tmp_path / "p.fieldcheck", material / "mask.onnx", benchmark=folder
        )
        run_and_score(project, None, "benchmark", NullProgress(), makers.NOW)
        return project

    return make


def test_masks_that_agree_score_one_and_say_that_there_is_no_spread(scored):
    with scored() as project:
        found = load_mask_scores(project)
    assert (found.n, found.missing, found.mean_iou.value) == (12, "", 1.0)
    assert found.mean_iou.without_spread
    assert not found.boundary_f.measured  # every class fills its images: there is no boundary
    assert [(row.name, row.n) for row in found.classes] == [("ground", 4), ("red", 4), ("blue", 4)]


def test_points_are_hit_where_half_of_the_area_is_wrong(scored):
    """A quarter of each image is an object that the model makes four times as large."""
    with scored(left=0.25) as project:
        found = load_mask_scores(project)
        (ran,) = run_and_score(project, None, "benchmark", NullProgress(), makers.NOW)
    assert ran.score.value == 1.0
    by_name = {row.name: row.iou.value for row in found.classes}
    # ground: four images whole, and three quarters of eight others that the model calls objects
    assert by_name == {
        "ground": pytest.approx(4 / 10),
        "red": pytest.approx(0.25),
        "blue": pytest.approx(0.25),
    }
    assert found.mean_iou.value == pytest.approx(0.3)
    # a boundary in the label and none in the prediction
    assert {row.boundary_f.value for row in found.classes if row.boundary_f.measured} == {0.0}


def test_pixels_that_nobody_judged_are_left_out(scored):
    with scored(ignored=20) as project:
        found = load_mask_scores(project)
    assert found.mean_iou.value == 1.0
    assert not found.boundary_f.measured  # no outline against pixels that nobody judged


def test_a_class_that_the_model_lacks_is_a_wrong_prediction_of_another(scored):
    with scored(names=("background", "red", "green", "blue")) as project:
        found = load_mask_scores(project)
    assert [row.name for row in found.classes] == ["ground", "red", "blue"]
    by_name = {row.name: row.iou.value for row in found.classes}
    # what is green in the label is ground to the model, and nothing is ground in the label
    assert by_name == {"ground": 0.0, "red": 1.0, "blue": 1.0}


def test_without_masks_the_reason_stands_instead(scored, material, tmp_path):
    with scored() as project:
        shutil.rmtree(tmp_path / "set" / "masks")
        assert load_mask_scores(project).missing == "gone"
        (tmp_path / "points").mkdir()
        rows = ["file,class,x,y"]
        for number, colour in enumerate(makers.cycle(6)):
            makers.save_picture(tmp_path / "points" / f"{number}.png", colour, number)
            rows.append(f"{number}.png,red,5,5" if colour == "red" else f"{number}.png,,,")
        (tmp_path / "points" / "labels.csv").write_text("\n".join(rows) + "\n")
        set_benchmark(project, read_benchmark(tmp_path / "points", None, None))
        run_and_score(project, None, "benchmark", NullProgress(), makers.NOW)
        found = load_mask_scores(project)
    assert (found.missing, found.n, found.classes) == ("points_only", 0, ())
    assert found.mean_iou == Estimate.not_measured("points_only")


def write_coco_twin(folder, out, spoil=lambda document: None):
    """The same images and pixels as a COCO file: outlines of red, packed runs of blue, and runs in
    a list where the mask is not of one piece."""
    shutil.copytree(folder / "images", out / "val")
    names = (folder / "classes.txt").read_text().split()[1:]
    images, annotations = [], []
    for number, path in enumerate(sorted((out / "val").iterdir()), 1):
        mask = cv2.imread(str(folder / "masks" / path.name), cv2.IMREAD_UNCHANGED)
        height, width = mask.shape
        images.append({"id": number, "file_name": path.name, "height": height, "width": width})
        for index in sorted(set(mask.ravel().tolist()) - {0}):
            right = int((mask == index).any(0).sum())
            outline = [[0, 0, right, 0, right, height, 0, height]]
            runs = {"size": [height, width], "counts": [0, right * height]}
            runs["counts"] += [height * (width - right)] if right < width else []
            annotations.append({
                "id": len(annotations) + 1, "image_id": number, "category_id": index,
                "bbox": [0, 0, right, height], "area": right * height, "iscrowd": index - 1,
                "segmentation": outline if index == 1 else runs,
            })  # fmt: skip
    (out / "annotations").mkdir()
    document = {
        "info": {"images_without_annotation": "empty"}, "images": images,
        "annotations": annotations,
        "categories": [{"id": k, "name": name} for k, name in enumerate(names, 1)],
    }  # fmt: skip
    spoil(document)
    path = out / "annotations" / "instances_val.json"
    path.write_text(json.dumps(document))
    return path


def rescore(project, path):
    set_benchmark(project, read_benchmark(path, None, None))
    run_and_score(project, None, "benchmark", NullProgress(), makers.NOW)
    return load_mask_scores(project)


def test_outlines_and_runs_of_a_coco_file_score_as_masks_do(scored, tmp_path):
    with scored(left=0.25) as project:
        by_folder = load_mask_scores(project)
        path = write_coco_twin(tmp_path / "set", tmp_path / "coco")
        other = path.with_name("instances_train.json")
        other.write_text(path.read_text().replace(".png", ".jpg"))
        by_file = rescore(project, path)
        path.unlink()
        gone = load_mask_scores(project)
    assert by_file == by_folder
    assert (by_file.n, by_file.mean_iou.value) == (12, pytest.approx(0.3))
    assert gone.missing == "gone", "the file of another part names other images"


def test_an_image_with_an_object_without_pixels_is_left_out(scored, tmp_path):
    def spoil(document):
        spoilt = ([], [[0, 0, 1e6, 0, 1e6, 1e6]], {"size": [3, 3], "counts": [0, 9]})
        document["annotations"] += [
            {**row, "id": 90 + at, "segmentation": outline}
            for at, (row, outline) in enumerate(zip(document["annotations"], spoilt, strict=False))
        ]
        document["images"][-1]["height"] = None

    with scored() as project:
        found = rescore(project, write_coco_twin(tmp_path / "set", tmp_path / "coco", spoil))
    assert (found.n, found.missing, found.mean_iou.value) == (8, "", 1.0)


def test_pixels_that_two_classes_claim_are_not_judged(scored, tmp_path):
    def spoil(document):
        first = document["annotations"][0]
        other = {1: 2, 2: 1}[first["category_id"]]
        document["annotations"].append({**first, "id": 99, "category_id": other})

    with scored() as project:
        path = write_coco_twin(tmp_path / "set", tmp_path / "coco", spoil)
        found = rescore(project, path)
    assert (found.n, found.mean_iou.value) == (12, 1.0)
    assert sum(row.n for row in found.classes) == 11, "one image shows no class any more"


def test_other_models_have_no_masks(labelled, pointed):
    assert load_mask_scores(labelled) is None
    assert load_mask_scores(pointed) is None  # no benchmark


def test_a_project_without_anything_has_no_classes(tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        assert list_project_classes(project) == ()
        assert get_project_task(project) == "classification"


def test_classes_that_were_told_go_before_those_of_the_benchmark(material, tmp_path):
    with makers.empty_project(tmp_path / "a.fieldcheck", benchmark=material / "clean") as project:
        assert list_project_classes(project) == ("blue", "green", "red")
    (tmp_path / "classes.txt").write_text("red\nblue\n")
    with makers.empty_project(
        tmp_path / "b.fieldcheck", classes=tmp_path / "classes.txt", benchmark=material / "clean"
    ) as project:
        assert list_project_classes(project) == ("red", "blue")


def test_the_first_model_decides_so_that_labels_keep_their_meaning(empty, tmp_path):
    more = {**makers.COLOUR_CARD, "classes": ["blue", "green", "red"]}
    later = makers.colour_model(tmp_path / "later.onnx", more, order=(2, 1, 0))
    add_model(empty, later, None, makers.LATER)
    assert list_project_classes(empty) == makers.COLOURS


def test_the_task_is_that_of_the_model_else_of_the_benchmark(material, tmp_path):
    with makers.empty_project(tmp_path / "a.fieldcheck", material / "box.onnx") as project:
        assert get_project_task(project) == "detection"
    makers.save_picture(tmp_path / "boxes" / "1.png", "red")
    (tmp_path / "boxes" / "labels.csv").write_text("file,class,x,y,w,h\n1.png,part,1,2,3,4\n")
    with makers.empty_project(tmp_path / "b.fieldcheck", benchmark=tmp_path / "boxes") as project:
        assert get_project_task(project) == "detection"


def test_nothing_is_proposed_for_names_that_do_not_tell(labelled):
    assert get_ok_classes(labelled) == ((), False)


def test_what_was_said_stands_until_it_is_taken_back(labelled):
    set_ok_classes(labelled, ["green"])
    assert get_ok_classes(labelled) == (("green",), True)
    labelled.undo()
    assert get_ok_classes(labelled) == ((), False)


def test_a_class_that_the_project_does_not_have_is_refused(labelled):
    with pytest.raises(ClassUnknown):
        set_ok_classes(labelled, ["brown"])
