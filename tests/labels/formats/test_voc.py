import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.label import BenchmarkItem, Box
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats import voc
from fieldcheck.labels.formats.registry import read_labels
from tests import makers


def xml(file, *boxes, difficult="0"):
    objects = "".join(
        f"<object><name>{name}</name><difficult>{difficult}</difficult><bndbox><xmin>{x1}</xmin><ymin>{y1}</ymin>"
        f"<xmax>{x2}</xmax><ymax>{y2}</ymax></bndbox></object>"
        for name, x1, y1, x2, y2 in boxes
    )
    return f"<annotation><folder>x</folder><filename>{file}</filename>{objects}</annotation>"


def test_corners_are_kept_as_they_stand(tmp_path):
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "JPEGImages").mkdir()
    (tmp_path / "JPEGImages" / "1.jpg").write_bytes(b"")
    (tmp_path / "Annotations" / "1.xml").write_text(xml("1.jpg", ("RBC", 1, 2, 11, 22.5)))
    (tmp_path / "Annotations" / "2.xml").write_text(xml("2.jpg"))
    found = voc.read_voc(tmp_path)
    item = BenchmarkItem("JPEGImages/1.jpg", boxes=(Box("RBC", 1, 2, 10, 20.5),))
    assert found.items == (item, BenchmarkItem("2.jpg"))
    assert (found.classes, found.names) == (("RBC",), ("1.jpg", "2.jpg"))


def test_one_file_is_a_set_of_one(tmp_path):
    (tmp_path / "a.xml").write_text(xml("a.png", ("x", 0, 0, 1, 1), difficult="1"))
    actual = voc.read_voc(tmp_path / "a.xml").items
    assert actual == (BenchmarkItem("a.png", boxes=(Box("x", 0, 0, 1, 1, crowd=True),)),)


def test_a_renamed_pair_is_found_though_the_name_inside_is_old(tmp_path):
    (tmp_path / "new.png").write_bytes(b"")
    (tmp_path / "new.xml").write_text(xml("old.png", ("x", 0, 0, 1, 1)))
    assert voc.read_voc(tmp_path).items[0].path == "new.png"


@pytest.mark.long
def test_the_blood_cells_come_in_with_all_their_boxes(shared_data):
    found = read_labels(shared_data / "bccd")
    texts = [file.read_text() for file in sorted((shared_data / "bccd").rglob("*.xml"))]
    named = [name for text in texts for name in re.findall(r"<object>\s*<name>([^<]+)", text)]
    boxes = [box for item in found.items for box in item.boxes]
    assert (found.format, len(found.items)) == ("voc", len(texts))
    assert sorted(box.class_name for box in boxes) == sorted(named)
    assert len(boxes) == 4888
    assert found.classes == ("Platelets", "RBC", "WBC")
    assert all((found.root / item.path).is_file() for item in found.items)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
    "<annotation><filename>&c;</filename></annotation>"
)
OUTSIDE = """<!DOCTYPE a SYSTEM "file:///etc/passwd"><annotation/>"""


@pytest.mark.parametrize("text", [
    "", "no xml", "<annotation>", "<html/>", BOMB, OUTSIDE, "<a>" * 100_000, xml("../../a.png"),
    xml("/etc/passwd"), xml("a.png", ("", 0, 0, 1, 1)), xml("a.png", ("x", "nan", 0, 1, 1)),
    xml("a.png", ("x", 0, 0, "1e999", 1)), xml("a.png", ("x", 5, 0, 1, 1)),
    "<annotation><object><name>x</name></object></annotation>",
    '<?xml version="1.0" encoding="no-such"?><annotation/>',
])  # fmt: skip
def test_a_file_that_is_no_plain_annotation_is_refused(tmp_path, text):
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(LabelsRefused) as caught:
        voc.read_voc(tmp_path / "a.xml")
    assert caught.value.problem == "malformed"


def test_a_doctype_is_seen_in_other_encodings_too(tmp_path):
    data = BOMB.replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16")
    (tmp_path / "a.xml").write_bytes(data)
    with pytest.raises(LabelsRefused) as caught:
        voc.read_voc(tmp_path / "a.xml")
    assert caught.value.detail == "DOCTYPE"


