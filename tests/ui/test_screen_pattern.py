"""One pattern for every screen: a session without Qt, a presenter that knows its view as a protocol, a view; `build` puts them together."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fieldcheck.ui.screens
from tests.source import tree

SCREENS = Path(fieldcheck.ui.screens.__file__).parent
SESSIONS = sorted(SCREENS.glob("*/session.py"))
PRESENTERS = sorted(SCREENS.glob("*/*presenter.py"))
PARTS = {
    *("explore/frames.py", "explore/map.py", "home/start_presenter.py", "home/trial_presenter.py", "report/form_presenter.py"),
    *("stress/corruption_choice.py", "stress/ood_presenter.py", "stress/sweep_presenter.py"),
    *(f"evidence/{part}_presenter.py" for part in ("exports", "packs", "people", "runs")),
}  # of presenters; they are strangers to widgets altogether
SATELLITES = sorted(
    path
    for path in SCREENS.glob("*/*.py")
    if "Display(" in path.read_text("utf-8")
    and path.stem != "display"
    and (path not in PRESENTERS or path.relative_to(SCREENS).as_posix() in PARTS)
)
QT = {"PySide6", "shiboken6", "pyqtgraph", "qtawesome"}


def named(path: Path) -> str:
    return path.relative_to(SCREENS).as_posix()


def imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(module, name as it is used here) of everything that is imported anywhere in it, also for types only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.asname or alias.name) for alias in node.names)


def widgets_used_outside_build(source: str) -> set[str]:
    """Classes of a `view` module that are named anywhere but in `build_screen`, where view and presenter are put together, and its like."""
    tree = ast.parse(source)
    classes = {name for module, name in imports(tree) if module.endswith(".view") and name[0].isupper() and not name.isupper()}
    rest = [node for node in tree.body if not (isinstance(node, ast.FunctionDef) and node.name in ("build_screen", "_connect_page"))]
    return {node.id for part in rest for node in ast.walk(part) if isinstance(node, ast.Name) and node.id in classes}


def test_there_are_sessions_and_presenters_to_look_at():
    assert {"label/session.py", "pick/session.py"} <= {named(path) for path in SESSIONS}
    assert len(PRESENTERS) >= 6


@pytest.mark.parametrize("path", SESSIONS, ids=named)
def test_a_session_knows_no_qt_not_even_for_its_types(path):
    assert {module for module, _ in imports(tree(path)) if module.split(".")[0] in QT} == set()


def test_no_session_loads_qt_by_way_of_others():
    rooms = [f"fieldcheck.ui.screens.{path.parent.name}.session" for path in SESSIONS]
    script = f"import sys, importlib; [importlib.import_module(one) for one in {rooms}]; print(*sorted({QT} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


@pytest.mark.parametrize("path", sorted({*PRESENTERS, *SATELLITES}), ids=named)
def test_a_presenter_knows_its_view_as_a_protocol(path):
    assert widgets_used_outside_build(path.read_text("utf-8")) == set()


@pytest.mark.parametrize("path", SATELLITES, ids=named)
def test_a_part_of_a_presenter_knows_no_widget_at_all(path):
    assert "PySide6.QtWidgets" not in {module for module, _ in imports(tree(path))}


def test_the_parts_with_displays_of_their_own_are_looked_at():
    assert {named(path) for path in SATELLITES} >= PARTS


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from x.view import AView\ndef build_screen():\n    return AView()\n", set()),
        ("from x.view import AView\nclass P:\n    def __init__(self, view: AView) -> None: ...\n", {"AView"}),
        ("from x.view import USUAL\nprint(USUAL)\n", set()),
        ("if TYPE_CHECKING:\n    from x.view import AView\ndef show(view: AView) -> None: ...\n", {"AView"}),
    ],
)
def test_a_view_that_is_named_elsewhere_is_seen(source, found):
    assert widgets_used_outside_build(source) == found
