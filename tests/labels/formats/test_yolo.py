import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fieldcheck.domain.label import BenchmarkItem, Box
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats import yolo
from fieldcheck.labels.formats.label_set import PartWish
from fieldcheck.labels.formats.yolo import read_data_file, read_name_file


def put(root, files, size=(200, 100)):
    for name, said in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if said is None:
            Image.new("RGB", size).save(root / name)
        else:
            (root / name).write_text(said, encoding="utf-8")
    return root


def test_shares_become_pixels_of_the_picture(tmp_path):
    put(tmp_path, {
        "classes.txt": "car\nbus\n", "images/a/1.png": None, "images/2.png": None,
        "labels/a/1.txt": "1 0.5 0.5 0.1 0.2\n\n",
    })  # fmt: skip
    found = yolo.read_yolo(tmp_path)
    item = BenchmarkItem("images/a/1.png", boxes=(Box("bus", 90, 40, 20, 20),))
    assert found.items == (BenchmarkItem("images/2.png"), item)
    assert (found.classes, found.names) == (("car", "bus"), ("2.png", "a/1.png"))


def test_a_picture_on_its_side_is_measured_as_it_is_shown(tmp_path):
    put(tmp_path, {"classes.txt": "car\n", "1.txt": "0 0.5 0.5 1 1\n"})
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (200, 100)).save(tmp_path / "1.jpg", exif=exif)
    assert yolo.read_yolo(tmp_path).items[0].boxes == (Box("car", 0, 0, 100, 200),)


def test_a_folder_that_is_called_like_a_picture_is_none(tmp_path):
    put(tmp_path, {"classes.txt": "car\n", "images/clip.png/1.png": None})
    assert [item.path for item in yolo.read_yolo(tmp_path).items] == ["images/clip.png/1.png"]


def test_an_outline_becomes_the_box_around_it(tmp_path):
    put(tmp_path, {"classes.txt": "car\n", "1.png": None, "1.txt": "0 0.1 0.2 0.5 0.2 0.3 0.7\n"})
    (box,) = yolo.read_yolo(tmp_path).items[0].boxes
    assert (box.x, box.y, box.w, box.h) == pytest.approx((20, 20, 80, 50))


def test_the_validation_part_is_read_where_several_are_named(tmp_path):
    yaml = "train: ../train/images\nval: ../valid/images\nnames: {0: car, 1: bus}\n"
    put(tmp_path, {
        "data.yaml": yaml, "train/images/1.png": None, "valid/images/2.png": None,
        "valid/labels/2.txt": "0 .5 .5 .5 .5\n",
    })  # fmt: skip
    for path in (tmp_path, tmp_path / "data.yaml"):
        found = yolo.read_yolo(path)
        assert [item.path for item in found.items] == ["valid/images/2.png"]
        assert (found.names, len(found.items[0].boxes)) == (("2.png",), 1)


def test_a_list_of_pictures_is_a_part_too(tmp_path):
    put(tmp_path, {
        "data.yaml": "train: train.txt\nnames: [car]\n", "train.txt": "./images/1.png\n",
        "images/1.png": None, "images/2.png": None,
    })  # fmt: skip
    found = yolo.read_yolo(tmp_path, wish=PartWish("train"))
    assert ([item.path for item in found.items], found.skipped.part) == (["images/1.png"], "train")


def test_text_files_without_pictures_count_where_the_frames_size_is_known(tmp_path):
    put(tmp_path, {
        "classes.txt": "car\n", "labels/line.mp4#12.txt": "0 .5 .5 .5 .5\n",
        "labels/other.txt": "0 .5 .5 .5 .5\n",
    })  # fmt: skip
    found = yolo.read_yolo(tmp_path, {"line.mp4#12": (200, 100)}.get)
    assert found.items == (BenchmarkItem("line.mp4#12", boxes=(Box("car", 50, 25, 100, 50),)),)


