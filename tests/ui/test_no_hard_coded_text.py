"""No text that a person reads stands in a widget's call: it comes through `tr()` or `tr_plural()`,
or it is not translated."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "fieldcheck" / "ui"
NAMES = ("Fieldcheck", " px")
"""What is called the same in every language: the program, and units."""
FIRST, SECOND = (0,), (1,)
READ = {
    **dict.fromkeys(
        (
            "QLabel", "QCheckBox", "QRadioButton", "QPushButton", "QToolButton", "QGroupBox",
            "QAction", "make_label",
        ),
        FIRST,
    ),
    **dict.fromkeys(
        (
            "setText", "setToolTip", "setStatusTip", "setWindowTitle", "setTitle",
            "setPlaceholderText", "setPlainText",
        ),
        FIRST,
    ),
    **dict.fromkeys(
        (
            "setAccessibleName", "setAccessibleDescription", "setHtml", "show_state", "show_toast",
            "addItem",
        ),
        FIRST,
    ),
    **dict.fromkeys(("set_text", "set_label", "set_lines", "set_caption"), FIRST),
    **dict.fromkeys(("KeyButton", "show_banner", "setTabText", "ActionSpec"), SECOND),
    **dict.fromkeys(("addButton", "addTab", "addAction", "addRow", "insertItem"), (0, 1)),
    "ScreenHeading": (0, 1, 2),
    "QMessageBox": (1, 2),
}  # fmt: skip
"""Function → which of its arguments people read."""
READ_BY_NAME = {
    "text", "title", "hint", "primary", "placeholderText", "toolTip", "accessibleName", "button",
}  # fmt: skip


def literals(node: ast.AST) -> Iterator[str]:
    """The strings that a value is made of, except those that another function makes something
    of."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("format", "join", "strip", "rstrip")
    ):
        yield from literals(node.func.value)
    elif isinstance(
        node, ast.JoinedStr | ast.IfExp | ast.BinOp | ast.BoolOp | ast.List | ast.Tuple
    ):
        for part in ast.iter_child_nodes(node):
            yield from literals(part)


def hard_coded(source: str) -> list[tuple[int, str]]:
    """Line and text of each string with letters that a call of `READ` is handed."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in READ:
            continue
        read = [argument for at, argument in enumerate(node.args) if at in READ[name]]
        read += [keyword.value for keyword in node.keywords if keyword.arg in READ_BY_NAME]
        found += [
            (node.lineno, said) for argument in read for said in literals(argument) if foreign(said)
        ]
    return found


def foreign(said: str) -> bool:
    for name in NAMES:
        said = said.replace(name, "")
    return any(letter.isalpha() for letter in said)


@pytest.mark.short_cases(6)
@pytest.mark.parametrize(
    "module", sorted(UI.rglob("*.py")), ids=lambda path: path.relative_to(UI).as_posix()
)
def test_a_window_speaks_every_language(module):
    assert hard_coded(module.read_text("utf-8")) == []


@pytest.mark.parametrize("source", [
    'button.setText("Save")', 'make_label(f"{n} frames", tone="quiet")',
    'KeyButton(look, "Save" if fine else tr("No"), "S")',
    'ScreenHeading(tr("Report"), primary="Export")',
    'ScreenHeading(tr("Report"), "Read page 1.", tr("Export"))',
    'box.setToolTip("{n} of {all}".format(n=1, all=2))', 'QCheckBox("Gloves" + mark)',
    'QLineEdit(self); field.setPlaceholderText("Name")',
    'messages.show_banner("camera", "The camera is gone.")',
])  # fmt: skip
def test_a_hard_coded_text_is_found(source):
    assert len(hard_coded(source)) == 1


@pytest.mark.parametrize("source", [
    'button.setText(tr("Save"))',
    'make_label(tr("{n} frames").format(n=n), size="title", tone="quiet")',
    'KeyButton(look, tr("Save"), "Ctrl+S", icon="floppy")',
    'window.setWindowTitle(f"{name} – Fieldcheck")', 'make_label("→ 12%")',
    'box.addItem(tr("German"), "de")', 'button.setText(f"{name}: {value} · {other}")',
    'messages.show_banner("camera", tr("The camera is gone."))',
])  # fmt: skip
def test_what_comes_through_the_catalogue_passes(source):
    assert hard_coded(source) == []
