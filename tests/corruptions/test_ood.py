import json
import shutil
from dataclasses import replace
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck import paths
from fieldcheck.corruptions import ood as probes
from fieldcheck.corruptions.ood import (
    EACH,
    FrameChunk,
    OodRequest,
    PatchSource,
    SyntheticChunk,
    load_clean_predictions,
    load_ood_results,
    predict_ood,
    run_ood,
    select_own_frames,
)
from fieldcheck.corruptions.sweep_scores import list_images
from fieldcheck.domain.robustness import FAMILIES, SHORTCUTS
from fieldcheck.errors.files import NoPictures, PathMissing
from fieldcheck.errors.labels import ClassUnknown, NoFootage
from fieldcheck.models.new_project import NewProjectRequest as NewWanted
from fieldcheck.models.new_project import set_up_project
from fieldcheck.models.store import add_model, find_model, make_model_file
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import models as benchmarks_table
from tests import makers
from tests.corruptions.test_sweep import Noted
from tests.models import leaning_models


def rows(probes):
    return {row.family: row for row in probes.families}


def kept(probes):
    return {row.probe: row.kept for row in probes.shortcuts}


@pytest.fixture(scope="module")
def material_of(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leaning")
    return folder, leaning_models.boxed_benchmark(folder / "scenes")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A few pictures of another world, so that not every test answers all that ship."""
    folder = tmp_path_factory.mktemp("strange")
    for number in range(12):
        makers.save_picture(folder / f"{number:02d}.png", "red", 900 + number)
    return folder


def probed(folder, benchmark, model, small):
    with set_up_project(
        folder / f"{model.stem}.fieldcheck", NewWanted(model=model, benchmark=benchmark), makers.NOW
    ).project as project:
        return run_ood(project, OodRequest(wrong_domain=small), NullProgress(), makers.NOW).probes


@pytest.mark.long
def test_a_model_that_reads_only_the_background_is_named(material_of, small):
    folder, benchmark = material_of
    background = leaning_models.background_model(folder / "background.onnx")
    found = probed(folder, benchmark, background, small)
    assert found.named == ("background",)
    assert kept(found)["object_hidden"].value > 0.8
    assert (
        kept(found)["background_hidden"].measured is False
        or kept(found)["background_hidden"].value < 0.5
    )


@pytest.mark.long
def test_a_model_that_reads_only_texture_is_named(material_of, small):
    folder, benchmark = material_of
    found = probed(folder, benchmark, leaning_models.texture_model(folder / "texture.onnx"), small)
    assert "texture" in found.named
    assert kept(found)["patches_shuffled"].lo > 0.5
    assert (
        not kept(found)["strong_blur"].measured
        or kept(found)["strong_blur"].hi < kept(found)["patches_shuffled"].lo
    )


@pytest.mark.long
def test_the_healthy_sample_model_is_not_named(tmp_path, small):
    """The casting lies in the middle nine tenths of every picture; the frame shows ground."""
    demo = paths.get_resource_path("demo")
    key = json.loads((demo / "answer_key.json").read_text())["benchmark"]["pictures"][::4]
    lines = [f"{demo / one['path']},{one['true']},14,14,260,260" for one in key]
    (tmp_path / "labels.csv").write_text("\n".join(["file,class,x,y,w,h", *lines]) + "\n")
    for one in key:
        target = tmp_path / one["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((demo / one["path"]).read_bytes())
    csv = tmp_path / "labels.csv"
    csv.write_text(csv.read_text().replace(f"{demo}/", ""))
    found = probed(tmp_path, csv, demo / "model.onnx", small)
    assert kept(found)["object_hidden"].measured
    assert found.named == ()


def test_boxes_of_one_class_name_the_picture_for_a_classifier(material_of, tmp_path):
    _folder, benchmark = material_of
    model = leaning_models.background_model(tmp_path / "net.onnx")
    with set_up_project(
        tmp_path / "boxed.fieldcheck", NewWanted(model=model, benchmark=benchmark), makers.NOW
    ).project as project:
        items = project.read(benchmarks_table.get_benchmark).items
    assert {item.class_name for item in items} == set(leaning_models.CLASSES)
    assert all(len(item.boxes) == 1 for item in items)


@pytest.mark.long
def test_every_family_has_two_hundred_pictures_or_as_many_as_there_are_frames(labelled, small):
    result = run_ood(labelled, OodRequest(wrong_domain=small), NullProgress(), makers.NOW)
    found = rows(result.probes)
    assert tuple(found) == FAMILIES
    assert [found[name].n for name in ("blank", "noise", "gauss")] == [EACH] * 3 == [200] * 3
    assert found["wrong_domain"].n == 12
    assert found["permuted"].n == 2 * found["defocus"].n
    for row in found.values():
        assert row.rate.value == pytest.approx(row.n_confident / row.n)
        assert 0 <= row.auroc <= 1


@pytest.mark.long
def test_allowed_classes_are_remembered_and_not_counted(labelled, small):
    result = run_ood(labelled, OodRequest(wrong_domain=small), NullProgress(), makers.NOW)
    plain = rows(result.probes)
    everything = {"wrong_domain": makers.COLOURS}
    request = OodRequest(wrong_domain=small, allowed=everything)
    allowed = rows(run_ood(labelled, request, NullProgress(), makers.NOW).probes)
    assert plain["wrong_domain"].n_confident >= plain["wrong_domain"].n_most > 0
    assert plain["wrong_domain"].most in makers.COLOURS
    assert (allowed["wrong_domain"].most, allowed["wrong_domain"].n_most) == ("", 0)
    assert allowed["wrong_domain"].n_confident == 0
    assert allowed["wrong_domain"].auroc == plain["wrong_domain"].auroc
    actual = rows(load_ood_results(labelled, find_model(labelled)))["wrong_domain"].allowed
    assert actual == makers.COLOURS
    with pytest.raises(ClassUnknown):
        run_ood(labelled, OodRequest(allowed={"blank": ("fire",)}), NullProgress(), makers.NOW)


@pytest.mark.long
def test_a_card_with_thresholds_is_followed(labelled, small, tmp_path):
    """Blue is named wherever it may be, and the model answers by itself from 0.5 on."""
    output = {**makers.COLOUR_CARD["output"], "thresholds": {"blue": 1e-9}, "abstain": 0.5}
    card = {**makers.COLOUR_CARD, "output": output}
    add_model(labelled, makers.colour_model(tmp_path / "eager.onnx", card), None, makers.LATER)
    asked = OodRequest(wrong_domain=small, allowed={"wrong_domain": ("blue",)})
    eager = run_ood(labelled, asked, NullProgress(), makers.NOW).probes
    plain = run_ood(labelled, replace(asked, model="net"), NullProgress(), makers.NOW).probes
    assert (plain.threshold, eager.threshold) == (0.9, 0.5)
    assert rows(plain)["wrong_domain"].n_confident > 0 == rows(eager)["wrong_domain"].n_confident
    # blue, whatever it is shown
    assert {row.kept.note for row in eager.shortcuts} - {"no_boxes"} == {"one_answer"}


@pytest.mark.long
def test_what_was_answered_is_not_run_again_and_the_report_finds_it(labelled, small, tmp_path):
    assert load_ood_results(labelled, find_model(labelled)) is None
    first = run_ood(labelled, OodRequest(wrong_domain=small), NullProgress(), makers.NOW)
    noted = NotedProbes()
    again = run_ood(labelled, OodRequest(wrong_domain=small), noted, makers.NOW)
    assert (first.resumed, again.resumed, noted.told) == (False, True, [])
    assert again.probes == first.probes == load_ood_results(labelled, find_model(labelled))
    labelled.close()
    with open_project(shutil.copytree(labelled.path, tmp_path / "elsewhere.fieldcheck")) as moved:
        actual = run_ood(moved, OodRequest(wrong_domain=small), noted, makers.NOW).probes
        assert actual == first.probes
    assert noted.told == []


class NotedProbes(Noted):
    def report(self, done, total, unit=""):
        if unit == "pictures":
            self.told.append((done, total))


class Stops(NullProgress):
    def __init__(self):
        self.seen = 0

    def report(self, done, total, unit=""):
        self.seen += unit == "pictures"

    def check(self):
        if self.seen >= 3:
            raise Cancelled


@pytest.mark.long
def test_probes_that_were_stopped_go_on_to_the_same_digits(labelled, small, tmp_path, made):
    with pytest.raises(Cancelled), makers.workers(1):
        run_ood(labelled, OodRequest(wrong_domain=small), Stops(), makers.NOW)
    resumed = run_ood(labelled, OodRequest(wrong_domain=small), NullProgress(), makers.NOW)
    assert resumed.resumed
    other = shutil.copytree(made["labelled"], tmp_path / "other.fieldcheck")
    with open_project(other) as project:
        result = run_ood(project, OodRequest(wrong_domain=small), NullProgress(), makers.NOW)
        at_once = result.probes
    for one, two in zip(resumed.probes.families, at_once.families, strict=True):
        assert (one.n, one.n_confident, one.rate) == (two.n, two.n_confident, two.rate)
        assert one.auroc == two.auroc or (isnan(one.auroc) and isnan(two.auroc))
    assert [row.probe for row in resumed.probes.shortcuts] == list(SHORTCUTS)


@pytest.mark.long
def test_a_detector_counts_boxes_above_its_threshold(made_boxed, tmp_path, small):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        found = run_ood(project, OodRequest(wrong_domain=small), NullProgress(), makers.NOW).probes
    assert found.threshold == pytest.approx(0.5)
    actual = rows(found)["blank"].n_confident
    assert actual == np.sum(np.rint(255 * np.arange(200) / 199) * 0.00392 >= 0.5)
    assert rows(found)["wrong_domain"].n_confident == 12


@pytest.mark.long
def test_instances_are_probed_by_their_boxes_as_a_detector_is(tmp_path, small):
    boxed, found = makers.boxed_benchmark(tmp_path / "boxed"), []
    for make in (makers.instance_model, makers.box_model):
        with makers.empty_project(
            tmp_path / f"{make.__name__}.fieldcheck", make(tmp_path / "model.onnx"), benchmark=boxed
        ) as project:
            result = run_ood(project, OodRequest(wrong_domain=small), NullProgress(), makers.NOW)
            found.append(result.probes)
    instances, detected = found
    assert instances.threshold == detected.threshold == pytest.approx(0.5)
    assert rows(instances)["wrong_domain"].n_confident == 12
    assert repr(instances.families) == repr(detected.families)
    assert repr(instances.shortcuts) == repr(detected.shortcuts)


def test_without_frames_or_pictures_there_is_nothing_to_probe(tmp_path, material, labelled):
    with (
        makers.empty_project(tmp_path / "bare.fieldcheck", material / "net.onnx") as project,
        pytest.raises(NoFootage),
    ):
        run_ood(project, OodRequest(), NullProgress(), makers.NOW)
    (tmp_path / "none").mkdir()
    with pytest.raises(NoPictures):
        run_ood(labelled, OodRequest(wrong_domain=tmp_path / "none"), NullProgress(), makers.NOW)
    with pytest.raises(PathMissing):
        run_ood(labelled, OodRequest(wrong_domain=tmp_path / "gone"), NullProgress(), makers.NOW)
    (tmp_path / "none" / "a.png").write_bytes(b"no picture")
    with pytest.raises(NoPictures):
        run_ood(labelled, OodRequest(wrong_domain=tmp_path / "none"), NullProgress(), makers.NOW)


@pytest.fixture
def own(labelled):
    model = find_model(labelled)
    listed = list_images(labelled, model, "benchmark", 0)[:3]
    return make_model_file(labelled, model), tuple(
        PatchSource(subject, file, ((4.0, 4.0, 20.0, 20.0),)) for subject, file in listed
    )


def answered(*chunks):
    return {
        (probe, one.subject): one.answer for chunk in chunks for probe, one in predict_ood(chunk)
    }


def same(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[key], other[key]) for key in one)


def test_pictures_of_nothing_are_the_same_in_any_chunk(own):
    model, _ = own
    whole = answered(SyntheticChunk(model, "noise", 0, 6, 6, 3, (20, 30)))
    parts = answered(
        *(SyntheticChunk(model, "noise", k, k + 1, 6, 3, (20, 30)) for k in reversed(range(6)))
    )
    assert same(whole, parts)
    assert not same(whole, answered(SyntheticChunk(model, "noise", 0, 6, 6, 4, (20, 30))))


def test_frames_are_the_same_in_any_company(own):
    model, sources = own
    probes = ("permuted", "object_hidden", "grey")
    whole = answered(FrameChunk(model, probes, 0, sources))
    parts = answered(
        *(FrameChunk(model, (probe,), 0, (source,)) for source in sources for probe in probes)
    )
    assert same(whole, parts)
    assert len(whole) == 3 * (2 + 1 + 1)


def test_a_frame_without_a_box_is_not_hidden(own):
    model, sources = own
    bare = tuple(PatchSource(one.subject, one.file) for one in sources)
    answers = answered(FrameChunk(model, ("object_hidden", "mirrored"), 0, bare))
    assert {probe for probe, _ in answers} == {"mirrored"}


def test_pictures_of_another_world_are_shown_as_they_are(own):
    model, sources = own
    plain = answered(FrameChunk(model, ("wrong_domain",), 0, sources))
    mirrored = answered(FrameChunk(model, ("mirrored",), 0, sources))
    for one in sources:  # the mean of every channel does not change in a mirror
        actual = plain["wrong_domain", one.subject]
        assert actual == pytest.approx(mirrored["mirrored", one.subject], abs=1e-5)


def test_benchmark_pictures_come_first_and_picks_fill_up(labelled):
    found = select_own_frames(labelled, find_model(labelled), 0, NullProgress(), makers.NOW)
    actual = [one.subject.endswith(".png") for one in found]
    assert actual == sorted((one.subject.endswith(".png") for one in found), reverse=True)
    assert sum(not one.subject.endswith(".png") for one in found) == 20
    assert len(found) <= 200


def test_every_one_of_them_has_a_clean_answer(labelled):
    model = find_model(labelled)
    found = select_own_frames(labelled, model, 0, NullProgress(), makers.NOW)
    assert {one.subject for one in found} <= set(load_clean_predictions(labelled, model))


def test_boxes_that_people_drew_come_with_their_frames(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        found = select_own_frames(project, find_model(project), 0, NullProgress(), makers.NOW)
    assert found[0].boxes == ((4, 4, 32, 24), (40, 10, 56, 26))
    assert sum(bool(one.boxes) for one in found) == 1


PICTURE = np.random.default_rng(0).integers(0, 256, (50, 67, 3), dtype=np.uint8)


@given(st.integers(1, 9), st.integers(0, 99))
def test_shuffled_patches_are_the_same_pixels_in_another_order(grid, seed):
    before = PICTURE.copy()
    found = probes.shuffle_patches(PICTURE, grid, seed)
    assert found.shape == PICTURE.shape
    colours = np.sort(PICTURE.reshape(-1, 3), axis=0)
    assert np.array_equal(np.sort(found.reshape(-1, 3), axis=0), colours)
    assert np.array_equal(PICTURE, before)


def test_a_patch_stays_whole_and_the_same_seed_gives_the_same_order():
    found = probes.shuffle_patches(PICTURE, 4, 3)
    assert np.array_equal(found, probes.shuffle_patches(PICTURE, 4, 3))
    height, width = 50 // 4, 67 // 4
    cut = {
        PICTURE[r * height : (r + 1) * height, c * width : (c + 1) * width].tobytes()
        for r in range(4)
        for c in range(4)
    }
    laid = {
        found[r * height : (r + 1) * height, c * width : (c + 1) * width].tobytes()
        for r in range(4)
        for c in range(4)
    }
    assert cut == laid
    assert not np.array_equal(found, PICTURE)


def test_blank_pictures_go_from_black_to_white():
    actual = [int(probes.make_blank_image(level, (2, 3)).max()) for level in (0.0, 0.5, 1.0)]
    assert actual == [0, 128, 255]
    assert probes.make_blank_image(0.3, (2, 3)).shape == (2, 3, 3)


def test_noise_has_the_mean_and_deviation_of_real_pictures():
    mean, deviation = np.array([60.0, 120.0, 180.0]), np.array([5.0, 10.0, 20.0])
    pixels = probes.make_gaussian_noise((200, 200), mean, deviation, 1).reshape(-1, 3).astype(float)
    assert pixels.mean(axis=0) == pytest.approx(mean, abs=0.5)
    assert pixels.std(axis=0) == pytest.approx(deviation, rel=0.03)
    assert abs(probes.make_uniform_noise((100, 100), 1).mean() - 127.5) < 1


def test_statistics_count_every_picture_alike_whatever_its_size():
    bright = np.full((400, 300, 3), 30, np.uint8)
    mean, deviation = probes.compute_channel_statistics([np.full((4, 4, 3), 10, np.uint8), bright])
    assert mean == pytest.approx([20, 20, 20])
    assert deviation == pytest.approx([10, 10, 10])


def test_hiding_the_object_paints_the_rest_over_it_and_leaves_the_rest():
    picture = np.full((20, 20, 3), 40, np.uint8)
    picture[5:10, 6:12] = 200
    found = probes.remove_object(picture, [(6.2, 5.0, 12.0, 9.7)])
    assert (found == 40).all()
    kept = probes.remove_background(picture, [(6.0, 5.0, 12.0, 10.0)])
    assert (kept[5:10, 6:12] == 200).all()
    assert (kept[0] == 128).all()


def test_a_box_beyond_the_picture_hides_what_is_in_it():
    assert (probes.remove_object(PICTURE, [(-5.0, -5.0, 500.0, 500.0)]) == 128).all()


def test_grey_and_mirrored():
    assert len(np.unique(np.ptp(probes.convert_to_grey(PICTURE), axis=2))) == 1
    assert np.array_equal(probes.flip_horizontally(probes.flip_horizontally(PICTURE)), PICTURE)
