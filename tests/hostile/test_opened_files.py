"""What is handed to other programs: nothing that a stranger's file names."""

import ast
from pathlib import Path

import fieldcheck

PRODUCT = Path(fieldcheck.__file__).parent
OPENERS = {
    "openUrl", "startfile", "setOpenExternalLinks", "open_new", "open_new_tab", "webbrowser",
    "xdg-open",
}  # fmt: skip
# the folder that the program has just written a report into
OWN = {("ui/screens/report/presenter.py", "open_folder")}


def calls(path):
    """Function and name of each place where a file asks the system to open something."""
    tree = ast.parse(path.read_text("utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            for node in (
                ast.walk(function) if not isinstance(function, ast.Module) else function.body
            ):
                word = (
                    node.attr
                    if isinstance(node, ast.Attribute)
                    else node.value
                    if isinstance(node, ast.Constant)
                    else ""
                )
                if word in OPENERS:
                    yield function.name


def test_only_a_folder_that_the_program_wrote_is_opened_by_the_system():
    found = {
        (path.relative_to(PRODUCT).as_posix(), name)
        for path in PRODUCT.rglob("*.py")
        for name in calls(path)
    }
    assert found == OWN
