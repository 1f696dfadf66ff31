import pytest

from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats.label_format import (
    LabelFormat,
    PartWish,
    choose_part,
    count_images,
    find_part_folder,
)


def test_a_format_that_is_neither_read_nor_written_is_none():
    with pytest.raises(ValueError, match="ledger"):
        LabelFormat("ledger", frozenset({"boxes"}))


def refusal(*arguments, **more):
    with pytest.raises(LabelsRefused) as caught:
        choose_part(*arguments, **more)
    return caught.value.problem, caught.value.detail


def test_one_part_that_is_not_for_training_is_read_by_itself(tmp_path):
    assert choose_part(tmp_path, {"test": 3}, PartWish()) == "test"


def test_training_alone_and_several_parts_are_asked_with_their_counts(tmp_path):
    assert refusal(tmp_path, {"train": 3}, PartWish()) == ("part", "train: 3")
    expected = ("part", "test: 1, train: 3, valid: 2")
    assert refusal(tmp_path, {"test": 1, "train": 3, "valid": 2}, PartWish()) == expected


def test_the_preferred_part_is_read_where_it_is_there_and_training_never(tmp_path):
    preferred = frozenset({"val"})
    actual = choose_part(tmp_path, {"train": 3, "test": 1, "valid": 2}, PartWish(), preferred)
    assert actual == "valid"
    assert choose_part(tmp_path, {"train": 3, "test": 1}, PartWish(), preferred) == "test"
    assert refusal(tmp_path, {"train": 3}, PartWish(), preferred)[0] == "part"


def test_a_named_part_is_read_under_any_of_its_names_or_refused(tmp_path):
    counts = {"Train": 3, "valid": 2}
    assert [
        choose_part(tmp_path, counts, PartWish(name)) for name in ("train", "val", "validation")
    ] == ["Train", "valid", "valid"]
    assert refusal(tmp_path, counts, PartWish("test")) == ("no_part", "Train: 3, valid: 2")


def test_labels_of_frames_may_come_from_the_only_part_whatever_it_is(tmp_path):
    assert choose_part(tmp_path, {"train": 3}, PartWish(takes_any=True)) == "train"
    assert refusal(tmp_path, {"train": 3, "test": 1}, PartWish(takes_any=True))[0] == "part"


def test_folders_are_parts_only_where_all_of_them_are(tmp_path):
    for name in ("train/a", "test/a"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "1.png").write_bytes(b"x")
    assert find_part_folder(tmp_path, PartWish("test")) == "test"
    assert count_images(tmp_path) == 2
    (tmp_path / "images").mkdir()
    assert find_part_folder(tmp_path, PartWish("test")) == ""
