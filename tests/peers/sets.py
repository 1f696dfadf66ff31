"""The same labelled pictures in every format that is written, for other people's readers."""

from pathlib import Path

from fieldcheck.domain.label import Box, Point
from fieldcheck.labels.formats.label_set import LabelledImage
from fieldcheck.labels.formats.registry import write_labels
from tests import makers

CLASSES = ("Kratzer groß", "划痕", "burr")
SIZE = (64, 48)
POINTED = {
    "Prüfung_3.png": (Point("Kratzer groß", 0.25, 1.125), Point("划痕", 63.5, 47.75)),
    "检查.png": (Point("划痕", 30.0, 8.0),),
    "empty.png": (),
}
STANDING = {
    "Prüfung_3.png": (Box("Kratzer groß", 0.25, 1.125, 20.5, 10.0625, occluded=True),
                      Box("划痕", 30.0, 8.0, 4.5, 6.5)),
    "检查.png": (Box("划痕", 0.0, 0.0, 64.0, 48.0, truncated=True),),
    "empty.png": (),
}  # fmt: skip


def written(folder: Path, *kinds: str) -> dict[str, list[list[object]]]:
    """Writes `folder/KIND` for each; what every reader should find: class, x, y, w, h of each box
    by the picture's name without ending."""
    data = makers.save_picture(folder / "red.png", "red").read_bytes()
    pictures = [
        LabelledImage(file, file, SIZE, "", boxes, lambda: data) for file, boxes in STANDING.items()
    ]
    for kind in kinds:
        write_labels(folder / kind, kind, CLASSES, pictures)
    return {
        Path(file).stem: [[box.class_name, box.x, box.y, box.w, box.h] for box in boxes]
        for file, boxes in STANDING.items()
    }


def pointed(folder: Path, *kinds: str) -> dict[str, list[list[object]]]:
    """The same for points: class, x, y of each."""
    data = makers.save_picture(folder / "red.png", "red").read_bytes()
    pictures = [
        LabelledImage(file, file, SIZE, "", (), lambda: data, points)
        for file, points in POINTED.items()
    ]
    for kind in kinds:
        write_labels(folder / kind, kind, CLASSES, pictures)
    return {
        Path(file).stem: [[one.class_name, one.x, one.y] for one in points]
        for file, points in POINTED.items()
    }


def gone_through(
    found: dict[str, list[list[object]]], truth: dict[str, list[list[object]]], within: float
) -> None:
    """Assert that a reader found every picture and box, none further off than `within` pixels."""
    assert set(found) == set(truth)
    for picture, boxes in truth.items():
        names = [box[0] for box in sorted(found[picture])]
        assert names == [box[0] for box in sorted(boxes)], picture
        for was, is_now in zip(sorted(boxes), sorted(found[picture]), strict=True):
            off_by = max(abs(a - b) for a, b in zip(was[1:], is_now[1:], strict=True))
            assert off_by <= within, (picture, was, is_now)
