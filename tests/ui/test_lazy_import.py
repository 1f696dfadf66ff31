import json.decoder
import subprocess
import sys

import pytest

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
