"""Late imports, the one way of the window: a module that is loaded with the first use of a name in
it. So window and screens are painted before OpenCV, ONNX Runtime, albumentations or the library of
the database come, and what nobody asks for is never loaded.

    if TYPE_CHECKING:
        from fieldcheck.corruptions import sweep
    else:
        sweep = LazyModule("fieldcheck.corruptions.sweep")

Types are those of the first branch. A layout test holds both branches to the same modules, and
forbids imports inside functions.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class LazyModule:
    """Stands for a module, by its whole name. Any thread may be the first to ask; the interpreter
    loads it once."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        # Introspection by a debugger or test collector does not load the module.
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(self._module), name)

    def __repr__(self) -> str:
        return f"<late module {self._module}>"
