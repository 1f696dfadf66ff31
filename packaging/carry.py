"""Writes `resources/recipe/fieldcheck_transforms.py`: our transforms and their formulas as the one
file that goes with a training recipe; and `resources/evidence/verify_pack.py`, the verifier that
lies in every pack.

`.venv/bin/python packaging/carry.py` after one of the modules was changed. The file is kept in the
repository, because a bundle holds no source to make it from; `tests/packaging/test_carry.py` names
it when it is out of date.
"""

from __future__ import annotations

import ast
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SOURCES = ("pixels", "transform", "noise", "blur", "light", "coding", "weather", "lens", "geometry")
CARRIED = CHECKOUT / "resources" / "recipe" / "fieldcheck_transforms.py"
VERIFIER = CHECKOUT / "fieldcheck" / "verify_pack.py"
CARRIED_VERIFIER = CHECKOUT / "resources" / "evidence" / "verify_pack.py"
OURS = "fieldcheck"
HEAD = '''"""The transforms of a Fieldcheck recipe: import this file before albumentations loads the recipe that lies beside it.

Needs albumentations, OpenCV and numpy only. Made from fieldcheck/corruptions; Apache License 2.0.
"""

from __future__ import annotations

'''


def carried() -> str:
    """The text of the file: all imports once, then the modules in the order in which they need each
    other."""
    trees = [_read(name) for name in SOURCES]
    imports = sorted({ast.unparse(node) for _, tree in trees for node in _imports(tree)})
    return (
        HEAD
        + "\n".join(imports)
        + "\n\n"
        + "\n\n".join(_body(lines, tree) for lines, tree in trees)
        + "\n"
    )


def _read(name: str) -> tuple[list[str], ast.Module]:
    source = (CHECKOUT / "fieldcheck" / "corruptions" / "transforms" / f"{name}.py").read_text(
        encoding="utf-8"
    )
    return source.splitlines(), ast.parse(source)


def _imports(tree: ast.Module) -> list[ast.stmt]:
    """Those of other people's packages."""
    return [
        node
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) and not _left_out(node)
    ]


def _left_out(node: ast.Import | ast.ImportFrom) -> bool:
    module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
    return module == "__future__" or module.split(".")[0] == OURS


def _body(lines: list[str], tree: ast.Module) -> str:
    """The module without its docstring and imports."""
    first = next(
        node for node in tree.body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)
    )
    start = min([first.lineno, *(mark.lineno for mark in getattr(first, "decorator_list", []))])
    return "\n".join(lines[start - 1 :]).strip("\n")


if __name__ == "__main__":
    CARRIED.parent.mkdir(parents=True, exist_ok=True)
    CARRIED.write_text(carried(), encoding="utf-8")
    CARRIED_VERIFIER.parent.mkdir(parents=True, exist_ok=True)
    CARRIED_VERIFIER.write_bytes(VERIFIER.read_bytes())
