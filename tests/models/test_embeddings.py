import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.run import MOST_EMBEDDED
from fieldcheck.errors.labels import NoBenchmark, NoFootage
from fieldcheck.errors.models import CardRejected
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_pixels import read_frame_pixels
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.quality import measure_statistics
from fieldcheck.models.embeddings import (
    compute_benchmark_statistics,
    compute_embeddings,
    compute_novelty,
    get_embedder,
    get_vector_key,
    load_embeddings,
    open_embedder,
)
from fieldcheck.models.onnx_graph import add_outputs
from fieldcheck.models.store import find_model, make_model_file
from fieldcheck.progress import NullProgress
from fieldcheck.project.project import get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as benchmarks_table
from tests import makers
from tests.models import graphs, zoo
from tests.models.zoo import ZOO

FRAMES = [np.random.default_rng(seed).integers(0, 256, (32, 32, 3), np.uint8) for seed in range(3)]


def card(**more):
    spec = {"size": [32, 32], "resize": "stretch"}
    return parse_card({
        "task": "classification", "input": spec, "output": {"kind": "logits"},
        "classes": ["a", "b", "c"], **more,
    })  # fmt: skip


def by_hand(path, tensor, rgb):
    """The tensor from a session of its own, over places averaged, of length one."""
    session = onnxruntime.InferenceSession(add_outputs(onnx.load(str(path)), [tensor]))
    planes = (rgb.astype(np.float32) / 255).transpose(2, 0, 1)
    found = session.run([tensor], {"images": planes[None]})[0][0]
    mean = found.reshape(len(found), -1).mean(axis=1)
    return mean / np.linalg.norm(mean)


