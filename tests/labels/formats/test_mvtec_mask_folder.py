import io
import os

import numpy as np
import pytest
from PIL import Image

from fieldcheck.domain.label import BenchmarkItem, Point
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats import imagefolder, mvtec_mask_folder
from fieldcheck.labels.formats.label_set import LabelledImage, PartWish
from fieldcheck.labels.formats.registry import count_export_losses, read_labels, write_labels
from fieldcheck.models.benchmark import check_benchmark, read_benchmark_with_receipt

PALETTE = [0, 0, 0, 128, 0, 0, 0, 128, 0]


def picture(path, size=(40, 30), orientation=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    Image.new("RGB", size).save(path, exif=exif)


def mask(path, regions, size=(40, 30), palette=False):
    """`regions`: (class index, x, y, w, h)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros(size[::-1], np.uint8)
    for k, x, y, w, h in regions:
        pixels[y : y + h, x : x + w] = k
    made = Image.fromarray(pixels)
    if palette:
        made.putpalette(PALETTE)
    made.save(path)


def named(root, said="_background_\nRiß\n划痕\n", file="classes.txt"):
    root.mkdir(exist_ok=True)
    (root / file).write_bytes(said.encode())


@pytest.mark.parametrize("palette", [False, True])
def test_each_region_of_a_thing_is_a_point_and_the_ground_is_none(tmp_path, palette):
    named(tmp_path, "\ufeff_background_\r\nRiß\r\n划痕\r\n")
    for name in ("Prüfung/1.jpg", "links/1.jpg", "empty.jpg", "silent.jpg"):
        picture(tmp_path / "images" / name)
    parts = [(1, 2, 2, 5, 5), (1, 20, 2, 5, 5), (2, 2, 20, 7, 7)]
    mask(tmp_path / "masks" / "Prüfung/1.png", parts, palette=palette)
    mask(tmp_path / "masks" / "links/1.png", [(2, 0, 0, 3, 3)], palette=palette)
    mask(tmp_path / "masks" / "empty.png", [], palette=palette)
    found = read_labels(tmp_path)
    assert (found.format, found.classes) == ("masks", ("Riß", "划痕"))
    points = {name: item.points for name, item in zip(found.names, found.items, strict=True)}
    assert points == {
        "Prüfung/1.jpg": (Point("Riß", 4.5, 4.5), Point("Riß", 22.5, 4.5), Point("划痕", 5.5,
        23.5)),
        "links/1.jpg": (Point("划痕", 1.5, 1.5),),
        "empty.jpg": (),
        "silent.jpg": (),
    }  # fmt: skip
    assert found.skipped.unlabelled == ("images/silent.jpg",)
    assert found.skipped.losses == (("masks", 4),)


def test_a_mask_without_a_picture_names_a_frame_or_is_an_orphan_beside_pictures(tmp_path):
    named(tmp_path)
    mask(tmp_path / "masks" / "clip-000004.png", [(1, 2, 2, 5, 5)])
    expected = ["clip-000004"]
    assert [item.path for item in mvtec_mask_folder.read_mask_folder(tmp_path).items] == expected
    picture(tmp_path / "images" / "other.jpg")
    found = mvtec_mask_folder.read_mask_folder(tmp_path)
    assert found.skipped.orphans == ("masks/clip-000004.png",)
    assert found.skipped.unlabelled == ("images/other.jpg",)


def test_a_mask_is_as_large_as_its_picture_is_shown(tmp_path):
    named(tmp_path)
    picture(tmp_path / "images" / "up.jpg", orientation=6)
    picture(tmp_path / "images" / "raw.jpg", orientation=6)
    mask(tmp_path / "masks" / "up.png", [(1, 2, 2, 5, 5)], size=(30, 40))
    mask(tmp_path / "masks" / "raw.png", [(1, 2, 2, 5, 5)])
    found = mvtec_mask_folder.read_mask_folder(tmp_path)
    assert [item.path for item in found.items] == ["images/up.jpg"]
    assert found.skipped.unlike == ("images/raw.jpg",)


def test_white_on_black_is_the_second_of_two_classes_and_else_255_was_not_judged(tmp_path):
    named(tmp_path, "ground\ncrack\n")
    mask(tmp_path / "masks" / "1.png", [(255, 2, 2, 5, 5)])
    actual = mvtec_mask_folder.read_mask_folder(tmp_path).items[0].points
    assert actual == (Point("crack", 4.5, 4.5),)
    named(tmp_path)
    found = mvtec_mask_folder.read_mask_folder(tmp_path)
    assert (found.items[0].points, found.skipped.losses) == ((), (("not_judged", 1),))


def test_painted_masks_are_read_by_the_colours_of_a_label_map(tmp_path):
    named(
        tmp_path,
        "# label:color_rgb:parts:actions\nbackground:0,0,0::\nRiß:128,0,0::\n划痕:0,128,0::\n",
        "labelmap.txt",
    )
    pixels = np.zeros((30, 40, 3), np.uint8)
    pixels[2:7, 2:7], pixels[20:27, 2:9], pixels[0, 0] = (128, 0, 0), (0, 128, 0), (224, 224, 192)
    (tmp_path / "SegmentationClass").mkdir()
    Image.fromarray(pixels).save(tmp_path / "SegmentationClass" / "1.png")
    found = read_labels(tmp_path)
    assert found.items[0].points == (Point("Riß", 4.5, 4.5), Point("划痕", 5.5, 23.5))
    assert found.skipped.losses == (("masks", 2), ("not_judged", 1))


def test_a_label_map_without_colours_means_those_of_pascal_voc(tmp_path):
    named(tmp_path, "background:::\nRiß:::\n划痕:::\n", "labelmap.txt")
    pixels = np.zeros((30, 40, 3), np.uint8)
    pixels[2:7, 2:7], pixels[20:27, 2:9] = (128, 0, 0), (0, 128, 0)
    (tmp_path / "SegmentationClass").mkdir()
    Image.fromarray(pixels).save(tmp_path / "SegmentationClass" / "1.png")
    actual = mvtec_mask_folder.read_mask_folder(tmp_path).items[0].points
    assert actual == (Point("Riß", 4.5, 4.5), Point("划痕", 5.5, 23.5))


@pytest.mark.parametrize("fault", ["index", "colours", "torn", "names", "map"])
def test_a_folder_that_is_no_such_set_is_refused(tmp_path, fault):
    if fault != "names":
        named(tmp_path)
    mask(tmp_path / "masks" / "1.png", [(7 if fault == "index" else 1, 2, 2, 5, 5)])
    if fault == "colours":
        Image.new("RGB", (40, 30), (1, 2, 3)).save(tmp_path / "masks" / "1.png")
    if fault == "torn":
        (tmp_path / "masks" / "1.png").write_bytes(b"\x89PNG")
    if fault == "map":
        named(tmp_path, "a:1,2,999::\n", "labelmap.txt")
    with pytest.raises(LabelsRefused) as caught:
        mvtec_mask_folder.read_mask_folder(tmp_path)
    assert caught.value.problem == "malformed"
    assert mvtec_mask_folder.is_candidate_folder(tmp_path) is (fault != "names")


def test_written_points_come_back_in_whole_pixels_and_what_a_mask_cannot_say_is_counted(tmp_path):
    size, classes = (200, 150), ("Riß", "background", "划痕")
    frames = {
        "a.png": (Point("Riß", 20.25, 30.5), Point("划痕", 24.0, 30.0), Point("Riß", 199.75,
        149.5)),
        "b.png": (
            Point("划痕", 50.0, 60.0),
            Point("划痕", 51.0, 60.0),
            Point("background", 90.0, 90.0),
        ),
        "nothing.png": (),
    }  # fmt: skip
    shown = io.BytesIO()
    Image.new("RGB", size).save(shown, "PNG")
    pictures = [
        LabelledImage(name, name, size, "", (), shown.getvalue, points)
        for name, points in frames.items()
    ]
    write_labels(tmp_path, "masks", classes, pictures)
    found = read_labels(tmp_path)
    back = {name: item.points for name, item in zip(found.names, found.items, strict=True)}
    assert (found.format, found.classes, found.skipped.unlabelled) == ("masks", ("Riß", "划痕"), ())
    wanted = (Point("Riß", 20.5, 30.5), Point("Riß", 198.5, 148.5), Point("划痕", 24.5, 30.5))
    assert back["a.png"] == wanted
    assert [one.class_name for one in back["b.png"]] == ["划痕"]
    assert back["nothing.png"] == ()
    assert count_export_losses("masks", classes, pictures) == (("marked", 4), ("unmarked", 2))
    # the rest was not judged
    assert set(np.unique(np.asarray(Image.open(tmp_path / "masks" / "a.png")))) == {1, 3, 255}
    assert not np.asarray(Image.open(tmp_path / "masks" / "nothing.png")).any()


def test_a_class_beyond_the_last_number_has_no_mark(tmp_path):
    classes = tuple(f"c{at}" for at in range(256))
    pictures = [
        LabelledImage(
            "a.png", "a.png", (20, 20), "", (), bytes,
            (Point("c253", 3.0, 3.0), Point("c254", 9.0, 9.0)),
        ),
    ]  # fmt: skip
    assert count_export_losses("masks", classes, pictures) == (("marked", 1), ("unmarked", 1))


@pytest.fixture
def bottle(tmp_path):
    """One object as MVTec ships it: 3 good images for training, 2 good and 3 with defects for the
    test, one mask missing."""
    root = tmp_path / "bottle"
    for name in ("train/good/000", "train/good/001", "train/good/002", "test/good/000",
    "test/good/001", "test/crack/000", "test/crack/001",
                 "test/dent/000"):  # fmt: skip
        path = root / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30)).save(path)
    for name, regions in (("crack/000", ((2, 2), (20, 20))), ("dent/000", ((10, 5),))):
        mask = np.zeros((30, 40), np.uint8)
        for x, y in regions:
            mask[y : y + 4, x : x + 6] = 255
        path = root / "ground_truth" / f"{name}_mask.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(mask).save(path)
    (root / "license.txt").write_text("CC")
    return root


def test_the_test_part_is_read_by_class_with_its_masks(bottle):
    found = read_labels(bottle)
    assert found.format == "mvtec"
    assert (found.skipped.part, found.classes) == ("test", ("good", "crack", "dent"))
    assert [(item.path, item.class_name, len(item.points)) for item in found.items] == [
        ("test/crack/000.png", "crack", 2),
        ("test/crack/001.png", "crack", 0),
        ("test/dent/000.png", "dent", 1),
        ("test/good/000.png", "good", 0),
        ("test/good/001.png", "good", 0),
    ]  # fmt: skip
    assert dict(found.skipped.losses) == {"masks": 3, "unmasked": 1}
    point = found.items[2].points[0]
    assert 10 <= point.x < 16
    assert 5 <= point.y < 9


def test_the_training_part_is_read_only_where_it_is_named(bottle):
    found = read_labels(bottle, wish=PartWish("train"))
    assert {item.class_name for item in found.items} == {"good"}
    assert (len(found.items), found.skipped.part) == (3, "train")


def test_several_objects_are_asked_and_the_only_one_is_entered(bottle):
    assert read_labels(bottle.parent).root == bottle
    Image.new("RGB", (4, 3)).save(bottle.parent / "x.png")
    other = bottle.parent / "cable" / "test" / "good"
    other.mkdir(parents=True)
    (bottle.parent / "cable" / "ground_truth").mkdir()
    with pytest.raises(LabelsRefused) as caught:
        read_labels(bottle.parent)
    assert (caught.value.problem, caught.value.detail) == ("several", "bottle, cable")


def test_a_model_that_gives_masks_is_held_to_the_masks_and_a_classifier_to_the_classes(bottle):
    benchmark, _ = read_benchmark_with_receipt(bottle, None, None, None, strict=False)
    masks = check_benchmark(benchmark, "segmentation", ("crack", "dent")).benchmark
    assert [(item.path, item.class_name, len(item.points)) for item in masks.items] == [
        ("test/crack/000.png", "", 2), ("test/dent/000.png", "", 1), ("test/good/000.png", "", 0),
            ("test/good/001.png", "", 0),
    ]  # fmt: skip
    classes = check_benchmark(benchmark, "classification", ("good", "crack", "dent")).benchmark
    assert [item.class_name for item in classes.items] == ["crack", "crack", "dent", "good", "good"]


# a blank in front: Windows knows no name that ends in one
def test_a_defect_with_a_blank_around_its_name_is_the_one_without(bottle):
    (bottle / "test" / "dent").rename(bottle / "test" / " crack")
    (bottle / "ground_truth" / "dent").rename(bottle / "ground_truth" / " crack")
    found = read_labels(bottle)
    assert (found.classes, found.skipped.merged) == (("good", "crack"), ("crack",))
    assert {item.class_name for item in found.items} == set(found.classes)
    assert dict(found.skipped.losses) == {"masks": 3, "unmasked": 1}


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("value", [1, 255, 300, 65535])
def test_a_mask_of_sixteen_bits_is_drawn_by_any_value_but_0(bottle, ending, value):
    file = bottle / "ground_truth" / "dent" / "000_mask.png"
    drawn = np.asarray(Image.open(file)) > 0
    file.unlink()
    Image.fromarray(drawn * np.uint16(value)).save(file.with_suffix(f".{ending}"))
    found = read_labels(bottle)
    assert len(found.items[2].points) == 1
    assert dict(found.skipped.losses) == {"masks": 3, "unmasked": 1}


def test_a_mask_of_a_palette_is_drawn_where_its_colour_is_not_black(bottle):
    file = bottle / "ground_truth" / "dent" / "000_mask.png"
    turned = Image.fromarray((np.asarray(Image.open(file)) == 0).astype(np.uint8))
    turned.putpalette([255, 255, 255, 0, 0, 0])
    turned.save(file)
    (point,) = read_labels(bottle).items[2].points
    assert 10 <= point.x < 16


def test_a_mask_on_which_nothing_is_drawn_is_none(bottle):
    file = bottle / "ground_truth" / "dent" / "000_mask.png"
    Image.new("L", (40, 30)).save(file)
    assert dict(read_labels(bottle).skipped.losses) == {"masks": 2, "unmasked": 2}


def test_a_mask_that_cannot_be_read_is_refused_by_name(bottle):
    (bottle / "ground_truth" / "dent" / "000_mask.png").write_bytes(b"no image")
    with pytest.raises(LabelsRefused) as caught:
        read_labels(bottle)
    assert (caught.value.reason, caught.value.detail) == ("mask", "ground_truth/dent/000_mask.png")


def test_the_receipt_counts_images_by_class_and_not_their_masks(bottle):
    _, receipt = read_benchmark_with_receipt(bottle, None, None, None, strict=False)
    assert dict(receipt.per_class) == {"good": 2, "crack": 2, "dent": 1}


def put(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")


def test_the_folder_is_the_class_and_names_leave_it_out(tmp_path):
    put(
        tmp_path, "ok/2.png", "ok/1.JPG", "crack/clip_03/7.png", "crack/notes.txt", ".git/x.png",
        "crack/.hidden.png",
    )  # fmt: skip
    (tmp_path / "dent").mkdir()
    found = imagefolder.read_imagefolder(tmp_path)
    crack = BenchmarkItem("crack/clip_03/7.png", "crack")
    assert found.items == (crack, BenchmarkItem("ok/1.JPG", "ok"), BenchmarkItem("ok/2.png", "ok"))
    assert found.names == ("clip_03/7.png", "1.JPG", "2.png")
    assert found.classes == ("crack", "dent", "ok")


def test_folders_that_differ_by_a_blank_are_one_class_and_told(tmp_path):
    put(tmp_path, "ok/a.png", " crack/b.png", "crack/c.png", " dent/d.png")
    found = imagefolder.read_imagefolder(tmp_path)
    assert [(item.path, item.class_name) for item in found.items] == [
        (" crack/b.png", "crack"), (" dent/d.png", "dent"), ("crack/c.png", "crack"),
        ("ok/a.png", "ok"),
    ]  # fmt: skip
    assert (found.classes, found.skipped.merged) == (("crack", "dent", "ok"), ("crack",))


def test_the_parts_of_a_training_set_are_not_taken_for_classes(tmp_path):
    put(tmp_path, "train/ok/1.png", "val/ok/2.png")
    with pytest.raises(LabelsRefused) as caught:
        imagefolder.read_imagefolder(tmp_path)
    assert (caught.value.problem, caught.value.detail) == ("several", "train, val")


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_picture_that_is_a_link_is_refused(tmp_path):
    put(tmp_path, "outside.png", "set/ok/1.png")
    (tmp_path / "set" / "ok" / "2.png").symlink_to(tmp_path / "outside.png")
    with pytest.raises(LabelsRefused):
        imagefolder.read_imagefolder(tmp_path / "set")
