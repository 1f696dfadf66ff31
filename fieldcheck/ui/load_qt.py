"""Loading of Qt and PySide, made quick: the window's door imports this module before any other of its own, and before PySide."""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from ctypes import CDLL
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from threading import RLock, Thread
from types import ModuleType
from typing import Any

_LIBRARIES = ("QtCore.abi3.so", "QtGui.abi3.so", "QtWidgets.abi3.so")
_SCREEN = "Qt/plugins/platforms/libqxcb.so"
_LATE = frozenset(
    f"shibokensupport/signature/{name}.py"
    for name in (*("errorhandler", "layout", "parser"), *("lib/enum_sig", "lib/pyi_generator", "lib/tool"))
)
"""Modules that PySide compiles anew at every start and needs for help, stubs and messages about wrong arguments only."""
_STAND_IN = f"from {__name__} import _make_module_getattr; __getattr__ = _make_module_getattr(__name__)"

_compile = builtins.compile
_one_at_a_time = RLock()


def _load_libraries() -> None:
    """Loads and links Qt's shared libraries and reads the system's list of fonts, in another thread, since it needs no interpreter:
    meanwhile this one is at Python's modules. What is not there is left to Qt, which says what it lacks."""
    package = find_spec("PySide6")
    if package is None or package.origin is None:
        return
    with suppress(OSError, AttributeError):
        link = CDLL(None).dlopen  # called as any function of C it lets the interpreter go, which `CDLL(path)` does not
        for name in _LIBRARIES:
            link(os.fsencode(Path(package.origin).parent / name), os.RTLD_NOW)
        link(os.fsencode(Path(package.origin).parent / _SCREEN), os.RTLD_NOW)
        CDLL("libfontconfig.so.1").FcInit()


def _make_module_getattr(name: str) -> Callable[[str], Any]:
    """What looks names up in a module of PySide that is loaded with the first of them. Not those of the interpreter itself."""

    def __getattr__(asked: str) -> Any:
        if asked.startswith("__"):
            raise AttributeError(asked)
        with _one_at_a_time:
            return getattr(_import_whole_module(name), asked)

    return __getattr__


@cache
def _import_whole_module(name: str) -> ModuleType:
    loader: Any = sys.modules[name].__loader__
    module = module_from_spec(ModuleSpec(name, loader))
    loader.exec_module(module)
    return module


def _compile_without_docstrings(source: Any, filename: Any, *others: Any, **named: Any) -> Any:
    return _compile(_STAND_IN if filename in _LATE else source, filename, *others, **named)


if sys.platform == "linux":
    Thread(target=_load_libraries, name="libraries of Qt", daemon=True).start()
builtins.compile = _compile_without_docstrings
try:
    import PySide6.QtCore  # noqa: F401
finally:
    builtins.compile = _compile
# PySide's own import reads the source of every module that comes after it and keeps it, 28 MB of the libraries, to see whether the module
# asks for other names of Qt's functions (`from __feature__ import snake_case`). None of ours does.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
