import importlib
import json.decoder
import linecache
import subprocess
import sys

import pytest

from fieldcheck.ui import lazy_import
from fieldcheck.ui.lazy_import import LazyModule

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


def test_no_source_is_read_of_a_module_that_comes_after_the_window_library(tmp_path, monkeypatch):
    importlib.reload(lazy_import)  # whatever ran before
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "comes_after_the_window_library.py"
    path.write_text("VALUE = 7\n", encoding="utf-8")
    late = __import__("comes_after_the_window_library")  # as a statement does it
    assert late.VALUE == 7
    assert str(path) not in linecache.cache
