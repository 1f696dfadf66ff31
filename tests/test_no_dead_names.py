"""Nothing public stands in the product that only its tests know: no function, class, constant,
method or field.

A name counts as used where code outside the tests reads it, whatever object it is read from; so a
dead name that shares its spelling with a living one is not seen, but none is reported that lives.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.source import nodes, tree

CHECKOUT = Path(__file__).parent.parent
ROOTS = ("fieldcheck", "benchmarks", "packaging", "sample")
# Decorators that leave a function to be called by its name; any other one (`@group.command`,
# `@migrations`) registers it.
PLAIN_DECORATORS = {
    *("property", "setter", "cached_property", "staticmethod", "classmethod", "contextmanager",
      "cache", "lru_cache", "overload"),
    *("dataclass", "runtime_checkable", "override", "total_ordering"),
}  # fmt: skip
# `paintEvent`, `sizeHint`: Qt's spelling is nobody else's here
QT_OVERRIDE = re.compile(r"[a-z]+[A-Z]\w*")
# Methods that a library calls on what is derived from its classes.
CALLED_BY_LIBRARIES = {
    # albumentations
    *("get_params", "get_class_fullname"),
    *("apply_to_bboxes", "apply_to_keypoints", "apply_to_mask"),
    *("get_next", "format_commands", "command_class"),  # onnxruntime, click
}

# What stands ready and is connected later. Each with its reason; a name that is used, or gone,
# goes.
ALLOWED = {
    **dict.fromkeys(
        ("domain/label.py: loupe_ms", "domain/label.py: undo_of"),
        "columns of how a label was made, which the table's mapper writes by their names",
    ),
    **dict.fromkeys(
        (
            "analyses/releases_and_ranking.py: p_reason",
            "analyses/slices.py: more_reason",
            "domain/report.py: more_reason",
            "domain/shift.py: no_accuracy",
            "domain/report.py: parts_to_show",
            "domain/report.py: parts_reason",
        ),
        "a key that scripts read, null for one release",
    ),
    "models/benchmark.py: read_benchmark": "a set without its receipt, which the tests of other workflows begin with",
    "corruptions/live_frame.py: remove_kept_pair": "a kept pair is taken back from the page of the report",
    "corruptions/live_frame.py: fps_done": "measured by the tests of the live window, which keep it as evidence",
    "corruptions/catalogue.py: expected_effect": (
        "every corruption declares what it moves, and the tests of the catalogue hold it to that"
    ),
    "api/results.py": "read by scripts and notebooks",
    "analyses/report_data.py: if_unsure_right": "written to summary.json by the serialiser",
    "ui/screens/report/view.py: get_page_rect": "where the page lies, read back where a view is tested alone",
    **dict.fromkeys(("ui/screens/capture/live_view.py: overlay_text",
                     "ui/screens/home/model_card_page.py: error_texts",
                     "ui/screens/home/model_card_page.py: prediction_text",
                     "ui/screens/home/overview_page.py: check_heading",
                     "ui/screens/home/overview_page.py: loss_text",
                     "ui/screens/home/overview_page.py: training_text",
                     "ui/screens/home/trial.py: prediction_text",
                     "ui/screens/home/new_project.py: error_texts",
                     "ui/screens/home/new_project.py: model_error",
                     "ui/widgets/thumbnail_grid.py: get_tile"),
                    "what the view shows, read back where it is tested alone"),
    # These shared a short name (`get`, `key`, `of`, `find`) with one that lives, and so were not
    # seen before each had a name of its own.
    **dict.fromkeys(("project/cache.py: put_looks", "project/tables/frames.py: load_statistics",
                     "project/tables/labels.py: make_label_key",
                     "project/tables/models.py: get_model",
                     "project/tables/labels.py: make_repeat_key",
                     "project/tables/runs.py: find_runs",
                     "project/tables/labels.py: make_label_review_key",
                     "project/tables/labels.py: get_tags"),
                    "by which the tests write or read one row; goes where they can do without"),
    **dict.fromkeys(
        (
            "imaging/quality.py: compute_psnr",
            "imaging/quality.py: compute_ssim",
            "models/decoders/decoder.py: decode_candidates",
            "stats/iou_of_boxes_and_masks.py: detect_class_flips",
            "stats/confusion_matrix.py: compute_precision",
        ),
        (
            "one figure of what the product computes together, which the tests hold to a peer or "
            "to a definition"
        ),
    ),
    "footage/recording_container.py: read_stored_bytes": "the tests hold what was recorded to it, byte for byte",
    "footage/recorder.py: free_bytes": "measured with the rest, and read by the tests of the monitor",
    "ui/colours_and_high_contrast.py: compute_contrast": "the tests hold every pair of colours of a theme to it",
    "domain/project_state.py: get_act_names": "the tests hold the list of doers to it",
}  # fmt: skip


def modules(root: str) -> list[Path]:
    paths = (CHECKOUT / root).rglob("*.py")
    return sorted(path for path in paths if "_resources" not in path.parts)


@cache
def used_names() -> set[str]:
    """Every name and attribute that code outside the tests reads."""
    found: set[str] = set()
    for path in (path for root in ROOTS for path in modules(root)):
        for node in nodes(path):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                found.add(node.attr)
            elif isinstance(node, ast.MatchClass):
                found.update(node.kwd_attrs)
            elif isinstance(node, ast.ImportFrom):  # read by its other name from here on
                found.update(alias.name for alias in node.names if alias.asname)
    return found


@cache
def named_in_strings(room: Path) -> set[str]:
    """Strings of a folder that are a name as a whole: catalogues and tables of keys reach classes
    and methods by them. Those of the room that the folder lies in count too: the catalogue of
    corruptions names the classes of `corruptions/transforms`."""
    folders = [room] if room.parent in (CHECKOUT, CHECKOUT / "fieldcheck") else [room, room.parent]
    return {
        node.value
        for path in (path for folder in folders for path in folder.glob("*.py"))
        for node in nodes(path)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.isidentifier()
    }


def defined_names(tree: ast.Module) -> list[str]:
    """Public names of a module: its own, and methods and fields of its classes."""
    found: list[str] = []
    for node in tree.body:
        found += own_names(node)
        if isinstance(node, ast.ClassDef):
            found += [name for inner in node.body for name in own_names(inner)]
    return [name for name in found if not name.startswith("_")]


def own_names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (
            []
            if any(decorator(one) not in PLAIN_DECORATORS for one in node.decorator_list)
            else [node.name]
        )
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [
            name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)
        ]
    return []


def decorator(node: ast.expr) -> str:
    """The last part of a decorator's name: `lru_cache` of `@functools.lru_cache(maxsize=64)`."""
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else ast.unparse(called)