@pytest.mark.parametrize(
    "line",
    ["2 .5 .5 .1 .1", "-1 .5 .5 .1 .1", "a .5 .5 .1 .1", "0.0 .5 .5 .1 .1", "²  .5 .5 .1 .1",
        "0 .5 .5 .1", "0 .5 .5 .1 .1 .9", "0",
     "0 nan .5 .1 .1", "0 .5 .5 -.1 .1", "0 100 50 20 20", "0 .5 .5 inf .1",
     "99999999999999999999 .5 .5 .1 .1"],
)  # fmt: skip
def test_a_line_that_is_no_box_is_refused_with_its_place(tmp_path, line):
    put(tmp_path, {"classes.txt": "car\nbus\n", "1.png": None, "1.txt": f"0 .5 .5 .1 .1\n{line}\n"})
    with pytest.raises(LabelsRefused) as caught:
        yolo.read_yolo(tmp_path)
    assert caught.value.detail.startswith("1.txt:2")


def test_without_class_names_the_set_is_refused_and_says_which_files_would_do(tmp_path):
    put(tmp_path, {"images/1.png": None, "labels/1.txt": "0 .5 .5 .1 .1"})
    with pytest.raises(LabelsRefused) as caught:
        yolo.read_yolo(tmp_path)
    assert "classes.txt" in caught.value.detail


def test_a_label_whose_picture_is_none_is_refused(tmp_path):
    put(tmp_path, {"classes.txt": "car\n", "1.png": "no image", "1.txt": "0 .5 .5 .1 .1"})
    with pytest.raises(LabelsRefused) as caught:
        yolo.read_yolo(tmp_path)
    assert caught.value.path.name == "1.png"


share = st.floats(0, 1, allow_nan=False)


@given(st.lists(st.tuples(st.integers(0, 2), share, share, share, share), max_size=5))
def test_what_is_written_is_read_back_the_same(tmp_path_factory, boxes):
    folder = tmp_path_factory.mktemp("set")
    lines = "".join(" ".join(map(repr, box)) + "\n" for box in boxes)
    put(folder, {"classes.txt": "a\nb\nc\n", "1.png": None, "1.txt": lines})
    found = yolo.read_yolo(folder).items[0].boxes
    for box, (index, cx, cy, w, h) in zip(found, boxes, strict=True):
        assert box.class_name == "abc"[index]
        actual = (box.x + box.w / 2, box.y + box.h / 2, box.w, box.h)
        assert actual == pytest.approx((cx * 200, cy * 100, w * 200, h * 100), abs=1e-9)


def data(folder, text):
    (folder / "data.yaml").write_text(text, encoding="utf-8")
    return read_data_file(folder / "data.yaml")


@pytest.mark.parametrize(
    "text", ["names: [car, bus]", "names:\n  0: car\n  1: bus\n", "names:\n- car\n- 'bus'\n"]
)
def test_names_stand_as_a_list_or_by_number(tmp_path, text):
    assert data(tmp_path, text).names == ("car", "bus")


def test_a_number_is_a_class_name_too(tmp_path):
    assert data(tmp_path, "names: [0, 7]").names == ("0", "7")


def test_the_path_is_used_where_it_lies_inside_and_passed_over_elsewhere(tmp_path):
    (tmp_path / "coco8").mkdir()
    assert data(tmp_path, "path: coco8\nnames: [a]").root == tmp_path / "coco8"
    assert data(tmp_path, "path: /home/somebody/coco8\nnames: [a]").root == tmp_path
    assert data(tmp_path, "path: ../datasets/coco8\nnames: [a]").root == tmp_path


@pytest.mark.parametrize("text", [
    "", "[]", "names: {1: a, 3: b}", "names: []", "names: 3", f"names: 0x{'F' * 6000}",
    f"names: [0x{'F' * 6000}]", f"0x{'F' * 6000}", "names: [yes]", "names: [[a]]",
    "names: [a\nb", "val: ../../../etc/..//x/../..", "a: &a [x,x]\nb: &b [*a,*a]\nnames: *b",
    "!!python/object/apply:os.system [id]", "[" * 5000, "val: /etc\nnames: [a]",
])  # fmt: skip
def test_a_file_that_is_no_plain_description_is_refused(tmp_path, text):
    with pytest.raises(LabelsRefused) as caught:
        data(tmp_path, text)
    assert caught.value.problem == "malformed"


def test_a_name_file_has_one_class_a_line(tmp_path):
    (tmp_path / "classes.txt").write_text("car\r\nfire truck\n\n")
    assert read_name_file(tmp_path / "classes.txt") == ("car", "fire truck")
    (tmp_path / "classes.txt").write_text("car\n\nbus\n")
    with pytest.raises(LabelsRefused):
        read_name_file(tmp_path / "classes.txt")
