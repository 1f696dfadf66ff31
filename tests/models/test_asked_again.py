import numpy as np

from fieldcheck.files import sha256_file
from fieldcheck.imaging.codec import compute_pixels_sha256, read_image
from fieldcheck.models.replay import CorruptionSpec, ReplayedPictures, predict_again
from fieldcheck.models.store import make_model_file
from fieldcheck.project.tables import models as models_table

CLEAN = CorruptionSpec("none", 0.0, 0)


def test_a_picture_is_hashed_by_its_pixels_where_it_is_a_frame_and_by_its_bytes_elsewhere(
    empty, material
):
    spec = make_model_file(empty, empty.read(models_table.get_newest_model))
    file = material / "clean" / "green" / "000.png"
    gone = ("gone", str(file.with_name("none.png")))
    for frames, sha256 in (
        (True, compute_pixels_sha256(read_image(file))),
        (False, sha256_file(file)),
    ):
        shown = predict_again(ReplayedPictures(spec, CLEAN, (("a", str(file)), gone), frames))
        actual = [(subject, hashed, one.answer.argmax()) for subject, hashed, one in shown]
        assert actual == [("a", sha256, 1)]


def test_a_picture_is_damaged_by_its_own_seed_and_as_it_is_where_the_recipe_is_no_corruption():
    rgb = np.full((32, 32, 3), 120, np.uint8)
    noisy = CorruptionSpec("shot_noise", 3.0, 5)
    assert (noisy("a", rgb) == noisy("a", rgb)).all()
    assert (noisy("a", rgb) != noisy("b", rgb)).any()
    assert all(
        (CorruptionSpec(recipe, 0.0, 0)("a", rgb) == rgb).all()
        for recipe in ("none", "golden", "probe:blank")
    )
