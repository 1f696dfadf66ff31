"""One rule for names of classes at every door: a card, a list of classes and a label file take or refuse the same."""

import pytest

from fieldcheck.project.folder import open_project
from fieldcheck.workflows.label.classes import project_classes
from tests import makers


@pytest.mark.parametrize(("name", "taken"), [("\u202egnp", False), ("a\u2069", False), ("a\x1b[2J", False), ("می\u200cشود", True)])
def test_every_door_takes_or_refuses_the_same_name(terminal, tmp_path, name, taken):
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
                assert project_classes(opened) == tuple(names)
