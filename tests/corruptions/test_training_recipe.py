import hashlib
import json
import os
import shutil
import sys
from importlib import metadata
from math import inf, nan

import albumentations as A
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from benchmarks.peers import python_of
from fieldcheck.corruptions.catalogue import CATALOG, CORE, get_parameters, make_transform
from fieldcheck.corruptions.export import make_transforms_file
from fieldcheck.corruptions.fit_camera import FittedCorruption
from fieldcheck.corruptions.training_recipe import (
    SHARE,
    build_pipeline,
    build_recipe_readme,
    compare_with_training,
    describe_export,
    describe_split,
    format_pipeline,
    get_export_description,
    get_export_name,
    list_recipe_parts,
    parse_training_recipe,
    split_parts,
)
from fieldcheck.domain.model_card import FieldRange, StrongestAugmentation
from fieldcheck.i18n import language
from packaging.requirements import Requirement
from tests.corruptions.pictures import scene
from tests.programs import run_program

KINDS = (
    "recipe", "ablation", "poison", "augmented", "suspects", "thresholds", "mlflow", "cvat-tasks",
    "label-studio-tasks", "coco", "masks",
)  # fmt: skip


def test_each_format_says_what_it_counts():
    assert describe_export("recipe", 10, "there") == "Recipe of 10 corruptions exported to there."
    assert describe_export("poison", 1, "there") == "1 corrupted image exported to there."


def test_the_readme_says_how_to_load_what_is_in_and_what_was_kept_out():
    parts = list_recipe_parts([FittedCorruption("jpeg", "quality", (65, 50, 40), 9)])
    trained, unseen = split_parts(parts, 0, kept="jpeg")
    said = build_recipe_readme(trained, unseen, 0)
    assert "import fieldcheck_transforms" in said
    assert "30% of the images" in said
    assert "20 to 30% more epochs" in said
    assert all(f"`{part.corruption}`" in said for part in trained + unseen)
    assert "quality 65, native 1; quality 50, native 1 – this camera's parameters" in said


def test_a_split_is_told_with_both_sides():
    assert describe_split(80, 1, "/tmp/x") == (
        "80 frames for training and 1 for validation exported to /tmp/x; no group is in both sets."
    )


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_each_export_has_a_name_of_its_own_and_a_sentence(lang):
    with language.use_language(lang):
        names = {kind: get_export_name(kind) for kind in KINDS}
        assert len(set(names.values())) == len(names)
        assert names["coco"].endswith(": COCO")
        assert all(get_export_description(kind).endswith(".") for kind in KINDS)
        tasks = get_export_description("label-studio-tasks")
        assert get_export_description("cvat-tasks") == tasks != get_export_description("coco")


ELSEWHERE = """
import sys
sys.path[:0] = sys.argv[1:]  # no other packages than these
import hashlib
import albumentations as A
import fieldcheck_transforms
import numpy as np

try:
    import fieldcheck
except ImportError:
    print("alone")
pipeline = A.load("pipeline.json")
pipeline.set_random_seed(5)
print(*(hashlib.sha256(pipeline(image=np.load("picture.npy"))["image"].tobytes()).hexdigest() for _ in range(60)))
"""
PARTS = list_recipe_parts(
    [FittedCorruption("jpeg", "quality", (65.0, 50.0, 40.0), 100)], names=CATALOG
)


def exported(folder):
    """What an export of every corruption leaves in a folder, and a picture."""
    (folder / "pipeline.json").write_text(format_pipeline(PARTS, share=0.8), "utf-8")
    (folder / "fieldcheck_transforms.py").write_text(make_transforms_file(), "utf-8")
    np.save(folder / "picture.npy", scene())


def hashes_there(python, folder, *places):
    """What an isolated interpreter without our packages, environment and folder makes of it."""
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT") if key in os.environ}
    environment = {"NO_ALBUMENTATIONS_UPDATE": "1"} | kept
    flags = ["-I", "-S"] if places else ["-I"]
    command = [str(python), *flags, "-c", ELSEWHERE, *map(str, places), str(folder)]
    done = run_program(command, cwd=folder, env=environment, check=True)
    alone, hashes = done.stdout.splitlines()
    assert alone == "alone"
    return hashes.split()


def hashes_here():
    here = build_pipeline(PARTS, share=0.8)
    here.set_random_seed(5)
    return [hashlib.sha256(here(image=scene())["image"].tobytes()).hexdigest() for _ in range(60)]


