"""One pattern for every screen: a state without Qt, a presenter that knows its view as a protocol,
a view; `build` puts them together."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fieldcheck.ui.screens
from tests.source import tree

SCREENS = Path(fieldcheck.ui.screens.__file__).parent
STATES = sorted(SCREENS.glob("*/state.py"))
# what a display is handed beside plain values; the protocols of displays name pictures of Qt too
HANDED = {"ErrorExample"}
PRESENTERS = sorted(SCREENS.glob("*/*presenter.py"))
PARTS = {
    "explore/gallery.py": "FrameGalleryPresenter",
    "explore/similarity_map.py": "SimilarityMapPresenter",
    "home/start_page.py": "StartPresenter",
    "home/trial.py": "TrialPresenter",
    "report/view.py": "FormPresenter",
    "stress/corruption_picker.py": "CorruptionChoice",
    "stress/ood.py": "OodPresenter",
    "stress/presenter.py": "SweepPresenter",
    "evidence/exports.py": "ExportsPresenter",
    "evidence/packs.py": "PacksPresenter",
    "evidence/annotators.py": "AnnotatorsPresenter",
    "evidence/runs.py": "RunsPresenter",
}  # of presenters; they are strangers to widgets altogether, also to the page below which they stand
SATELLITES = sorted(
    path
    for path in SCREENS.glob("*/*.py")
    if "Display(" in path.read_text("utf-8")
    and (path not in PRESENTERS or path.relative_to(SCREENS).as_posix() in PARTS)
)
QT = {"PySide6", "shiboken6", "pyqtgraph", "qtawesome"}
PUTS_TOGETHER = ("build_screen", "_connect_page")


def named(path: Path) -> str:
    return path.relative_to(SCREENS).as_posix()


def imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(module, name as it is used here) of everything that is imported anywhere in it, also for
    types only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.asname or alias.name) for alias in node.names)


def names_in(node: ast.AST, names: set[str]) -> set[str]:
    """Those of the names that are used anywhere in it."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} & names


def widget_classes(module: ast.Module) -> set[str]:
    """Classes of Qt's widgets that a module imports, and those it makes of them or of widgets of
    ours."""
    qts = {name for room, name in imports(module) if room in ("PySide6.QtWidgets", "pyqtgraph")}
    ours = {
        name
        for room, name in imports(module)
        if room.startswith("fieldcheck.ui.widgets") and name[0].isupper()
    }
    found = set[str]()
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    for _ in classes:  # a class may be made of one that stands below
        found |= {
            one.name
            for one in classes
            if any(names_in(base, qts | ours | found) for base in one.bases)
        }
    return qts | found


def is_plain(room: str, name: str) -> bool:
    """Whether a name of a module of screens is known to be no widget."""
    path = SCREENS.joinpath(*room.removeprefix("fieldcheck.ui.screens.").split(".")).with_suffix(
        ".py"
    )
    return (
        room.startswith("fieldcheck.ui.screens.")
        and path.exists()
        and name not in widget_classes(tree(path))
    )


def widgets_used_outside_build(source: str) -> set[str]:
    """Widgets of a `view` module that are named anywhere but in `build_screen`, where view and
    presenter are put together, and its like."""
    tree = ast.parse(source)
    classes = {
        name
        for module, name in imports(tree)
        if module.endswith(".view")
        and name[0].isupper()
        and not name.isupper()
        and not is_plain(module, name)
    }
    rest = [
        node
        for node in tree.body
        if not (isinstance(node, ast.FunctionDef) and node.name in PUTS_TOGETHER)
    ]
    return {
        node.id
        for part in rest
        for node in ast.walk(part)
        if isinstance(node, ast.Name) and node.id in classes
    }


def parts_of_presenters(module: ast.Module) -> list[ast.ClassDef]:
    """Displays, and the classes that know one, in a module that holds widgets too."""
    classes = [
        node
        for node in module.body
        if isinstance(node, ast.ClassDef) and node.name not in widget_classes(module)
    ]
    displays = {node.name for node in classes if node.name.endswith("Display")}
    return [node for node in classes if node.name in displays or names_in(node, displays)]


def test_there_are_states_and_presenters_to_look_at():
    assert {
        f"{screen}/state.py"
        for screen in (
            "capture",
            "evidence",
            "explore",
            "label",
            "latency",
            "monitor",
            "pick",
            "stress",
        )
    } <= {named(path) for path in STATES}
    assert len(PRESENTERS) >= 6


@pytest.mark.parametrize("path", STATES, ids=named)
def test_a_state_knows_no_qt_not_even_for_its_types(path):
    qts = {name for module, name in imports(tree(path)) if module.split(".")[0] in QT}
    displays = [
        node
        for node in tree(path).body
        if isinstance(node, ast.ClassDef) and node.name.endswith("Display")
    ]
    rest = [
        node
        for node in tree(path).body
        if node not in displays and getattr(node, "name", "") not in HANDED
    ]
    assert set().union(*(names_in(node, qts) for node in rest)) == set()
    # none is imported for anything else
    assert qts <= set().union(*(names_in(node, qts) for node in tree(path).body))


def test_no_state_loads_qt_by_way_of_others():
    rooms = [f"fieldcheck.ui.screens.{path.parent.name}.state" for path in STATES]
    script = (
        f"import sys, importlib; [importlib.import_module(one) for one in {rooms}]; "
        f"print(*sorted({QT} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


@pytest.mark.parametrize("path", sorted({*PRESENTERS, *SATELLITES}), ids=named)
def test_a_presenter_knows_its_view_as_a_protocol(path):
    assert widgets_used_outside_build(path.read_text("utf-8")) == set()


@pytest.mark.parametrize("path", SATELLITES, ids=named)
def test_a_part_of_a_presenter_knows_no_widget_at_all(path):
    widgets = widget_classes(tree(path))
    assert {
        node.name: used
        for node in parts_of_presenters(tree(path))
        if (used := names_in(node, widgets))
    } == {}


def test_the_parts_with_displays_of_their_own_are_looked_at():
    looked_at = {
        named(path): {node.name for node in parts_of_presenters(tree(path))} for path in SATELLITES
    }
    assert {path: part for path, part in PARTS.items() if part not in looked_at.get(path, ())} == {}


@pytest.mark.parametrize(("source", "found"), [
    ("from x.view import AView\ndef build_screen():\n    return AView()\n", set()),
    (
        "from x.view import AView\nclass P:\n    def __init__(self, view: AView) -> None: " "...\n",
        {"AView"},
    ),
    ("from x.view import USUAL\nprint(USUAL)\n", set()),
    (
        "if TYPE_CHECKING:\n    from x.view import AView\ndef show(view: AView) -> None: " "...\n",
        {"AView"},
    ),
])  # fmt: skip
def test_a_view_that_is_named_elsewhere_is_seen(source, found):
    assert widgets_used_outside_build(source) == found
