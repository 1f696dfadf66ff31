import shutil

import pytest

from fieldcheck.errors import PathMissing
from fieldcheck.progress import Silent
from fieldcheck.workflows.models.trained_pictures import also_trained_on
from tests import makers


def test_a_picture_that_lies_in_both_is_found_under_any_name(tmp_path):
    files = [(f"{k}.png", makers.save_picture(tmp_path / "benchmark" / f"{k}.png", "red", k)) for k in range(4)]
    trained = tmp_path / "training" / "a"
    trained.mkdir(parents=True)
    shutil.copy(files[2][1], trained / "another name.png")
    makers.save_picture(trained / "own.png", "green", 9)
    assert also_trained_on(files, tmp_path / "training", Silent()) == ("2.png",)
    assert also_trained_on(files[:2], tmp_path / "training", Silent()) == ()
    with pytest.raises(PathMissing):
        also_trained_on(files, tmp_path / "none", Silent())
