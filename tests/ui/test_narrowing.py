import json.decoder
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QWidget

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_application, get_box_layout, get_layout, require_value


def test_what_is_there_is_handed_on_and_what_is_not_is_refused() -> None:
    assert require_value(0) == 0
    with pytest.raises(LookupError):
        require_value(None)


def test_the_row_inside_a_widget_is_its_own_layout(qapp: QApplication) -> None:
    widget = QWidget()
    line = QHBoxLayout(widget)
    assert get_box_layout(widget) is line
    assert get_layout(widget) is line


def test_a_widget_without_a_row_says_which_one_it_is(qapp: QApplication) -> None:
    bare, table = QWidget(objectName="bare"), QWidget()
    QGridLayout(table)
    with pytest.raises(LookupError, match="bare holds no row and no column"):
        get_box_layout(bare)
    with pytest.raises(LookupError, match="QWidget holds no row"):
        get_box_layout(table)
    with pytest.raises(LookupError):
        get_layout(bare)


def test_the_application_is_the_one_that_was_made(qapp: QApplication) -> None:
    assert get_application() is qapp


ASK = """
import sys
from fieldcheck.ui.lazy_import import LazyModule
tells = LazyModule("json.tool")
before = "json.tool" in sys.modules
tells.main
sys.exit(before or "json.tool" not in sys.modules)
"""


def test_a_module_is_loaded_with_the_first_use_of_a_name_in_it():
    assert subprocess.run([sys.executable, "-c", ASK]).returncode == 0


def test_its_names_are_those_of_the_module_as_they_are_now(monkeypatch):
    decoder = LazyModule("json.decoder")
    assert decoder.JSONDecoder is json.decoder.JSONDecoder
    monkeypatch.setattr(json.decoder, "JSONDecoder", 3)
    assert decoder.JSONDecoder == 3


def test_looking_a_module_over_does_not_load_it():
    none = LazyModule("fieldcheck.ui.no_such_module")
    assert not hasattr(none, "__wrapped__")
    assert "no_such_module" in repr(none)
    with pytest.raises(ModuleNotFoundError):
        none.anything  # noqa: B018
