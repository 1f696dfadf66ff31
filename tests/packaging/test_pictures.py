import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tests.counts import only_full

CHECKOUT = Path(__file__).parents[2]
SCRIPT = CHECKOUT / "packaging" / "pictures.py"
WORK = Path("/tmp/pw2")


@pytest.fixture
def pictures(monkeypatch):
    monkeypatch.syspath_prepend(str(CHECKOUT))
    spec = importlib.util.spec_from_file_location("pictures", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "pictures", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def window(qtbot):
    made = QWidget()
    QVBoxLayout(made)
    qtbot.addWidget(made)
    return made


def add(window, widget):
    window.layout().addWidget(widget)
    return widget


def test_a_picture_shows_a_persons_folder_in_place_of_the_machines(pictures, window):
    place = add(window, QLineEdit(f"{WORK}/home/Documents"))
    told = add(window, QLabel(f"In {WORK}/labelled/p.fieldcheck"))
    button = add(window, QPushButton("Choose"))
    changes = []
    place.textChanged.connect(changes.append)
    pictures.hide_places(window, WORK)
    assert place.text() == "/home/anna/Documents"
    assert (told.text(), button.text()) == ("In /home/anna/labelled/p.fieldcheck", "Choose")
    assert changes == []


class Painted(QWidget):
    """Paints its text itself, so that nobody else can change it."""

    def text(self):
        return f"{WORK}/labelled"


def test_a_place_that_stays_in_view_is_told_before_the_picture_is_taken(pictures, window):
    add(window, Painted())
    pictures.hide_places(window, WORK)
    window.show()
    with pytest.raises(RuntimeError, match=r"Painted shows /tmp/pw2/labelled"):
        pictures.hide_places(window, WORK)


def test_the_animations_are_of_the_kept_pictures_small_and_end(pictures):
    for name, shown in pictures.ANIMATIONS.items():
        path = CHECKOUT / "docs" / "pictures" / f"{name}.webp"
        assert path.stat().st_size < 600_000
        with Image.open(path) as animation:
            assert (animation.n_frames, animation.info["loop"]) == (len(shown), 1)
            assert animation.width == pictures.ANIMATED_WIDTH


@only_full
def test_every_state_that_is_pictured_can_be_brought_about(pictures, tmp_path):
    """The script names parts of the window that no type is known of."""
    folder = tmp_path / "pictures"
    arguments = ("--work", tmp_path / "work", "--all", folder, "--only", "light-en-1092")
    subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], check=True, timeout=3600)
    there = sum(1 for project in pictures.PROJECTS for _ in pictures.states(project))
    assert len(list(folder.glob("*.png"))) == there
