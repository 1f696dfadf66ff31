from collections import Counter
from pathlib import Path

import pytest

from fieldcheck.errors.labels import LabelsRefused
from fieldcheck.labels.formats import registry
from fieldcheck.labels.formats.label_format import LabelFormat, is_never_candidate
from fieldcheck.labels.formats.label_set import LabelSet
from fieldcheck.labels.formats.registry import (
    BY_NAME,
    FORMATS,
    READABLE,
    WRITABLE,
    list_label_patterns,
    list_writable_formats,
    make_single_file_reader,
)

READ_ONLY = LabelFormat(
    "tally",
    frozenset({"class"}),
    reader=lambda place, _: LabelSet("tally", place, (), (), ()),
    endings=frozenset({".tally"}),
)
WRITE_ONLY = LabelFormat(
    "ledger",
    frozenset({"points"}),
    writer=lambda out, classes, pictures: [out / "ledger.txt"],
    endings=frozenset({".txt"}),
)


@pytest.fixture
def two_more(monkeypatch):
    """One that is only read and one that is only written, beside those of the product."""
    for room in (registry, registry):
        monkeypatch.setattr(room, "FORMATS", (*FORMATS, READ_ONLY, WRITE_ONLY))
    for room in (registry, registry):
        monkeypatch.setattr(room, "BY_NAME", {**BY_NAME, "tally": READ_ONLY, "ledger": WRITE_ONLY})


def test_every_format_is_named_once_and_those_of_one_ending_are_told_apart():
    endings = Counter(ending for one in FORMATS for ending in one.endings)
    assert len({one.name for one in FORMATS}) == len(FORMATS)
    assert all(
        one.is_candidate is not is_never_candidate
        for one in FORMATS
        if any(endings[ending] > 1 for ending in one.endings)
    )


def test_those_of_today_are_read_and_written_but_for_three():
    assert set(READABLE) - set(WRITABLE) == {"mvtec"}
    assert set(WRITABLE) - set(READABLE) == {"fiftyone", "parquet"}
    assert set(READABLE) | set(WRITABLE) == set(BY_NAME)


def test_a_dialog_offers_the_endings_of_whatever_is_read(two_more):
    assert list_label_patterns() == ("*.csv", "*.json", "*.tally", "*.xml", "*.yaml", "*.yml")


def test_labels_name_the_formats_that_can_carry_them():
    expected = ("csv", "cvat", "fiftyone", "imagefolder", "label-studio", "labelme", "parquet")
    assert list_writable_formats("class") == expected
    assert list_writable_formats("boxes") == (
        "coco", "csv", "cvat", "fiftyone", "label-studio", "labelme", "parquet", "voc", "yolo",
    )  # fmt: skip
    expected = ("coco", "csv", "cvat", "label-studio", "labelme", "masks", "parquet")
    assert list_writable_formats("points") == expected


def test_a_format_may_be_read_only(tmp_path, two_more):
    (tmp_path / "a.tally").write_text("")
    with pytest.raises(LabelsRefused) as caught:
        registry.read_labels(tmp_path / "a.tally")
    assert (caught.value.problem, caught.value.detail) == ("empty", "tally")
    with pytest.raises(ValueError, match="tally is read and not written"):
        registry.write_labels(tmp_path, "tally", (), ())
    assert "tally" not in list_writable_formats("class")


def test_a_format_may_be_write_only(tmp_path, two_more):
    assert registry.write_labels(tmp_path, "ledger", (), ()) == (tmp_path / "ledger.txt",)
    expected = ("coco", "csv", "cvat", "label-studio", "labelme", "ledger", "masks", "parquet")
    assert list_writable_formats("points") == expected
    (tmp_path / "a.txt").write_text("")
    for asked in ("auto", "ledger"):
        with pytest.raises(LabelsRefused) as caught:
            registry.read_labels(tmp_path / "a.txt", asked)
        assert caught.value.problem == "unknown_format"


def test_the_only_file_of_a_folder_is_read(tmp_path):
    def listed(folder):
        return sorted(folder.glob("*.tally"))

    reads = make_single_file_reader(lambda file: LabelSet("tally", file, (), (), ()), listed)
    with pytest.raises(LabelsRefused) as caught:
        reads(tmp_path, None)
    assert caught.value.problem == "empty"
    file = tmp_path / "a.tally"
    file.write_text("")
    assert reads(tmp_path, None).root == reads(file, None).root == file
    Path(tmp_path / "b.tally").write_text("")
    with pytest.raises(LabelsRefused) as caught:
        reads(tmp_path, None)
    assert (caught.value.problem, caught.value.detail) == ("several", "a.tally, b.tally")
