import pytest

from fieldcheck.corruptions.fit_camera import FittedCorruption
from fieldcheck.corruptions.training_recipe import (
    build_recipe_readme,
    describe_export,
    describe_split,
    get_export_description,
    get_export_name,
    list_recipe_parts,
    split_parts,
)
from fieldcheck.i18n import language

KINDS = (
    "recipe", "ablation", "poison", "augmented", "suspects", "thresholds", "mlflow", "cvat-tasks",
    "label-studio-tasks", "coco", "masks",
)  # fmt: skip


def test_each_format_says_what_it_counts():
    assert describe_export("recipe", 10, "there") == "Recipe of 10 corruptions exported to there."
    assert describe_export("poison", 1, "there") == "1 corrupted image exported to there."


def test_the_readme_says_how_to_load_what_is_in_and_what_was_kept_out():
    trained, unseen = split_parts(
        list_recipe_parts([FittedCorruption("jpeg", "quality", (65, 50, 40), 9)]), 0, kept="jpeg"
    )
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
        assert (
            get_export_description("cvat-tasks")
            == get_export_description("label-studio-tasks")
            != get_export_description("coco")
        )
