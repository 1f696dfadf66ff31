"""Mutants of stats/ and analyses/: one changed spot each, as mutmut's operators change it, put into
the module that is loaded."""

import hashlib
import inspect
import random
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

CHECKOUT = Path(__file__).parent.parent
ROOMS = ("stats", "analyses")
SEED = 22


@dataclass(frozen=True)
class Mutant:
    """One changed spot: `file` under the checkout, its `line`, first and last line of its function
    (`begin`, `end`), the changed line as `text` and the whole module as `source`."""

    file: str
    line: int
    begin: int
    end: int
    text: str
    source: str

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{self.file}\0{self.source}".encode()).hexdigest()


def put_in(module: ModuleType, source: str) -> None:
    """Give every function and method of `module` the code and defaults it has in `source`, also
    where it was imported by name before."""
    changed = dict(vars(module))
    exec(compile(source, str(module.__file__), "exec"), changed)
    for changed_names, old in [
        (changed, vars(module)),
        *((vars(changed[name]), vars(kind)) for name, kind in _own_classes(module)),
    ]:
        for name, value in list(old.items()):
            theirs, ours = _function(changed_names.get(name)), _function(value)
            if theirs is not None and ours is not None and ours.__module__ == module.__name__:
                ours.__code__, ours.__defaults__, ours.__kwdefaults__ = (
                    theirs.__code__,
                    theirs.__defaults__,
                    theirs.__kwdefaults__,
                )


def _own_classes(module: ModuleType) -> list[tuple[str, type]]:
    return [
        (name, kind)
        for name, kind in vars(module).items()
        if inspect.isclass(kind) and kind.__module__ == module.__name__
    ]


def _function(value: object) -> FunctionType | None:
    """The function under a method, property or cache."""
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, cached_property):
        value = value.func
    elif isinstance(value, staticmethod | classmethod):
        value = value.__func__
    value = inspect.unwrap(value) if callable(value) else value
    return value if isinstance(value, FunctionType) else None


def modules() -> list[Path]:
    return [
        path
        for room in ROOMS
        for path in sorted((CHECKOUT / "fieldcheck" / room).glob("*.py"))
        if path.name != "__init__.py"
    ]


def spots(path: Path) -> list[Any]:
    """What mutmut's operators change inside the functions of a module: (parsed module, mutation,
    line, its function's first and last)."""
    import libcst
    from libcst.metadata import PositionProvider
    from mutmut.mutation.file_mutation import MutationVisitor
    from mutmut.mutation.mutators import mutation_operators
    from mutmut.mutation.pragma_handling import IgnoredCode

    wrapper = libcst.MetadataWrapper(libcst.parse_module(path.read_text("utf-8")))
    visitor = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
    module, where = wrapper.visit(visitor), wrapper.resolve(PositionProvider)
    changes = []
    for mutation in visitor.mutations:
        if mutation.contained_by_top_level_function is not None and mutation.original_node in where:
            whole = where[mutation.contained_by_top_level_function]
            position = where[mutation.original_node]
            changes.append(
                (module, mutation, position.start.line, whole.start.line, whole.end.line)
            )
    return changes


def drawn(n: int) -> tuple[list[Mutant], int]:
    """`n` mutants of all (0: all), the same for one state of the code, and how many there are."""
    from mutmut.mutation.file_mutation import deep_replace

    every = [(path, *spot) for path in modules() for spot in spots(path)]
    some = random.Random(SEED).sample(every, min(n or len(every), len(every)))
    mutants = []
    for path, module, mutation, *lines_of in some:
        source = deep_replace(module, mutation.original_node, mutation.mutated_node).code
        lines = zip(module.code.splitlines(), source.splitlines(), strict=False)
        text = next((after.strip() for before, after in lines if before != after), "")
        mutants.append(Mutant(path.relative_to(CHECKOUT).as_posix(), *lines_of, text, source))
    return mutants, len(every)
