"""Names of classes, cameras and files may look like markup; Qt would read it, and load the picture
it names from another computer."""

import ast
import re

import pytest

from fieldcheck.ui.widgets.layouts import make_plain_tip
from tests.source import nodes
from tests.test_layout import CHECKOUT

WINDOW = sorted((CHECKOUT / "fieldcheck" / "ui").rglob("*.py"))
RICH = (
    "setHtml", "insertHtml", "RichText", "AutoText", "QTextBrowser", "QTextEdit", "QMessageBox",
    "QErrorMessage", "setWhatsThis",
)  # fmt: skip
MAY_BE_RICH = {"screens/help/presenter.py"}  # our own pages, every word of them escaped
MAKES_LABELS = {"widgets/layouts.py", "screens/home/captions.py"}


def name(path):
    return path.relative_to(CHECKOUT / "fieldcheck" / "ui").as_posix()


def is_plain(node):
    """Whether what a tool tip is set to cannot be markup: made plain, or a sentence of ours without
    anything in it."""
    if isinstance(node, ast.IfExp):
        return is_plain(node.body) and is_plain(node.orelse)
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("make_plain_tip", "tr")
    )


def test_every_tool_tip_is_made_plain():
    calls = [(path, node) for path in WINDOW for node in nodes(path) if isinstance(node, ast.Call)]
    tips = [
        (path, node)
        for path, node in calls
        if isinstance(node.func, ast.Attribute) and node.func.attr == "setToolTip"
    ]
    assert len(tips) > 10
    actual = [f"{name(path)}:{node.lineno}" for path, node in tips if not is_plain(node.args[-1])]
    assert actual == []


def test_every_model_that_gives_tool_tips_makes_them_plain():
    models = [path for path in WINDOW if "ToolTipRole" in path.read_text("utf-8")]
    assert models
    assert [name(path) for path in models if "make_plain_tip(" not in path.read_text("utf-8")] == []


def test_nothing_else_in_the_window_reads_markup():
    found = {
        name(path)
        for path in WINDOW
        if any(re.search(rf"\b{word}\b", path.read_text("utf-8")) for word in RICH)
    }
    assert found <= MAY_BE_RICH
    labels = {
        name(path)
        for path in WINDOW
        if re.search(r"\bQLabel\(|\(QLabel\)", path.read_text("utf-8"))
    }
    assert labels <= MAKES_LABELS


@pytest.mark.parametrize("said", ["<img src='//host/x'>", "a < b", "<b>", "one\ntwo <"])
def test_a_tip_shows_just_what_was_said(said, qapp):
    from PySide6.QtGui import QTextDocument

    document = QTextDocument()
    document.setHtml(make_plain_tip(said))
    assert document.toPlainText() == said
    assert make_plain_tip("one\ntwo") == "one\ntwo"
