import importlib
import linecache

from fieldcheck.ui import import_hook


def test_no_source_is_read_of_a_module_that_comes_after_the_window_library(tmp_path, monkeypatch):
    importlib.reload(import_hook)  # whatever ran before
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "comes_after_the_window_library.py"
    path.write_text("VALUE = 7\n", encoding="utf-8")
    late = __import__("comes_after_the_window_library")  # as a statement does it
    assert late.VALUE == 7
    assert str(path) not in linecache.cache
