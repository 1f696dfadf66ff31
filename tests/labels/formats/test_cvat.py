import pytest
from PIL import Image

from fieldcheck.domain.label import Box, Point
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats import cvat
from fieldcheck.labels.formats.registry import read_labels

LABELS = "<meta><task><labels><label><name>划痕</name></label><label><name>Riß</name></label></labels></task></meta>"
BOX = (
    '<box label="Riß" occluded="1" xtl="1.25" ytl="2" xbr="9.5" ybr="8"><attribute '
    'name="truncated">true</attribute></box>'
)
TAG = f'<tag label="{cvat.NOTHING}"/>'


def image(name, said="", number=0):
    return f'<image id="{number}" name="{name}" width="40" height="30">{said}</image>'


def written(root, *images, name="annotations.xml", more=""):
    root.mkdir(exist_ok=True)
    said = (
        '<?xml version="1.0" encoding="utf-8"?>\r\n<annotations>\r\n<version>1.1</version>'
        + LABELS
        + more
        + "".join(images)
    )
    (root / name).write_bytes(("\ufeff" + said + "</annotations>\r\n").encode())
    return root / name


def read(root, *images, **more):
    return cvat.read_cvat(written(root, *images, **more))


def test_boxes_outlines_masks_and_points_are_read(tmp_path):
    shapes = (
        BOX + '<polygon label="划痕" points="10,10;20.5,10;20.5,20;10,20"/><points label="划痕" '
        'points="3,4;5,6"/>'
        '<mask label="Riß" rle="0,6,3,1,2" left="10" top="20" width="4" height="3"/><polyline '
        'label="Riß" points="0,0;1,1"/>'
    )
    found = read(tmp_path, image("Prüfung 1.png", shapes))
    (item,) = found.items
    assert found.classes == ("划痕", "Riß")
    assert item.boxes == (
        Box("Riß", 1.25, 2, 8.25, 6, occluded=True, truncated=True), Box("划痕", 10, 10, 10.5, 10),
            Box("Riß", 10, 20, 4, 3)
    )  # fmt: skip
    assert item.points[1:3] == (Point("划痕", 3, 4), Point("划痕", 5, 6))
    assert (item.points[3].x - 10, item.points[3].y - 20) == (0.5, 0.5)
    assert found.skipped.losses == (("masks", 2), ("shapes", 1))


def test_a_picture_that_nobody_touched_is_silent_and_one_with_the_tag_shows_nothing(tmp_path):
    found = read(tmp_path, image("a.png", BOX), image("b.png"), image("c.png", TAG))
    assert found.skipped.unlabelled == ("b.png",)
    expected = [("a.png", 1, ""), ("b.png", 0, ""), ("c.png", 0, "")]
    assert [(item.path, len(item.boxes), item.class_name) for item in found.items] == expected
    assert cvat.NOTHING not in found.classes
    said = read(
        tmp_path,
        image("a.png", BOX),
        image("b.png"),
        more=f"<meta><{cvat.EMPTY_IS_SAID}>empty</{cvat.EMPTY_IS_SAID}></meta>",
    )
    assert said.skipped.unlabelled == ()


def test_one_name_in_two_folders_is_two_pictures_found_below_images(tmp_path):
    (tmp_path / "images" / "links").mkdir(parents=True)
    Image.new("RGB", (40, 30)).save(tmp_path / "images" / "links" / "1.png")
    found = read(tmp_path, image("links/1.png", BOX), image("rechts/1.png", BOX))
    assert [item.path for item in found.items] == ["images/links/1.png", "rechts/1.png"]
    assert found.names == ("links/1.png", "rechts/1.png")


def test_tags_are_classes_where_no_picture_has_a_shape(tmp_path):
    tags = [image("a.png", '<tag label="Riß"/>'), image("b.png", '<tag label="划痕"/>')]
    assert [item.class_name for item in read(tmp_path, *tags).items] == ["Riß", "划痕"]
    boxed = read(tmp_path, *tags, image("c.png", BOX))
    assert [item.class_name for item in boxed.items] == ["", "", ""]
    assert boxed.skipped.losses == (("tags", 2),)


def test_a_turned_box_becomes_the_upright_one_around_it(tmp_path):
    turned = (
        '<box label="Riß" xtl="10" ytl="10" xbr="20" ybr="14" rotation="90"><attribute '
        'name="colour">red</attribute></box>'
    )
    found = read(tmp_path, image("a.png", turned))
    (box,) = found.items[0].boxes
    assert (box.x, box.y, box.w, box.h) == pytest.approx((13, 7, 4, 10))
    assert found.skipped.losses == (("attributes", 1), ("turned", 1))


@pytest.mark.parametrize("said", [
    image("../a.png"),
    image("a.png", '<box label="Riß" xtl="1"/>'),
    image("a.png", '<box xtl="1" ytl="1" xbr="2" ybr="2"/>'),
    image("a.png") * 2,
    image("a.png", '<tag label="a"/><tag label="b"/>'),
    image("a.png", '<polygon label="a" points="1,1;2,2"/>'),
    image("a.png", '<polygon label="a" points="1;2"/>'),
    image("a.png", '<mask label="a" rle="1,x" left="0" top="0" width="2" height="2"/>'),
    image("a.png", '<what label="a"/>'),
])  # fmt: skip
def test_a_file_that_makes_no_sense_is_refused(tmp_path, said):
    with pytest.raises(LabelsRefused) as caught:
        read_labels(written(tmp_path, said))
    assert caught.value.problem == "malformed"


def test_it_is_told_from_pascal_voc_by_how_it_begins(tmp_path):
    assert read_labels(written(tmp_path, image("a.png", BOX), name="x.xml")).format == "cvat"
    assert read_labels(tmp_path).format == "cvat"


def test_tracks_of_a_video_are_refused_with_what_to_export_instead(tmp_path):
    with pytest.raises(LabelsRefused) as caught:
        read_labels(written(tmp_path, "<track/>"))
    assert caught.value.problem == "other_format"
    assert (caught.value.detail, caught.value.reason) == ("CVAT for video", "CVAT for images 1.1")


def test_a_label_without_a_name_is_refused_with_a_reason(tmp_path):
    with pytest.raises(LabelsRefused) as caught:
        read_labels(
            written(tmp_path, image("a.png", '<box label="" xtl="1" ytl="1" xbr="2" ybr="2"/>'))
        )
    assert (caught.value.reason, caught.value.detail) == ("class_name", "a.png")