def test_two_annotations_of_one_picture_are_refused(tmp_path):
    (tmp_path / "a.xml").write_text(xml("x.png"))
    (tmp_path / "b.xml").write_text(xml("x.png"))
    with pytest.raises(LabelsRefused):
        voc.read_voc(tmp_path)


corner = st.integers(0, 4000)


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b c", "ü"]), corner, corner, corner, corner), max_size=5
    )
)
def test_what_is_written_is_read_back_the_same(tmp_path_factory, boxes):
    path = tmp_path_factory.mktemp("set") / "a.xml"
    document = xml("a.png", *((name, x, y, x + w, y + h) for name, x, y, w, h in boxes))
    path.write_text(document, encoding="utf-8")
    assert voc.read_voc(path).items[0].boxes == tuple(Box(*box) for box in boxes)


def test_one_name_in_two_folders_is_two_pictures_and_one_without_a_file_is_told(tmp_path):
    for name in ("links/1.png", "rechts/1.png", "rechts/2.png"):
        makers.save_picture(tmp_path / "JPEGImages" / name, "red")
    for name, kind in (("links/1.xml", "a"), ("rechts/1.xml", "b")):
        (tmp_path / "Annotations" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "Annotations" / name).write_text(xml("1.png", (kind, 0, 0, 1, 1)))
    found = voc.read_voc(tmp_path)
    expected = [("JPEGImages/links/1.png", ("a",)), ("JPEGImages/rechts/1.png", ("b",))]
    assert [(item.path, item.names) for item in found.items] == expected
    assert found.names == ("links/1.png", "rechts/1.png")
    assert found.skipped.unlabelled == ("JPEGImages/rechts/2.png",)


@pytest.mark.parametrize("folder", ["", "JPEGImages/"])
@pytest.mark.parametrize("named", ["a.jpg", "JPEGImages/a.jpg", "C:\\set\\a.jpg"])
def test_of_pictures_that_differ_by_ending_the_name_inside_decides(tmp_path, folder, named):
    for name in ("a.jpg", "a.png", "b.png"):
        makers.save_picture(tmp_path / f"{folder}{name}", "red")
    (tmp_path / "a.xml").write_text(xml(named, ("x", 0, 0, 1, 1)))
    found = voc.read_voc(tmp_path)
    assert [(item.path, item.names) for item in found.items] == [(f"{folder}a.jpg", ("x",))]
    assert found.skipped.unlabelled == (f"{folder}a.png", f"{folder}b.png")


@pytest.mark.parametrize("named", ["", "a", "old.jpg"])
def test_pictures_that_differ_by_ending_are_refused_where_the_name_inside_is_of_none(
    tmp_path, named
):
    for name in ("a.jpg", "a.png"):
        makers.save_picture(tmp_path / name, "red")
    (tmp_path / "a.xml").write_text(xml(named))
    with pytest.raises(LabelsRefused) as caught:
        voc.read_voc(tmp_path)
    assert (caught.value.reason, caught.value.detail) == ("endings", "a.jpg, a.png")


def test_files_of_sub_folders_count_where_the_folder_holds_some_itself(tmp_path):
    makers.save_picture(tmp_path / "1.png", "red")
    makers.save_picture(tmp_path / "more" / "2.png", "red")
    for name in ("1", "more/2"):
        (tmp_path / f"{name}.xml").write_text(
            '<annotation verified="yes"><object><name>a</name></object></annotation>'.replace(
            "</name>", "</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>"))  # fmt: skip
    found = read_labels(tmp_path)
    assert [item.path for item in found.items] == ["1.png", "more/2.png"]
    assert found.skipped.unlabelled == ()


def test_a_turned_box_parts_poses_and_attributes_are_counted_as_lost(tmp_path):
    box = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>"
    hue = "<attribute><name>hue</name></attribute>"
    turned = f"<attributes><attribute><name>rotation</name><value>30.0</value></attribute>{hue}</attributes>"
    upright = turned.replace("30.0", "0.0").replace("hue", "occluded")
    (tmp_path / "1.xml").write_text(
        f"<annotation><object><name>a</name><pose>Left</pose>{box}<part><name>head</name>{box}</part>{turned}</object>"
        f"<object><name>a</name><pose>Unspecified</pose>{box}{upright}</object></annotation>"
    )
    expected = {"attributes": 2, "object_parts": 1, "turned": 1}
    assert dict(read_labels(tmp_path).skipped.losses) == expected
