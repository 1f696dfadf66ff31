"""A real labelled set through every format and the project, without a box less or elsewhere."""

import re
import shutil
from collections import Counter

import pytest

from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.labels.formats.registry import READABLE, list_writable_formats
from fieldcheck.models.benchmark import read_benchmark_with_receipt, set_benchmark
from fieldcheck.progress import NullProgress
from fieldcheck.report.export import export_labels
from tests import makers

CHAIN = ("coco", "yolo", "cvat", "label-studio", "labelme", "voc", "csv")
MOVED = 0.05  # pixels
PICTURES = {"ci": 6, "full": 364}


def by_picture(benchmark):
    """Boxes by the number of the picture, whatever it is called by now."""
    return {re.search(r"BloodImage_(\d+)", item.path)[1]: item.boxes for item in benchmark.items}


def test_the_chain_goes_through_every_format_that_boxes_go_in_and_out_by():
    assert set(CHAIN) == set(list_writable_formats("boxes")) & set(READABLE)


@pytest.mark.full("blood_cells_through_every_format")
def test_no_blood_cell_is_lost_or_moved_through_any_format(shared_data, tmp_path, counts, evidence):
    texts = sorted((shared_data / "bccd").rglob("*.xml"))
    n = counts(**PICTURES)
    for text in texts[:: len(texts) // n][:n]:
        for file in (text, text.parent.parent / "JPEGImages" / f"{text.stem}.jpg"):
            place = tmp_path / "voc_first" / file.parent.name / file.name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place)
    furthest = 0.0
    with makers.empty_project(tmp_path / "cells.fieldcheck") as project:
        first, receipt = read_benchmark_with_receipt(
            tmp_path / "voc_first", None, None, None, strict=True
        )
        boxes, place = by_picture(first), tmp_path / "voc_first"
        assert (receipt.format, receipt.n_labelled, len(boxes)) == ("voc", n, n)
        per_class = Counter(box.class_name for found in boxes.values() for box in found)
        for kind in CHAIN:
            benchmark, receipt = read_benchmark_with_receipt(place, None, None, None, strict=True)
            assert dict(receipt.per_class) == per_class
            set_benchmark(project, benchmark)
            written = export_labels(
                project, kind, tmp_path / kind, NullProgress(),
                [make_benchmark_subject(item.path) for item in benchmark.items],
            )  # fmt: skip
            if kind == "csv":  # which has no pictures of its own and names those of the set before
                assert dict(written.losses) == {"pictures": n}
                ignored = shutil.ignore_patterns("*.xml")
                shutil.copytree(place, tmp_path / kind, dirs_exist_ok=True, ignore=ignored)
            else:
                assert bool(written.losses) == (kind == "yolo"), (
                    "only YOLO has no place for the flag of a cell that the edge cuts off"
                )
            place = tmp_path / kind
            back, receipt = read_benchmark_with_receipt(place, None, None, None, strict=True)
            assert back.format == kind
            assert (receipt.n_labelled, dict(receipt.per_class)) == (n, per_class)
            found = by_picture(back)
            assert set(found) == set(boxes)
            for number, was in boxes.items():
                assert [one.class_name for one in found[number]] == [one.class_name for one in was]
                pairs = zip(found[number], was, strict=True)
                sides = [(getattr(a, side), getattr(b, side)) for a, b in pairs for side in "xywh"]
                furthest = max([furthest, *(abs(a - b) for a, b in sides)])
    assert furthest <= MOVED
    evidence(
        pictures=n, boxes=sum(per_class.values()), per_class=dict(per_class), formats=list(CHAIN),
        furthest_px=furthest,
    )  # fmt: skip
