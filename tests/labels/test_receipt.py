import pytest
from PIL import Image

from fieldcheck.domain.label import BenchmarkItem, Box
from fieldcheck.errors.labels import LabelsRefused
from fieldcheck.labels.formats.label_set import LabelSet, SkippedItems
from fieldcheck.labels.import_labels import check_strict, drop_unreadable_images, make_receipt


def labels(root, *items, **aside):
    return LabelSet(
        "csv", root, ("ok", "bad"), items, tuple(item.path for item in items), SkippedItems(**aside)
    )


def test_boxes_are_counted_where_there_are_any_else_pictures(tmp_path):
    boxes = make_receipt(
        labels(
            tmp_path,
            BenchmarkItem("1.png", boxes=(Box("ok", 0, 0, 1, 1), Box("ok", 0, 0, 2, 2))),
            BenchmarkItem("2.png"),
        )
    )
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
    check_strict(
        tmp_path,
        make_receipt(labels(tmp_path, BenchmarkItem("1.png", "ok"), part="val", outlines=3)),
    )
    with pytest.raises(LabelsRefused) as refused:
        check_strict(
            tmp_path,
            make_receipt(
                labels(tmp_path, BenchmarkItem("1.png", "ok"), orphans=("a.txt",), merged=("ok",))
            ),
        )
    assert refused.value.problem == "strict"
    assert refused.value.detail == "orphans 1: a.txt; merged 1: ok"
