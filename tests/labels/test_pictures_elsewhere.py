from pathlib import Path

from PIL import Image

from fieldcheck.domain.label import BenchmarkItem
from fieldcheck.labels.formats.label_set import LabelSet, SkippedItems
from fieldcheck.labels.import_labels import make_size_lookup, move_image_root


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
