"""One rule for names of classes at every door: the same list of names is taken or refused by each
of them, wherever it comes from."""

import json
from xml.sax.saxutils import escape, quoteattr

import pytest
import yaml
from PIL import Image

from fieldcheck.domain.label import is_class_name
from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.models.card import check_card_fits, read_card
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.session import open_model
from fieldcheck.models.store import list_project_classes
from fieldcheck.project.folder import open_project
from fieldcheck.ui.screens.home.new_project import parse_class_names
from tests import makers

NAMES = {
    "turned": ("\u202egnp", False),
    "an end of nothing": ("a\u2069", False),
    "a terminal's words": ("a\x1b[2J", False),
    "two lines": ("a\u2028b", False),
    "endless": ("x" * 501, False),
    "no character": ("a\ufffeb", False),
    "the last of none": ("a\uffff", False),
    "joined": ("می\u200cشود", True),
    "right to left": ("حديد", True),
    "markup": ("<b>x</b> & 'y'", True),
    "a formula": ("=1+1", True),
    "accents": ("Größe 中", True),
}


def of_card(folder, name):
    model = makers.colour_model(folder / "net.onnx")
    card = read_card(open_model(model), {**makers.COLOUR_CARD, "classes": [name, "b", "c"]})
    return card.classes[0]


def of_list(folder, name):
    with set_up_project(
        folder / "p.fieldcheck", NewProjectRequest(classes=(name, "b")), makers.NOW
    ).project as made:
        return list_project_classes(made)[0]


def of_window(folder, name):
    """As they are typed on the page of a new project, one a line."""
    return of_list(folder, parse_class_names(f"{name}\nb")[0])


def of_card_page(folder, name):
    """As a card is taken that was typed beside its answers."""
    model = open_model(makers.colour_model(folder / "net.onnx"))
    card = parse_card({**makers.COLOUR_CARD, "classes": [name, "b", "c"]})
    check_card_fits(model, card)
    return card.classes[0]


def labelled(folder):
    makers.save_picture(folder / "one.png", "red")
    return folder


def of_csv(folder, name):
    table = labelled(folder) / "labels.csv"
    (table).write_text(f'file,class\none.png,"{name}"\n', encoding="utf-8")
    return read_labels(folder / "labels.csv").classes[0]


def of_coco(folder, name):
    image = {"id": 1, "file_name": "one.png", "width": 64, "height": 48}
    box = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5]}
    document = {"images": [image], "annotations": [box], "categories": [{"id": 1, "name": name}]}
    (labelled(folder) / "labels.json").write_text(json.dumps(document))
    return read_labels(folder / "labels.json").classes[0]


def yolo(folder):
    labelled(folder / "images")
    (folder / "labels").mkdir()
    (folder / "labels" / "one.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    return folder


def of_yaml(folder, name):
    document = yaml.safe_dump({"names": [name]}, allow_unicode=True)
    (yolo(folder) / "data.yaml").write_text(document, encoding="utf-8")
    return read_labels(folder).classes[0]


def of_names_file(folder, name):
    (yolo(folder) / "classes.txt").write_text(f"{name}\n", encoding="utf-8")
    return read_labels(folder, "yolo").classes[0]


def of_voc(folder, name):
    corners = "<xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax>"
    text = f"<annotation><filename>one.png</filename><object><name>{escape(name)}</name><bndbox>{corners}</bndbox></object></annotation>"
    (labelled(folder) / "one.xml").write_text(text, encoding="utf-8")
    return read_labels(folder, "voc").classes[0]


def of_cvat(folder, name):
    box = f"<box label={quoteattr(name)} xtl='1' ytl='1' xbr='9' ybr='9'/>"
    text = (
        "<annotations><image id='0' name='one.png' width='64' "
        f"height='48'>{box}</image></annotations>"
    )
    (labelled(folder) / "annotations.xml").write_text(text, encoding="utf-8")
    return read_labels(folder, "cvat").classes[0]


def of_label_studio(folder, name):
    value = {"x": 1, "y": 1, "width": 9, "height": 9, "rectanglelabels": [name]}
    answer = {
        "type": "rectanglelabels", "original_width": 64, "original_height": 48, "value": value,
    }  # fmt: skip
    tasks = [{"data": {"image": "one.png"}, "annotations": [{"result": [answer]}]}]
    (labelled(folder) / "tasks.json").write_text(json.dumps(tasks))
    return read_labels(folder, "label-studio").classes[0]


def of_labelme(folder, name):
    shape = {"label": name, "shape_type": "rectangle", "points": [[1, 1], [9, 9]]}
    document = {"imagePath": "one.png", "imageWidth": 64, "imageHeight": 48, "shapes": [shape]}
    (labelled(folder) / "one.json").write_text(json.dumps(document))
    return read_labels(folder, "labelme").classes[0]


def of_masks(folder, name):
    labelled(folder / "images")
    (folder / "masks").mkdir()
    Image.new("L", (64, 48), 1).save(folder / "masks" / "one.png")
    (folder / "classes.txt").write_text(f"background\n{name}\n", encoding="utf-8")
    return read_labels(folder, "masks").classes[0]


def of_folder(folder, name):
    if len(name.encode()) > 255 or "/" in name:
        pytest.skip("no folder can be called so")
    labelled(folder / name)
    return read_labels(folder, "imagefolder").classes[0]


EXPORTS = (of_cvat, of_label_studio, of_labelme, of_masks)
DOORS = (
    of_card, of_card_page, of_list, of_window, of_csv, of_coco, of_yaml, of_names_file, of_voc,
    of_folder, *EXPORTS,
)  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", NAMES)
def test_every_door_takes_or_refuses_the_same_names(tmp_path, door, kind):
    name, taken = NAMES[kind]
    assert is_class_name(name) == taken
    if not taken:
        with pytest.raises(FieldcheckError):
            door(tmp_path, name)
        return
    assert door(tmp_path, name) == name


@pytest.mark.parametrize(("name", "taken"), [("\u202egnp", False), ("می\u200cشود", True)])
def test_the_commands_say_so(terminal, tmp_path, name, taken):
    names = [name, "green", "blue"]
    (tmp_path / "classes.txt").write_text("\n".join(names), encoding="utf-8")
    model = makers.colour_model(tmp_path / "net.onnx", {**makers.COLOUR_CARD, "classes": names})
    makers.save_picture(tmp_path / "set" / "one.png", "red")
    (tmp_path / "set" / "labels.csv").write_text(f"file,class\none.png,{name}\n", encoding="utf-8")
    project = tmp_path / "any.fieldcheck"
    terminal.document("new", project)
    doors = (
        ("new", tmp_path / "listed.fieldcheck", "--classes", tmp_path / "classes.txt"),
        ("new", tmp_path / "carded.fieldcheck", "--model", model),
        ("benchmark", "set", project, tmp_path / "set" / "labels.csv"),
    )
    assert [terminal(*arguments).code for arguments in doors] == [0 if taken else 1] * 3
    for made in ("listed", "carded"):
        path = tmp_path / f"{made}.fieldcheck"
        assert path.exists() == taken
        if taken:
            with open_project(path, write=False) as opened:
                assert list_project_classes(opened) == tuple(names)


def test_a_label_file_without_a_name_is_refused(tmp_path):
    with pytest.raises(LabelsRefused):
        of_coco(tmp_path, " ")
