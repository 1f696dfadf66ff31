import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib import metadata

import albumentations as A
import numpy as np
import pytest
from packaging.utils import canonicalize_name

from benchmarks.peers import python_of
from fieldcheck import resources
from fieldcheck.corruptions.catalogue import CATALOG, CORE
from fieldcheck.corruptions.fit_camera import FittedCorruption
from fieldcheck.corruptions.training_recipe import (
    SHARE,
    build_pipeline,
    format_pipeline,
    list_recipe_parts,
    split_parts,
)
from packaging.requirements import Requirement
from tests.corruptions.pictures import scene

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
    (folder / "fieldcheck_transforms.py").write_bytes(
        resources.get_resource_path("recipe/fieldcheck_transforms.py").read_bytes()
    )
    np.save(folder / "picture.npy", scene())


def hashes_there(python, folder, *places):
    """What an isolated interpreter without our packages, environment and folder makes of it."""
    environment = {"NO_ALBUMENTATIONS_UPDATE": "1"} | {
        key: os.environ[key] for key in ("PATH", "SYSTEMROOT") if key in os.environ
    }
    flags = ["-I", "-S"] if places else ["-I"]
    command = [str(python), *flags, "-c", ELSEWHERE, *map(str, places), str(folder)]
    done = subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
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
    packages = json.loads(
        subprocess.run(
            [str(python), "-c", listed], check=True, capture_output=True, text=True
        ).stdout
    )
    exported(tmp_path)
    there, here = hashes_there(python, tmp_path), hashes_here()
    evidence(
        pictures=len(here),
        same=sum(a == b for a, b in zip(there, here, strict=True)),
        packages=packages,
    )
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
