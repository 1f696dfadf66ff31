import ast
import importlib.util
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent
spec = importlib.util.spec_from_file_location("carry", CHECKOUT / "packaging" / "carry.py")
assert spec is not None
assert spec.loader is not None
carry = importlib.util.module_from_spec(spec)
spec.loader.exec_module(carry)


def test_the_file_that_goes_with_a_recipe_is_made_from_the_modules_as_they_are():
    assert carry.CARRIED.read_text("utf-8") == carry.carried(), "run packaging/carry.py"


def test_it_needs_no_other_package_than_a_training_environment_has():
    tree = ast.parse(carry.carried())
    found = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    expected = {"albumentations", "albucore", "cv2", "numpy"}
    assert found - {"__future__", "collections", "functools", "math", "typing"} == expected


def test_no_name_is_given_twice_in_it():
    named = [
        node.name
        for node in ast.parse(carry.carried()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    assert len(named) == len(set(named))
    constants = [
        target.id
        for node in ast.parse(carry.carried()).body
        if isinstance(node, ast.Assign)
        for target in ast.walk(node.targets[0])
        if isinstance(target, ast.Name)
    ]
    assert len(constants) == len(set(constants))
