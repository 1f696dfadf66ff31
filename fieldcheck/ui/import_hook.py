"""Import hook of PySide, taken back: the program's door imports this module before any other of ours."""

from __future__ import annotations

import builtins

import PySide6.QtCore  # noqa: F401 - loaded here, so that its hook is there to be taken back

# PySide's own import reads the source of every module that comes after it and keeps it, 28 MB of the libraries, to see whether the module
# asks for other names of Qt's functions (`from __feature__ import snake_case`). None of ours does.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
