import pytest

from fieldcheck.domain.box import Box
from fieldcheck.exchange.read import read_labels
from fieldcheck.exchange.write import WITH_BOXES, LabelledPicture, write_labels
from tests import makers

BOXES = (Box("dent", 4.0, 2.0, 20.0, 10.0), Box("burr", 30.0, 8.0, 16.0, 12.0, occluded=True))


def labelled(tmp_path, name, class_name="", boxes=()):
    source = makers.save_picture(tmp_path / "source" / name, "red")
    return LabelledPicture(f"night/{name}", name, (64, 48), class_name, boxes, source.read_bytes)


@pytest.mark.parametrize("kind", [kind for kind in WITH_BOXES if kind in ("yolo", "voc")])
def test_boxes_come_back_as_they_went_out(tmp_path, kind):
    pictures = [labelled(tmp_path, "a.png", boxes=BOXES), labelled(tmp_path, "b.png")]
    files = write_labels(tmp_path / kind, kind, ("dent", "burr"), pictures)
    assert all(file.is_file() for file in files)
    found = read_labels(tmp_path / kind, kind)
    boxes = {item.path.rpartition("/")[2]: item.boxes for item in found.items}
    assert set(boxes) == {"a.png", "b.png"}
    assert boxes["b.png"] == ()
    for back, box in zip(boxes["a.png"], BOXES, strict=True):
        assert back.class_name == box.class_name
        assert (back.x, back.y, back.w, back.h) == pytest.approx((box.x, box.y, box.w, box.h), abs=1e-4)


@pytest.mark.parametrize("kind", ["coco", "csv"])
def test_one_file_holds_names_and_boxes(tmp_path, kind):
    (file,) = write_labels(tmp_path, kind, ("dent", "burr"), [labelled(tmp_path, "a.png", boxes=BOXES), labelled(tmp_path, "b.png")])
    found = read_labels(file, kind)
    assert found.names == ("night/a.png", "night/b.png")
    assert [(box.class_name, box.x, box.w) for box in found.items[0].boxes] == [("dent", 4.0, 20.0), ("burr", 30.0, 16.0)]
    assert found.items[1].boxes == ()


def test_classes_become_folders_or_a_column(tmp_path):
    pictures = [labelled(tmp_path, "a.png", "crack"), labelled(tmp_path, "b.png", "ok")]
    write_labels(tmp_path / "folders", "imagefolder", ("crack", "ok"), pictures)
    assert [(item.path, item.class_name) for item in read_labels(tmp_path / "folders").items] == [
        ("crack/a.png", "crack"),
        ("ok/b.png", "ok"),
    ]
    (file,) = write_labels(tmp_path, "csv", ("crack", "ok"), pictures)
    assert file.read_text() == "file,class\nnight/a.png,crack\nnight/b.png,ok\n"
