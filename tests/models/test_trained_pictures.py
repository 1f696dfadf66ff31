import shutil

import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.files import join_inside
from fieldcheck.models.near_duplicates import (
    find_same_files,
    find_training_leaks,
    get_known_near_duplicates,
)
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import values as settings_table
from tests import makers
from tests.models.test_near_duplicates_in_project import leaky, save  # noqa: F401 - a fixture
from tests.stats.test_near_duplicates import recoded, resized, scene


def test_a_picture_that_lies_in_both_is_found_under_any_name(tmp_path):
    files = [
        (f"{k}.png", makers.save_picture(tmp_path / "benchmark" / f"{k}.png", "red", k))
        for k in range(4)
    ]
    trained = tmp_path / "training" / "a"
    trained.mkdir(parents=True)
    shutil.copy(files[2][1], trained / "another name.png")
    makers.save_picture(trained / "own.png", "green", 9)
    expected = {"2.png": "a/another name.png"}
    assert find_same_files(files, tmp_path / "training", NullProgress()) == expected
    assert find_same_files(files[:2], tmp_path / "training", NullProgress()) == {}
    with pytest.raises(PathMissing):
        find_same_files(files, tmp_path / "none", NullProgress())


def test_pictures_that_were_coded_or_resized_again_are_found_on_both_sides(leaky, tmp_path):  # noqa: F811
    for seed in (1, 30, 31):
        save(tmp_path / "day" / f"{seed}.png", scene(seed))
    makers.add_footage(leaky, tmp_path / "day")
    makers.draw(leaky, 3)
    picks = {
        one.frame_id: join_inside(leaky.path, one.file)
        for one in leaky.read(picks_table.list_picks)
    }
    save(tmp_path / "training" / "from the field.jpg", recoded(resized(scene(30), 0.8), 80))
    benchmark = [(f"red/{k}.png", tmp_path / "set" / "red" / f"{k}.png") for k in range(6)]
    seen = find_training_leaks(
        leaky, benchmark, list(picks.items()), tmp_path / "training", NullProgress()
    )
    assert seen.benchmark == {"red/3.png": "a.jpg", "red/4.png": "b.png"}
    assert list(seen.field.values()) == ["from the field.jpg"]
    assert (seen.n_training, seen.n_unreadable) == (7, 1)
    # asking for a candidate names no folder
    assert leaky.read(lambda db: settings_table.get_setting(db, "training_folder")) is None
    assert get_known_near_duplicates(leaky) is None
