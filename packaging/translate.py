"""Gathers the sentences of the program into `resources/locale/` and compiles the catalogues.

`.venv/bin/python packaging/translate.py` after a sentence was added or changed: new ones come in
empty, gone ones go; then fill in what `tests/i18n/test_catalogue.py` names and run it again. Both
the .po and the .mo files are kept in the repository.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

CHECKOUT = Path(__file__).resolve().parent.parent
LOCALE = CHECKOUT / "resources" / "locale"
DOMAIN = "fieldcheck"
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
NOISE = tuple(
    f'"{name}'.encode()
    for name in ("Report-", "POT-", "PO-", "Last-", "Language-Team", "Generated-By")
)
# functions of i18n.language and i18n.msgid, and how many of their arguments are sentences
KEYWORDS = {"tr": 1, "tr_plural": 2, "tr_points": 1, "msgid": 1}
PLURALS = ("tr_plural", "tr_points")  # the latter has one sentence in English for both


def extracted() -> Catalog:
    """Every sentence in the source, without a translation. Raises ValueError for one that is not
    written out where it is said."""
    catalogue = Catalog(charset="utf-8")
    package = CHECKOUT / "fieldcheck"
    for file in sorted(package.rglob("*.py")):
        for message in sentences(ast.parse(file.read_text(encoding="utf-8")), str(file)):
            catalogue.add(message, locations=[(file.relative_to(CHECKOUT).as_posix(), 0)])
    return catalogue


def sentences(
    tree: ast.AST, file: str, keywords: Mapping[str, int] = KEYWORDS
) -> Iterator[str | tuple[str, str]]:
    """The arguments of every `tr("…")`, `msgid("…")`, `tr_plural("one", "many", n)`,
    `tr_points("…", figure)`, also in f-strings, which Babel passes over."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in keywords
        ):
            texts = [
                argument.value
                for argument in node.args[: keywords[node.func.id]]
                if isinstance(argument, ast.Constant)
            ]
            if len(texts) != keywords[node.func.id] or not all(
                isinstance(text, str) for text in texts
            ):
                raise ValueError(f"{file}:{node.lineno}: {ast.unparse(node)}")
            yield (texts[0], texts[-1]) if node.func.id in PLURALS else texts[0]


def folders() -> list[Path]:
    """The folder of each language's catalogue."""
    return sorted(folder / "LC_MESSAGES" for folder in LOCALE.iterdir() if folder.is_dir())


def read(folder: Path) -> Catalog:
    """A language's catalogue as it is kept."""
    with (folder / f"{DOMAIN}.po").open("rb") as source:
        return read_po(source, locale=folder.parent.name)


def written(catalogue: Catalog) -> bytes:
    """The .po file: sorted, without line numbers and dates, so that only changed sentences show as
    changes."""
    out = io.BytesIO()
    catalogue.header_comment = ""
    write_po(
        out, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True
    )
    return b"".join(
        line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(NOISE)
    )


def compiled(catalogue: Catalog) -> bytes:
    """The bytes that gettext reads; without today's date, which would make every file differ from
    the last one."""
    out = io.BytesIO()
    catalogue.creation_date = catalogue.revision_date = UNDATED
    write_mo(out, catalogue)
    return out.getvalue()


def update(folder: Path) -> int:
    """Brings one language up to date with the source; returns how many sentences wait for a
    translation."""
    catalogue = read(folder)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    (folder / f"{DOMAIN}.po").write_bytes(written(catalogue))
    (folder / f"{DOMAIN}.mo").write_bytes(compiled(catalogue))
    return sum(
        1
        for message in catalogue
        if message.id and not all(message.string if message.pluralizable else [message.string])
    )


def main() -> None:
    """Updates every language and says what is left to do."""
    for folder in folders():
        print(
            f"{folder.parent.name}: {update(folder)} sentences wait for a translation",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