@cache
def dead_names() -> set[str]:
    used, found = used_names() | CALLED_BY_LIBRARIES, set()
    for path in modules("fieldcheck"):
        room = named_in_strings(path.parent)
        place = path.relative_to(CHECKOUT / "fieldcheck").as_posix()
        for name in defined_names(tree(path)):
            if (
                name not in used
                and name not in room
                and not (place.startswith("ui/") and QT_OVERRIDE.fullmatch(name))
            ):
                found.add(f"{place}: {name}")
    return found


@pytest.mark.long
def test_every_public_name_is_used_outside_the_tests():
    assert sorted(one for one in dead_names() if not {one, one.split(":")[0]} & set(ALLOWED)) == []


def test_what_is_allowed_to_wait_is_there_and_does_wait():
    """A reason that is no longer needed goes with its name."""
    dead = dead_names()
    assert [
        one for one in ALLOWED if not any(name == one or name.split(":")[0] == one for name in dead)
    ] == []


def test_a_name_that_nothing_reads_is_found():
    tree = ast.parse(
        "LIMIT = 3\n_own = 1\n@dataclass(frozen=True)\nclass Row:\n    n: int\n    @property\n    "
        "def share(self): ...\n    def _step(self): ...\n@group.command()\ndef show(): ...\n"
    )
    assert defined_names(tree) == ["LIMIT", "Row", "n", "share"]
