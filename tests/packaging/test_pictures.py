import importlib.util
import sys
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

CHECKOUT = Path(__file__).parents[2]
WORK = Path("/tmp/pw2")


@pytest.fixture
def pictures(monkeypatch):
    monkeypatch.syspath_prepend(str(CHECKOUT))
    path = CHECKOUT / "packaging" / "pictures.py"
    spec = importlib.util.spec_from_file_location("pictures", path)
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
