"""The window door: screens over the same workflows that the terminal has; the only room that knows Qt."""

import builtins

import PySide6.QtCore  # noqa: F401 - loaded here, so that what it does to imports is taken back before anything else comes

# PySide's own import reads the source of every module that comes after it and keeps it, 28 MB of the libraries, to see whether the module
# asks for other names of Qt's functions (`from __feature__ import snake_case`). None of ours does.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