def test_the_vector_is_what_the_model_has_before_its_last_layer(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx", last="Softmax")
    embedder = open_embedder(path, card())
    found = embedder.compute_vectors(FRAMES)
    assert (embedder.tensor, found.shape) == ("flat", (3, 16))
    for vector, rgb in zip(found, FRAMES, strict=True):
        assert np.abs(vector - by_hand(path, "flat", rgb)).max() <= 1e-5
    assert embedder.compute_vectors([]).size == 0


def test_the_card_may_name_another_tensor_whose_places_are_averaged(tmp_path):
    path = graphs.convolutions(tmp_path / "m.onnx")
    embedder = open_embedder(path, card(embedding="r1"))
    actual = embedder.compute_vectors(FRAMES[:1])[0]
    assert actual == pytest.approx(by_hand(path, "r1", FRAMES[0]), abs=1e-5)
    with pytest.raises(CardRejected, match="embedding"):
        open_embedder(path, card(embedding="nothing"))


def test_a_batch_that_the_file_fixes_gives_the_same_vectors(tmp_path):
    free, fixed = (
        graphs.convolutions(tmp_path / f"{n}.onnx", shape=(n, 3, 32, 32)) for n in ("n", 2)
    )
    actual = open_embedder(fixed, card()).compute_vectors(FRAMES)
    assert actual == pytest.approx(open_embedder(free, card()).compute_vectors(FRAMES), abs=1e-5)


def test_weights_in_a_file_of_their_own_are_found(tmp_path):
    species = ZOO["detr, no object"]
    together, apart = (
        zoo.write(tmp_path / f"{outside}.onnx", species, external=outside)
        for outside in (False, True)
    )
    one, other = (open_embedder(path, parse_card(species.card())) for path in (together, apart))
    assert np.array_equal(one.compute_vectors(FRAMES), other.compute_vectors(FRAMES))


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("name", ZOO)
def test_every_species_has_vectors_that_tell_pictures_apart(tmp_path, name):
    species = ZOO[name]
    path = zoo.write(tmp_path / "m.onnx", species, batch=1 if name in zoo.ONE_PICTURE else "n")
    found = open_embedder(path, parse_card(species.card())).compute_vectors(FRAMES)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert np.ptp(found, axis=0).max() > 1e-4


def test_a_graph_that_says_the_same_of_every_picture_has_none(tmp_path):
    path = graphs.constant_head(tmp_path / "c.onnx", np.ones(3), ("n", 3, 32, 32))
    assert open_embedder(path, card()) is None
    nodes = [
        helper.make_node("GlobalAveragePool", ["images"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["flat"]),
        helper.make_node("Mul", ["flat", "zero"], ["nothing"]),
        helper.make_node("MatMul", ["nothing", "w"], ["output"]),
    ]
    weights = [("zero", np.zeros(1, np.float32)), ("w", np.ones((3, 3), np.float32))]
    dead = graphs.write(
        tmp_path / "dead.onnx", nodes, [graphs.picture(("n", 3, 32, 32))], [graphs.output()],
        weights,
    )  # fmt: skip
    assert open_embedder(dead, card()) is None


def test_a_picture_of_which_the_model_makes_no_finite_figure_is_all_zeros(tmp_path):
    nodes = [
        helper.make_node("GlobalAveragePool", ["images"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["flat"]),
        helper.make_node("Log", ["flat"], ["log"]),
        helper.make_node("MatMul", ["log", "w"], ["output"]),
    ]
    weights = [("w", np.eye(3, dtype=np.float32))]
    picture = graphs.picture(("n", 3, 32, 32))
    path = graphs.write(tmp_path / "m.onnx", nodes, [picture], [graphs.output()], weights)
    black = np.zeros((32, 32, 3), np.uint8)
    actual = open_embedder(path, card()).compute_vectors([black, FRAMES[0]]).any(axis=1).tolist()
    assert actual == [False, True]


@pytest.mark.long
@pytest.mark.parametrize(("name", "width", "spec", "output"), [
    (
        "yolox_nano", 64,
        {"size": [416, 416], "resize": "letterbox", "colour": "BGR", "scale": 1}, "yolox",
    ),
    (
        "mobilenet_v1_0.25_128_quant", 256,
        {"size": [128, 128], "resize": "stretch", "scale": 1 / 128, "mean": 1}, "softmax",
    ),
    ("vww_96_float", 256, {"size": [96, 96], "resize": "stretch"}, "softmax"),
])  # fmt: skip
def test_real_models_have_a_tensor_before_their_last_layer(shared_data, name, width, spec, output):
    task, n = (
        ("detection", 80)
        if output == "yolox"
        else ("classification", 1001 if "mobilenet" in name else 2)
    )
    classes = [f"class {k}" for k in range(n)]
    given = {"task": task, "input": spec, "output": {"kind": output}, "classes": classes}
    embedder = open_embedder(shared_data / "models" / f"{name}.onnx", parse_card(given))
    found = embedder.compute_vectors(FRAMES)
    assert found.shape == (3, width)


def test_frames_and_benchmark_have_vectors_in_the_order_of_their_lists(footed):
    for on in ("footage", "benchmark"):
        compute_embeddings(footed, on, NullProgress())
    found = load_embeddings(footed)
    listing = footed.read(list_sampling_lines)
    items = sorted(item.path for item in footed.read(benchmarks_table.get_benchmark).items)
    assert found.tensor == "f"
    assert found.frame_ids == tuple(line.frame.frame_id for line in listing)
    assert found.paths == tuple(items)
    assert (found.frames.shape, found.benchmark.shape) == ((120, 3), (18, 3))
    embedder = get_embedder(make_model_file(footed, find_model(footed)))
    root = get_benchmark_root(footed, footed.read(benchmarks_table.get_benchmark))
    wanted = pytest.approx(embedder.compute_vectors([read_image(root / items[5])])[0], abs=1e-3)
    assert found.benchmark[5] == wanted
    pixels = read_frame_pixels(footed, listing[7].recording, listing[7].frame)
    assert found.frames[7] == pytest.approx(embedder.compute_vectors([pixels])[0], abs=1e-3)


def test_what_was_made_is_not_made_again(footed):
    first = compute_embeddings(footed, "footage", NullProgress())
    assert (first.n, first.n_done, first.resumed) == (120, 120, False)
    name = footed.read(list_sampling_lines)[3].frame.frame_id
    key = get_vector_key(find_model(footed))
    footed.cache.put_vectors(key, "f", {name: np.array([0, 0, 1], np.float16)})
    again = compute_embeddings(footed, "footage", NullProgress())
    assert (again.n_done, again.resumed) == (120, True)
    assert load_embeddings(footed).frames[3].tolist() == [0, 0, 1]


def test_a_large_benchmark_is_stood_for_by_the_same_pictures_each_time(footed):
    assert compute_embeddings(footed, "benchmark", NullProgress(), most=7).n == 7
    few, all_of_them = load_embeddings(footed, most=7), load_embeddings(footed, most=MOST_EMBEDDED)
    assert (len(few.paths), few.paths) == (7, all_of_them.paths)
    assert list(few.paths) == sorted(few.paths)
    assert compute_embeddings(footed, "benchmark", NullProgress()).n_done == 18


def test_a_model_that_lends_itself_to_none_is_stood_in_for_by_image_statistics(material, tmp_path):
    makers.write_card(tmp_path / "box.card.json", makers.BOX_CARD)
    with makers.empty_project(
        tmp_path / "p.fieldcheck", makers.box_model(tmp_path / "box.onnx")
    ) as project:
        makers.add_footage(project, material / "night.avi")
        assert compute_embeddings(project, "footage", NullProgress()).tensor == ""
        found = load_embeddings(project)
        rows = project.read(frames_table.list_frame_facts)
        facts = {one.frame_id: one.statistics for one in rows}
        assert found.tensor == ""
        assert found.frames.tolist() == [facts[name].tolist() for name in found.frame_ids]
        with pytest.raises(NoBenchmark):
            compute_embeddings(project, "benchmark", NullProgress())


@pytest.mark.long
def test_without_a_model_the_statistics_of_both_sides_are_there(material, tmp_path):
    with makers.empty_project(
        tmp_path / "p.fieldcheck", benchmark=material / "clean", classes=makers.COLOURS
    ) as project:
        with pytest.raises(NoFootage):
            compute_embeddings(project, "footage", NullProgress())
        makers.add_footage(project, material / "night.avi")
        values = compute_novelty(project, None, NullProgress())
        found = load_embeddings(project)
        assert found.frames.shape == (30, 16)
        root = get_benchmark_root(project, project.read(benchmarks_table.get_benchmark))
        actual = found.benchmark[0]
        assert actual == pytest.approx(measure_statistics(read_image(root / found.paths[0])))
        assert set(values) == set(found.frame_ids)


def test_nothing_is_there_before_the_first_pass(footed):
    found = load_embeddings(footed)
    assert (found.frame_ids, found.paths, found.frames.size, found.benchmark.size) == ((), (), 0, 0)


@pytest.mark.long
def test_a_frame_of_a_colour_that_the_benchmark_lacks_is_new(material, tmp_path):
    """The benchmark shows no blue; so the blue frames are the most unlike it, and the draw says
    so."""
    for colour in ("red", "green"):
        for number in range(6):
            makers.save_picture(tmp_path / "two" / colour / f"{number}.png", colour, number)
    with makers.empty_project(
        tmp_path / "p.fieldcheck", material / "net.onnx", benchmark=tmp_path / "two"
    ) as project:
        makers.add_footage(project, material / "belt.avi")
        values = compute_novelty(project, find_model(project), NullProgress())
        by_colour = {colour: [] for colour in makers.COLOURS}
        for line in project.read(list_sampling_lines):
            of_colour = by_colour[makers.COLOURS[line.frame.source_index // 4 % 3]]
            of_colour.append(values[line.frame.frame_id])
        assert min(by_colour["blue"]) > max(by_colour["red"] + by_colour["green"])
        assert compute_novelty(project, find_model(project), NullProgress()) == values


def test_statistics_of_the_benchmark_are_measured_once_whatever_the_model_gives(footed):
    paths, found = compute_benchmark_statistics(footed, NullProgress())
    root = get_benchmark_root(footed, footed.read(benchmarks_table.get_benchmark))
    assert found.shape == (18, 16)
    assert found[3] == pytest.approx(measure_statistics(read_image(root / paths[3])))
    assert compute_benchmark_statistics(footed, NullProgress(), most=5)[1].shape == (5, 16)
