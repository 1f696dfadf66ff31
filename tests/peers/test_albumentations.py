"""An exported recipe in albumentations, where the product is not installed."""

from fieldcheck.corruptions.export import export_recipe
from fieldcheck.progress import NullProgress
from tests import makers


def test_albumentations_loads_the_recipe_and_runs_it(ask_peer, tmp_path):
    with makers.empty_project(tmp_path / "line.fieldcheck") as project:
        written = export_recipe(project, tmp_path / "recipe", 0, NullProgress())
    found = ask_peer("albumentations", tmp_path / "recipe")
    assert set(found) == {"pipeline.json", "unseen/pipeline.json"}
    # too dark and too bright are one transform
    assert len(set(found["pipeline.json"]["transforms"])) >= written.n - 1
    assert all(
        name.startswith("fieldcheck_transforms.")
        for one in found.values()
        for name in one["transforms"]
    )
    assert all(one["sound"] and one["changed"] > 0 for one in found.values())
