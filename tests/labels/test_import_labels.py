from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fieldcheck.domain.label import BenchmarkItem, Box
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats.label_set import LabelSet, SkippedItems
from fieldcheck.labels.import_labels import (
    check_strict,
    drop_unreadable_images,
    make_package_name,
    make_receipt,
    make_size_lookup,
    match_frames,
    move_image_root,
)

SOURCES = (
    ("aa-000000", "line.mp4", 0),
    ("aa-000015", "line.mp4", 15),
    ("bb-000000", "clip_01/0007.png", 0),
    ("cc-000000", "clip_03/0007.png", 0),
    ("cc-000001", "clip_03/part 2/0008.JPG", 1),
)


@pytest.mark.parametrize(("name", "frame"), [
    ("line.mp4#15", "aa-000015"),
    ("videos\\line.mp4#15", "aa-000015"),
    ("clip_03/0007.png", "cc-000000"),
    ("export/images/clip_01/0007.png", "bb-000000"),
    ("0008.JPG", "cc-000001"),
    ("part 2/0008", "cc-000001"),
    ("frames/aa-000015.png", "aa-000015"),
    ("bb-000000", "bb-000000"),
])  # fmt: skip
def test_a_name_means_the_frame_whose_source_ends_like_it(name, frame):
    assert match_frames([name], SOURCES).frames == {name: frame}


def test_an_accent_that_is_written_apart_is_the_same_letter():
    composed, apart = "pr\u00fcfung/k\u00e4se.png", "pru\u0308fung/ka\u0308se.png"
    assert match_frames([apart], [("dd-000000", composed, 0)]).frames == {apart: "dd-000000"}
    assert match_frames([composed], [("dd-000000", apart, 0)]).frames == {composed: "dd-000000"}


@pytest.mark.parametrize(("name", "why"), [
    ("0007.png", "ambiguous"),
    ("clip_02/0007.png", "no_frame"),
    ("07.png", "no_frame"),
    ("line.mp4#3", "no_frame"),
    ("line.mp4", "no_frame"),
    ("other.mp4#15", "no_frame"),
    ("line.mp4#99999999999999", "no_frame"),
    ("", "no_frame"),
    ("/", "no_frame"),
])  # fmt: skip
def test_a_name_that_fits_none_or_several_is_told_with_the_reason(name, why):
    found = match_frames([name], SOURCES)
    assert (found.frames, found.unmatched) == ({}, ((name, why),))


def test_two_names_of_one_frame_are_both_set_aside():
    found = match_frames(["clip_03/0007.png", "0008.JPG", "cc-000000.png"], SOURCES)
    assert found.frames == {"0008.JPG": "cc-000001"}
    assert found.unmatched == (("clip_03/0007.png", "same_frame"), ("cc-000000.png", "same_frame"))


def test_two_recordings_of_one_name_cannot_be_told_apart():
    actual = match_frames(["line.mp4#0"], [*SOURCES, ("dd-000000", "line.mp4", 0)]).unmatched
    assert actual == (("line.mp4#0", "ambiguous"),)


part = st.text("ab", min_size=1, max_size=2)
paths = st.lists(part, min_size=1, max_size=3).map(lambda parts: "/".join(parts) + ".png")


@given(st.lists(paths, unique=True, max_size=8), st.lists(paths, max_size=8))
def test_every_name_is_matched_or_told_and_no_frame_twice(sources, names):
    found = match_frames(names, [(f"f{at}", source, at) for at, source in enumerate(sources)])
    assert set(found.frames) | {name for name, _ in found.unmatched} == set(names)
    assert not set(found.frames) & {name for name, _ in found.unmatched}
    assert len(set(found.frames.values())) == len(found.frames)


