import numpy as np
import pytest

from fieldcheck.footage.clips import list_sampling_lines
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as models_table
from fieldcheck.sampling.hardness import USUAL, measure_components, measure_hardness
from tests import makers


def parts(project, asked=USUAL):
    return measure_components(
        project,
        project.read(list_sampling_lines),
        project.read(models_table.get_newest_model),
        asked,
        NullProgress(),
        makers.NOW,
    )


def test_flicker_is_where_the_answer_changes_within_a_second(footed):
    found = parts(footed)
    listing, colours = footed.read(list_sampling_lines), makers.cycle(240)
    for at, line in enumerate(listing):
        near = [other for other in range(at - 2, at + 3) if 0 <= other < 120 and other != at]
        mine = colours[line.frame.source_index]
        assert found.flicker[at] == pytest.approx(
            np.mean([colours[listing[other].frame.source_index] != mine for other in near])
        )


def test_without_a_model_there_are_pictures_only(material, tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        makers.add_footage(project, material / "night.avi")
        found = parts(project)
        assert (found.uncertainty, found.flicker, found.sensitivity) == (None, None, None)
        assert found.compute_hardness().components == (("Q", 1.0),)


def test_light_asks_no_model(footed):
    listing = footed.read(list_sampling_lines)
    light = measure_hardness(
        footed,
        listing,
        footed.read(models_table.get_newest_model),
        "light",
        USUAL,
        NullProgress(),
        makers.NOW,
    )
    assert light.components == (("light", 1.0),)
    assert set(light.grounds) == {"dark", "clipped", "low_contrast", "backlight"}


def test_a_frame_without_a_finite_answer_ranks_in_the_middle(material, tmp_path):
    with makers.empty_project(
        tmp_path / "p.fieldcheck", makers.half_nan_model(tmp_path / "nan.onnx")
    ) as project:
        makers.add_footage(project, material / "belt.avi")
        found = parts(project)
        silent = np.array([colour == "blue" for colour in makers.cycle(240)[::2]])
        assert np.isnan(found.uncertainty).tolist() == silent.tolist()
        assert np.isnan(found.flicker).tolist() == silent.tolist()
        assert np.isfinite(found.compute_hardness().h).all()


def test_other_weights_give_another_order(footed):
    found = parts(footed)
    usual = found.compute_hardness().h
    turned = found.compute_hardness({"U": 0.20, "F": 0.35, "Q": 0.15}).h
    assert np.argsort(usual, kind="stable").tolist() != np.argsort(turned, kind="stable").tolist()
