import hashlib
import json
import os
import subprocess
import sys

import albumentations as A
import numpy as np
import pytest

from fieldcheck import resources
from fieldcheck.corruption.catalog import CATALOG, CORE
from fieldcheck.corruption.fit import Fitted
from fieldcheck.corruption.pipeline import SHARE, pipeline, pipeline_text, recipe_parts, split
from tests.corruption.pictures import scene

ELSEWHERE = """
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
print(*(hashlib.sha256(pipeline(image=np.load("picture.npy"))["image"].tobytes()).hexdigest() for _ in range(12)))
"""


def test_a_recipe_loaded_by_plain_albumentations_elsewhere_gives_the_same_bytes(tmp_path):
    parts = recipe_parts([Fitted("jpeg", "quality", (65.0, 50.0, 40.0), 100)], names=CATALOG)
    (tmp_path / "pipeline.json").write_text(pipeline_text(parts, share=0.8), "utf-8")
    (tmp_path / "fieldcheck_transforms.py").write_bytes(resources.path("recipe/fieldcheck_transforms.py").read_bytes())
    np.save(tmp_path / "picture.npy", scene())
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"NO_ALBUMENTATIONS_UPDATE": "1"}
    blocked = "import sys; sys.modules['fieldcheck'] = None\n" + ELSEWHERE  # the program cannot be imported there
    done = subprocess.run([sys.executable, "-c", blocked], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    alone, hashes = done.stdout.splitlines()
    here = pipeline(parts, share=0.8)
    here.set_random_seed(5)
    assert alone == "alone"
    assert hashes.split() == [hashlib.sha256(here(image=scene())["image"].tobytes()).hexdigest() for _ in range(12)]


def test_a_part_of_a_batch_is_corrupted_by_at_most_three_at_once():
    compose = pipeline(recipe_parts())
    compose.set_random_seed(1)
    rgb = scene(48, 64)
    changed = sum(not np.array_equal(compose(image=rgb)["image"], rgb) for _ in range(200))
    assert compose.p == SHARE == 0.3
    assert 0.2 <= changed / 200 <= 0.4
    groups = A.to_dict(compose)["transform"]["transforms"][0]["transforms"]
    assert [(group["transforms"][0]["n"], group["p"]) for group in groups] == [(1, 0.4), (2, 0.4), (3, 0.2)]


def test_two_families_of_different_causes_are_held_out_and_never_what_the_field_looks_like():
    for seed in range(20):
        trained, unseen = split(recipe_parts(), seed, kept="haze")
        assert len(unseen) == 2
        assert len({CATALOG[part.corruption].cause for part in unseen}) == 2
        assert "haze" not in {part.corruption for part in unseen}
        assert {part.corruption for part in trained + unseen} == set(CORE)
    assert split(recipe_parts(), 3)[1] == split(recipe_parts(), 3)[1]


def test_a_fitted_camera_puts_its_own_figures_in_and_its_own_blocks():
    parts = {
        part.corruption: part
        for part in recipe_parts([Fitted("jpeg", "quality", (65, 50, 40), 9), Fitted("gamma", "exponent", (1.1, 1.3, 2), 9)])
    }
    assert parts["jpeg"].stops == ({"quality": 65, "native": True}, {"quality": 50, "native": True})
    assert parts["gamma"].stops == ({"exponent": 1.1}, {"exponent": 1.3})
    assert parts["gamma"].fitted
    assert not parts["haze"].fitted


@pytest.mark.parametrize("n", [1, 2])
def test_a_recipe_of_few_parts_combines_no_more_than_there_are(n):
    text = pipeline_text(recipe_parts()[:n], share=1.0)
    assert len(json.loads(text)["transform"]["transforms"][0]["transforms"]) == n