def test_a_picture_of_a_task_package_means_its_frame_and_no_other_picture_of_that_name():
    sha = "0123456789abcdef" * 4
    good, bad = make_package_name("aa-000001", sha), make_package_name("aa-000001", "f" * 64)
    sources, hashes = [("aa-000001", "line.mp4", 1)], {"aa-000001": sha}
    assert good == "aa-000001.0123456789ab"
    expected = {f"images/{good}.png": "aa-000001"}
    assert match_frames([f"images/{good}.png"], sources, hashes).frames == expected
    found = match_frames([f"{good}.png", f"{bad}.png", "bb-1.0123456789ab.png"], sources, hashes)
    assert found.frames == {f"{good}.png": "aa-000001"}
    expected = {(f"{bad}.png", "other_picture"), ("bb-1.0123456789ab.png", "no_frame")}
    assert set(found.unmatched) == expected


def pool(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30)).save(folder / name)
    return folder


def test_a_picture_is_found_by_the_longest_end_of_its_path(tmp_path):
    images = pool(tmp_path, "a/1.png", "b/1.png", "2.jpg")
    items = tuple(BenchmarkItem(path, "ok") for path in ("set/a/1.png", "set/2.png", "c/1.png"))
    found = move_image_root(
        LabelSet(
            "csv", tmp_path / "set", ("ok",), items, tuple(item.path for item in items),
            SkippedItems(unlabelled=("set/2.png",)),
        ),
        images,
    )  # fmt: skip
    assert [item.path for item in found.items] == ["a/1.png", "2.jpg"]
    assert found.skipped.missing == ("c/1.png",)
    assert (found.skipped.unlabelled, found.root) == (("2.jpg",), images)


def test_the_size_of_a_picture_is_known_by_its_name(tmp_path):
    size_of = make_size_lookup(pool(tmp_path, "a/1.png"))
    assert (size_of("1"), size_of("x/a/1.png"), size_of("9")) == ((40, 30), (40, 30), None)


def labels(root, *items, **aside):
    paths = tuple(item.path for item in items)
    return LabelSet("csv", root, ("ok", "bad"), items, paths, SkippedItems(**aside))


def test_boxes_are_counted_where_there_are_any_else_pictures(tmp_path):
    item = BenchmarkItem("1.png", boxes=(Box("ok", 0, 0, 1, 1), Box("ok", 0, 0, 2, 2)))
    boxes = make_receipt(labels(tmp_path, item, BenchmarkItem("2.png")))
    assert boxes.n_pictures == 2
    assert (boxes.n_labelled, dict(boxes.per_class)) == (2, {"ok": 2, "bad": 0})
    expected = {"ok": 0, "bad": 1}
    assert dict(make_receipt(labels(tmp_path, BenchmarkItem("1.png", "bad"))).per_class) == expected


def test_pictures_that_are_not_there_or_damaged_are_set_aside_all_at_once(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "1.png")
    (tmp_path / "2.png").write_text("none")
    (tmp_path / "3.png").write_bytes(b"")
    kept = drop_unreadable_images(
        labels(
            tmp_path, *(BenchmarkItem(f"{k}.png", "ok") for k in range(1, 5)), damaged=("0.png",)
        )
    )
    assert [item.path for item in kept.items] == list(kept.names) == ["1.png"]
    assert (kept.skipped.damaged, kept.skipped.missing) == (("0.png", "2.png", "3.png"), ("4.png",))


def test_a_set_without_one_picture_is_refused(tmp_path):
    with pytest.raises(LabelsRefused) as refused:
        drop_unreadable_images(labels(tmp_path, BenchmarkItem("1.png", "ok")))
    assert (refused.value.problem, refused.value.detail) == ("no_pictures", "1.png")


def test_strict_names_every_kind_of_fault(tmp_path):
    receipt = make_receipt(labels(tmp_path, BenchmarkItem("1.png", "ok"), part="val", outlines=3))
    check_strict(tmp_path, receipt)
    with pytest.raises(LabelsRefused) as refused:
        check_strict(
            tmp_path,
            make_receipt(
                labels(tmp_path, BenchmarkItem("1.png", "ok"), orphans=("a.txt",), merged=("ok",))
            ),
        )
    assert refused.value.problem == "strict"
    assert refused.value.detail == "orphans 1: a.txt; merged 1: ok"
