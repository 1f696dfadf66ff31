"""The root of everything that can be expected to go wrong."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(eq=False, repr=False)
class FieldcheckError(Exception):
    """Root of the family. A subclass is a dataclass whose fields are the facts of the case; `repr=False`, since all are told alike from
    here, and fifty made at the start of every window take a third of the time."""

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{one.name}={getattr(self, one.name)!r}' for one in fields(self))})"

    def __str__(self) -> str:
        return str(vars(self).get("_sentence", "")) or repr(self)

    def set_message(self, sentence: str) -> None:
        """`str()` is this sentence from now on, also in another process; until then it is the class and its facts."""
        vars(self)["_sentence"] = sentence

    def __reduce__(self) -> tuple[type[FieldcheckError], tuple[Any, ...], dict[str, Any]]:
        """A dataclass does not hand its facts on to Exception, which would forget them between processes."""
        return type(self), tuple(getattr(self, one.name) for one in fields(self)), dict(vars(self))
