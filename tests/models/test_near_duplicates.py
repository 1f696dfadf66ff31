import os
import shutil

import cv2
import pytest

from fieldcheck.errors.files import NoPictures, PathMissing
from fieldcheck.errors.labels import NoBenchmark
from fieldcheck.files import join_inside
from fieldcheck.models import near_duplicates
from fieldcheck.models.near_duplicates import (
    find_near_duplicates,
    find_same_files,
    find_training_leaks,
    find_twins_in_folder,
    get_known_near_duplicates,
    set_training,
    set_training_and_search,
)
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import values as settings_table
from tests import makers
from tests.stats.test_similarity import recoded, resized, scene


def save(path, rgb):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), rgb[:, :, ::-1])


def test_twins_within_and_in_the_training_folder_are_found(leaky, tmp_path):
    found = set_training_and_search(leaky, tmp_path / "training", NullProgress(), makers.NOW)
    assert found.within == {"red/0.png": "green/0_again.png", "green/0_again.png": "red/0.png"}
    assert found.in_training == {"red/3.png": "a.jpg", "red/4.png": "b.png"}
    assert (found.n_training, found.n_unreadable) == (6, 1)
    assert (found.in_field, found.field_in_training) == ({}, {})
    assert get_known_near_duplicates(leaky) == found
    assert found.counts == (2, 0, 2, 6)


def test_frames_of_the_footage_are_found_on_both_sides(leaky, tmp_path):
    code = cv2.VideoWriter_fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(tmp_path / "scenes.avi"), code, 2.0, (240, 180))
    for seed in (1, 21, 40, 41):
        writer.write(scene(seed)[:, :, ::-1])
    writer.release()
    makers.add_footage(leaky, tmp_path / "scenes.avi")
    found = set_training_and_search(leaky, tmp_path / "training", NullProgress(), makers.NOW)
    assert list(found.in_field) == ["red/1.png"]
    assert list(found.field_in_training.values()) == ["deep/21.png"]
    assert found.listed == 4


def test_a_search_goes_on_where_it_was_broken_off(leaky, tmp_path, monkeypatch):
    read, real = [], near_duplicates.read_image

    class Stop(NullProgress):
        def check(self):
            if len(read) > 2:
                raise Cancelled

    set_training(leaky, tmp_path / "training")
    monkeypatch.setattr(
        near_duplicates, "read_image", lambda path: read.append(path.name) or real(path)
    )
    with pytest.raises(Cancelled), makers.workers(1):
        find_near_duplicates(leaky, Stop(), makers.NOW)
    assert get_known_near_duplicates(leaky) is None
    found = find_near_duplicates(leaky, NullProgress(), makers.NOW)
    assert len(read) == len(set(read)) == 7 + 6  # nothing was read twice
    find_near_duplicates(leaky, NullProgress(), makers.NOW)
    assert len(read) == 13
    # another picture under the name
    shutil.copy(tmp_path / "set" / "red" / "5.png", tmp_path / "training" / "a.jpg")
    again = find_near_duplicates(leaky, NullProgress(), makers.NOW)
    assert read[13:] == ["a.jpg"]
    assert again.in_training == {"red/4.png": "b.png", "red/5.png": "a.jpg"} != found.in_training


def test_a_training_folder_is_taken_block_by_block(leaky, tmp_path, monkeypatch):
    whole = set_training_and_search(leaky, tmp_path / "training", NullProgress(), makers.NOW)
    monkeypatch.setattr(near_duplicates, "BLOCK", 2)
    assert find_near_duplicates(leaky, NullProgress(), makers.NOW) == whole


def test_a_folder_that_is_gone_holds_nothing_and_one_that_never_was_is_refused(leaky, tmp_path):
    set_training(leaky, tmp_path / "training")
    shutil.rmtree(tmp_path / "training")
    found = find_near_duplicates(leaky, NullProgress(), makers.NOW)
    assert (found.n_training, found.in_training) == (0, {})
    with pytest.raises(PathMissing):
        set_training_and_search(leaky, tmp_path / "training", NullProgress(), makers.NOW)


@pytest.mark.skipif(os.name == "nt", reason="a link takes a right there")
def test_pictures_that_a_data_store_left_as_links_are_looked_at(leaky, tmp_path):
    whole = set_training_and_search(leaky, tmp_path / "training", NullProgress(), makers.NOW)
    (tmp_path / ".dvc").mkdir()
    for name in ("training/a.jpg", "training/b.png", "set/red/3.png"):
        (tmp_path / name).rename(tmp_path / name.replace("/", "_"))
        (tmp_path / name).symlink_to(tmp_path / name.replace("/", "_"))
    actual = set_training_and_search(leaky, tmp_path / "training", NullProgress(), makers.NOW)
    assert actual == whole


def test_among_no_pictures_nothing_is_called_free_of_leaks(leaky, tmp_path):
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "readme.txt").write_text("they come tomorrow")
    for ask in (
        lambda: set_training_and_search(leaky, tmp_path / "later", NullProgress(), makers.NOW),
        lambda: find_twins_in_folder(leaky, tmp_path / "later", [], [], NullProgress()),
    ):
        with pytest.raises(NoPictures):
            ask()


def test_without_a_benchmark_there_is_nothing_to_search(tmp_path):
    with create_project(tmp_path / "p.fieldcheck") as project:
        with pytest.raises(NoBenchmark):
            find_near_duplicates(project, NullProgress(), makers.NOW)
        with pytest.raises(NoBenchmark):
            find_twins_in_folder(project, tmp_path, (), (), NullProgress())


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


def test_pictures_that_were_coded_or_resized_again_are_found_on_both_sides(leaky, tmp_path):
    for seed in (1, 30, 31):
        save(tmp_path / "day" / f"{seed}.png", scene(seed))
    makers.add_footage(leaky, tmp_path / "day")
    makers.draw(leaky, 3)
    listed = leaky.read(picks_table.list_picks)
    picks = {one.frame_id: join_inside(leaky.path, one.file) for one in listed}
    save(tmp_path / "training" / "from the field.jpg", recoded(resized(scene(30), 0.8), 80))
    benchmark = [(f"red/{k}.png", tmp_path / "set" / "red" / f"{k}.png") for k in range(6)]
    folder = tmp_path / "training"
    seen = find_training_leaks(leaky, benchmark, list(picks.items()), folder, NullProgress())
    assert seen.benchmark == {"red/3.png": "a.jpg", "red/4.png": "b.png"}
    assert list(seen.field.values()) == ["from the field.jpg"]
    assert (seen.n_training, seen.n_unreadable) == (7, 1)
    # asking for a candidate names no folder
    assert leaky.read(lambda db: settings_table.get_setting(db, "training_folder")) is None
    assert get_known_near_duplicates(leaky) is None