def beside(folder, name, found):
    """The files of a distribution and of all that it requires, and of nothing else."""
    if canonicalize_name(name) in found:
        return
    found.add(canonicalize_name(name))
    there = metadata.distribution(name)
    for top in {
        file.parts[0] for file in there.files or () if file.parts[0] not in {"..", "__pycache__"}
    }:
        if top == "cv2":  # asks where its files really lie
            shutil.copytree(there.locate_file(top), folder / top)
        elif not (folder / top).exists():
            (folder / top).symlink_to(there.locate_file(top))
    for wanted in map(Requirement, there.requires or ()):
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            beside(folder, wanted.name, found)


@pytest.mark.long
def test_a_recipe_loaded_by_plain_albumentations_elsewhere_gives_the_same_bytes(tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    found = set()
    beside(site, "albumentations", found)
    assert {"albumentations", "numpy", "opencv-python-headless"} <= found
    assert not {"fieldcheck", "onnxruntime", "pillow"} & found
    exported(tmp_path)
    assert hashes_there(sys.executable, tmp_path, site) == hashes_here()


@pytest.mark.full("recipe_elsewhere")
def test_an_environment_made_for_it_gives_the_same_bytes(tmp_path, counts, evidence):
    """As somebody who trains would make it: albumentations and what the installer brings along."""
    counts(ci=0, full=1)
    python = python_of("albumentations", [f"albumentations=={metadata.version('albumentations')}"])
    listed = (
        "import importlib.metadata as m, json; print(json.dumps({d.name.lower(): d.version "
        "for d in m.distributions()}))"
    )
    packages = json.loads(run_program([str(python), "-c", listed], check=True).stdout)
    exported(tmp_path)
    there, here = hashes_there(python, tmp_path), hashes_here()
    same = sum(a == b for a, b in zip(there, here, strict=True))
    evidence(pictures=len(here), same=same, packages=packages)
    assert "fieldcheck" not in packages
    assert there == here


def test_a_part_of_a_batch_is_corrupted_by_at_most_three_at_once():
    compose = build_pipeline(list_recipe_parts())
    compose.set_random_seed(1)
    rgb = scene(48, 64)
    changed = sum(not np.array_equal(compose(image=rgb)["image"], rgb) for _ in range(200))
    assert compose.p == SHARE == 0.3
    assert 0.2 <= changed / 200 <= 0.4
    groups = A.to_dict(compose)["transform"]["transforms"][0]["transforms"]
    expected = [(1, 0.4), (2, 0.4), (3, 0.2)]
    assert [(group["transforms"][0]["n"], group["p"]) for group in groups] == expected


def test_two_families_of_different_causes_are_held_out_and_never_what_the_field_looks_like():
    for seed in range(20):
        trained, unseen = split_parts(list_recipe_parts(), seed, kept=["haze"])
        assert len(unseen) == 2
        assert len({CATALOG[part.corruption].cause for part in unseen}) == 2
        assert "haze" not in {part.corruption for part in unseen}
        assert {part.corruption for part in trained + unseen} == set(CORE)
    assert split_parts(list_recipe_parts(), 3)[1] == split_parts(list_recipe_parts(), 3)[1]


def test_a_fitted_camera_puts_its_own_figures_in_and_its_own_blocks():
    parts = {
        part.corruption: part
        for part in list_recipe_parts(
            [
                FittedCorruption("jpeg", "quality", (65, 50, 40), 9),
                FittedCorruption("gamma", "exponent", (1.1, 1.3, 2), 9),
            ]
        )
    }
    assert parts["jpeg"].stops == ({"quality": 65, "native": True}, {"quality": 50, "native": True})
    assert parts["gamma"].stops == ({"exponent": 1.1}, {"exponent": 1.3})
    assert parts["gamma"].fitted
    assert not parts["haze"].fitted


@pytest.mark.parametrize("n", [1, 2])
def test_a_recipe_of_few_parts_combines_no_more_than_there_are(n):
    text = format_pipeline(list_recipe_parts()[:n], share=1.0)
    assert len(json.loads(text)["transform"]["transforms"][0]["transforms"]) == n


SIDE = 192  # pixels: those of the catalogue's own lengths


def read(*transforms, side=SIDE):
    recipe = A.to_dict(A.Compose(list(transforms)))
    hardest, unread = parse_training_recipe(json.loads(json.dumps(recipe)), side)
    return {(one.corruption, one.parameter): pytest.approx(one.value) for one in hardest}, unread


@pytest.mark.parametrize(("transform", "expected"), [
    (A.ImageCompression(quality_range=(40, 90)), {("jpeg", "quality"): 40}),
    (A.GaussNoise(std_range=(0.02, 0.1)), {("gauss_noise", "sigma"): 25.5}),
    (A.GaussianBlur(sigma_limit=(0.5, 3)), {("defocus", "sigma"): 3}),
    (A.Blur(blur_limit=(3, 7)), {("defocus", "sigma"): 2}),
    (A.Defocus(radius=(3, 10)), {("defocus", "sigma"): 5}),
    (A.MotionBlur(blur_limit=(3, 9)), {("motion", "length"): 9}),
    (A.RandomGamma(gamma_limit=(60, 160)), {("gamma", "exponent"): 1.6}),
    (A.Downscale(scale_range=(0.3, 0.8)), {("downscale", "scale"): 0.3}),
    (A.RandomBrightnessContrast(brightness_limit=(-0.1, 0.2), contrast_limit=(-0.3, 0.2)),
     {("bright", "gain"): 1.5, ("dark", "gain"): 0.5, ("low_contrast", "factor"): 0.7}),
    (A.ColorJitter(brightness=(0.8, 1.4), contrast=(0.6, 1.2)),
     {("bright", "gain"): 1.4, ("dark", "gain"): 0.8, ("low_contrast", "factor"): 0.6}),
])  # fmt: skip
def test_built_in_transforms_are_read_in_the_catalogues_terms(transform, expected):
    assert read(transform) == (expected, ())


def test_lengths_are_of_the_size_that_the_recipe_works_at():
    blur = A.GaussianBlur(sigma_limit=(1, 4))
    assert read(blur, side=384)[0] == {("defocus", "sigma"): 2}
    assert read(A.Resize(768, 1000), blur, side=384)[0] == {("defocus", "sigma"): 1}
    assert read(blur, A.Resize(768, 1000), side=384)[0] == {("defocus", "sigma"): 2}


def test_the_worst_of_several_counts_and_what_is_never_applied_does_not():
    nested = A.Sequential([A.ImageCompression(quality_range=(30, 35))])
    groups = A.OneOf([A.ImageCompression(quality_range=(60, 80)), nested])
    expected = {("jpeg", "quality"): 30}
    assert read(groups, A.ImageCompression(quality_range=(5, 9), p=0))[0] == expected


def test_what_says_nothing_is_named_once():
    assert read(
        A.Resize(64, 64), A.HorizontalFlip(), A.HorizontalFlip(), A.CoarseDropout(), A.Normalize()
    ) == ({}, ("HorizontalFlip", "CoarseDropout"))


def test_our_own_recipe_is_read_back():
    hardest, unread = parse_training_recipe(json.loads(format_pipeline(list_recipe_parts())), SIDE)
    found = {(one.corruption, one.parameter): one.value for one in hardest}
    assert unread == ()
    for name in CORE:
        for parameter, value in get_parameters(name, 3.0).items():
            assert found[name, parameter] == pytest.approx(value), name


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("name", CATALOG)
def test_every_transform_of_the_catalogue_is_read(name):
    arguments = get_parameters(name, 4.0)
    recipe = json.loads(json.dumps(A.to_dict(A.Compose([make_transform(name, arguments)]))))
    assert {
        (one.parameter, one.value)
        for one in parse_training_recipe(recipe, SIDE)[0]
        if one.corruption == name
    } >= set(arguments.items())


def test_what_lies_beyond_the_worst_trained_is_outside():
    fitted = (
        FittedCorruption("jpeg", "quality", (70, 50, 30), 9),
        FittedCorruption("gauss_noise", "sigma", (4, 12, 40), 9),
        FittedCorruption("gamma", "exponent", (1.1, 1.2, 1.3), 9),
    )
    noise = StrongestAugmentation("gauss_noise", "sigma", 8)
    found = compare_with_training(fitted, (StrongestAugmentation("jpeg", "quality", 50), noise))
    expected = [(False, False, True), (False, True, True), (True, True, True)]
    assert [one.outside for one in found] == expected
    assert found[2] == FieldRange("gamma", "exponent", (1.1, 1.2, 1.3), None, (True, True, True))


@pytest.mark.parametrize(
    "found", [None, 3, [], {}, {"transform": []}, {"transform": {"p": 1}}, "GaussNoise"]
)
def test_what_is_no_pipeline_is_refused(found):
    with pytest.raises(ValueError, match="pipeline"):
        parse_training_recipe(found, SIDE)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([nan, inf, "GaussNoise", "Blur", "fieldcheck_transforms.Jpeg"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "__class_fullname__", "transforms", "p", "quality", "blur_limit", "std_range",
                    "size",
                ]
            ),
            inner,
        )
    ),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.long
@settings(max_examples=200, deadline=None)
@given(anything, st.integers(1, 4000))
def test_no_recipe_makes_it_fall(found, side):
    start = {
        "__class_fullname__": "Compose",
        "p": 1,
        "transforms": found if isinstance(found, list) else [found],
    }
    for one in parse_training_recipe(start, side)[0]:
        assert CATALOG[one.corruption].table[one.parameter]
