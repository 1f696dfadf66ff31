"""One pattern for every screen: a state without Qt, a presenter that makes no widget, a view;
`build_screen` puts them together. A presenter knows its view by a protocol where a test has a fake
for it, else by its class."""

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
    "explore/fix_panel.py": "FixPresenter",
    "explore/gallery.py": "FrameGalleryPresenter",
    "explore/similarity_map.py": "SimilarityMapPresenter",
    "home/start_page.py": "StartPresenter",
    "home/trial.py": "TrialPresenter",
    "report/view.py": "FormPresenter",
    "stress/corruption_picker.py": "CorruptionChoice",
    "stress/view.py": "OodPresenter",
    "stress/presenter.py": "SweepPresenter",
    "evidence/presenter.py": "ExportsPresenter",
    "evidence/packs.py": "PacksPresenter",
    "evidence/annotators.py": "AnnotatorsPresenter",
    "evidence/runs.py": "RunsPresenter",
}  # of presenters, below the page that they decide for
MERGED = {
    "evidence/runs.py": ("RunListState", "ConflictList"),
    "explore/items.py": ("ExploreState",),
    "latency/presenter.py": ("LatencyState", "LatencyCurve"),
    "monitor/charts.py": ("MonitorState",),
}  # states that stand beside a view or a presenter: their module may load Qt, they use none of it
QT = {"PySide6", "shiboken6", "pyqtgraph"}
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


def calls_of(node: ast.AST, classes: set[str]) -> set[str]:
    """Those of the classes of which it makes an object."""
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    return {func.id for func in calls if isinstance(func, ast.Name)} & classes


def widgets_made_outside_build(source: str) -> set[str]:
    """Widgets of a `view` module that are made anywhere but in `build_screen`, where view and
    presenter are put together, and its like."""
    tree = ast.parse(source)
    classes = {
        name
        for module, name in imports(tree)
        if module.endswith(".view") and name[0].isupper() and not is_plain(module, name)
    }
    rest = [
        node
        for node in tree.body
        if not (isinstance(node, ast.FunctionDef) and node.name in PUTS_TOGETHER)
    ]
    return set().union(*(calls_of(part, classes) for part in rest))


def test_there_are_states_and_presenters_to_look_at():
    screens = {"capture", "label", "pick", "stress"}
    assert {f"{screen}/state.py" for screen in screens} <= {named(path) for path in STATES}
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


@pytest.mark.parametrize(
    ("path", "state"), [(path, state) for path, states in MERGED.items() for state in states]
)
def test_a_state_beside_a_view_uses_no_qt_and_no_widget(path, state):
    module = tree(SCREENS / path)
    qts = {name for room, name in imports(module) if room.split(".")[0] in QT}
    (node,) = (one for one in module.body if isinstance(one, ast.ClassDef) and one.name == state)
    assert names_in(node, qts | widget_classes(module)) == set()


def test_no_state_loads_qt_by_way_of_others():
    rooms = [f"fieldcheck.ui.screens.{path.parent.name}.state" for path in STATES]
    script = (
        f"import sys, importlib; [importlib.import_module(one) for one in {rooms}]; "
        f"print(*sorted({QT} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("path", PRESENTERS, ids=named)
def test_a_presenter_makes_no_view(path):
    assert widgets_made_outside_build(path.read_text("utf-8")) == set()


@pytest.mark.parametrize(("path", "part"), PARTS.items(), ids=PARTS)
def test_a_part_of_a_presenter_makes_no_widget(path, part):
    module = tree(SCREENS / path)
    (node,) = (one for one in module.body if isinstance(one, ast.ClassDef) and one.name == part)
    assert calls_of(node, widget_classes(module)) == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from x.view import AView\ndef build_screen():\n    return AView()\n", set()),
        ("from x.view import AView\nclass P:\n    def show(self): return AView()\n", {"AView"}),
        ("from x.view import AView\ndef show(view: AView) -> None: ...\n", set()),
    ],
)
def test_a_view_that_is_made_elsewhere_is_seen(source, found):
    assert widgets_made_outside_build(source) == found
