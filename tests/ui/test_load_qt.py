import importlib
import linecache
from pathlib import Path

import PySide6

from fieldcheck.ui import load_qt


def test_no_source_is_read_of_a_module_that_comes_after_the_window_library(tmp_path, monkeypatch):
    importlib.reload(load_qt)  # whatever ran before
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "comes_after_the_window_library.py"
    path.write_text("VALUE = 7\n", encoding="utf-8")
    late = __import__("comes_after_the_window_library")  # as a statement does it
    assert late.VALUE == 7
    assert str(path) not in linecache.cache


def test_the_libraries_of_the_window_are_found_where_they_lie():
    package = Path(PySide6.__file__).parent
    assert [name for name in (*load_qt._LIBRARIES, load_qt._SCREEN) if not (package / name).is_file()] == []


def test_without_them_the_start_is_left_to_the_window_library(monkeypatch):
    monkeypatch.setattr(load_qt, "_LIBRARIES", ("QtNowhere.abi3.so",))
    load_qt._load_libraries()
    monkeypatch.setattr(load_qt, "find_spec", lambda _: None)
    load_qt._load_libraries()
