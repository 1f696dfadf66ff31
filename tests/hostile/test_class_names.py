"""One rule for names of classes at every door: the same list of names is taken or refused by each
of them, wherever it comes from. One rule for names and notes at every door: what was typed, or a
camera or a file is called, is stored without controls, and bounded."""

import json
import sqlite3
from xml.sax.saxutils import escape, quoteattr

import pytest
import yaml
from PIL import Image

from fieldcheck.domain.items import Filter
from fieldcheck.domain.label import is_class_name
from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.labels.store import mark_person
from fieldcheck.models.card import check_card_fits, read_card
from fieldcheck.models.embeddings import save_slice, set_tags
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.session import open_model
from fieldcheck.models.store import list_project_classes
from fieldcheck.project.folder import open_project
from fieldcheck.project.limits import Site, set_site
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.safe_text import CONTROLS, LONGEST_NAME, LONGEST_NOTE
from fieldcheck.settings import Settings, load_settings, save_settings
from fieldcheck.ui.screens.home.new_project import parse_class_names
from tests import makers
from tests.monitoring.test_log_monitor import log

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


@pytest.mark.short_cases(4)
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


FILES = {
    ("recording", "source"),
    ("frame", "source"),
    ("model", "file"),
    ("benchmark_item", "path"),
}
"""Columns that hold what a file is called: it must be found by it."""


def hostile(door, letters=10_000):
    return f"{door}\u202egnp\x1b[2J\u2028<img src='//host/x'>\ud800" + "a" * letters


def texts(value):
    """Every text in a stored value, JSON opened."""
    if isinstance(value, str) and value[:1] in ("[", "{", '"'):
        value = json.loads(value)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.items() if isinstance(value, dict) else value:
            yield from texts(list(one) if isinstance(one, tuple) else one)


def stored(path):
    """Every text of every table, but for what files are called."""
    db = sqlite3.connect(path / "project.db")
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        rows = db.execute("SELECT * FROM pragma_table_info(?)", [table])
        columns = [name for _, name, kind, *_ in rows if kind == "TEXT"]
        for column in columns:
            if (table, column) not in FILES:
                for (value,) in db.execute(
                    f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"
                ):
                    yield from texts(value)
    db.close()


def through_commands(terminal, path, material, tmp_path):
    """The option or argument of each command that takes a name; which of them were given."""
    frame = terminal.document("label", "show", path)["labels"][0]["frame_id"]
    model = makers.colour_model(tmp_path / "a\u202egnp\x1b.onnx")
    pictures = makers.picture_folder(tmp_path / "b", ["red"])
    shift = terminal.document("monitor", path, log(tmp_path / "a.csv", shifts=1))["shift"]
    given = {
        "by of limits": ("limits", path, "--tolerance", "0.05", "--by"),
        "by of a label": ("label", "set", path, frame, "red", "--by"),
        "by of a look": (
            "look", "set", path, "benchmark:red/000.png", "label-wrong", "--class", "blue", "--by",
        ),
        "note": ("monitor", path, "--acknowledge", shift, "--note"),
        "location": ("import", path, pictures, "--camera", hostile("camera"), "--location"),
    }  # fmt: skip
    for door, arguments in given.items():
        terminal.document(*arguments, hostile(door))
    terminal.document("golden", "add", path, hostile("golden"), material / "clean")
    terminal.document("model", "set", path, model)
    return {*given, "camera", "golden"}


def through_the_window(path):
    """What its fields hand to the work behind them."""
    with open_project(path) as project:
        frame = project.read(picks_table.list_picks)[0].frame_id
        set_site(project, Site(*map(hostile, ("site", "line", "who")), note=hostile("of the site")))
        set_tags(project, [frame], [hostile("tag")])
        save_slice(project, hostile("slice"), Filter())
        mark_person(project, [frame], True, hostile("by of a mark"))
    return {"site", "line", "who", "of the site", "tag", "slice", "by of a mark"}


@pytest.mark.long
def test_no_door_stores_a_control_or_a_name_without_end(terminal, copied, material, tmp_path):
    path = copied()
    doors = through_commands(terminal, path, material, tmp_path) | through_the_window(path)
    found = set(stored(path))
    acting = {one[:80] for one in found if CONTROLS.search(one.replace("\n", "").replace("\t", ""))}
    assert not acting
    endless = {one for one in found if len(one) > LONGEST_NAME and "aaa" in one}
    assert {one[:4] for one in endless} == {"note", "of t"}
    assert max(map(len, endless)) <= LONGEST_NOTE
    assert {
        door
        for door in doors
        if not any(one.startswith(f"{door}\N{REPLACEMENT CHARACTER}gnp") for one in found)
    } == set()


def test_settings_are_a_door_too(tmp_path):
    save_settings(tmp_path, Settings(name=hostile("name", letters=1000)))
    name = load_settings(tmp_path).name
    assert name.startswith("name\N{REPLACEMENT CHARACTER}gnp")
    assert len(name) == LONGEST_NAME
