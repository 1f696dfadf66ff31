import ast

from fieldcheck.corruptions.export import make_transforms_file


def test_it_needs_no_other_package_than_a_training_environment_has():
    tree = ast.parse(make_transforms_file())
    found = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    expected = {"albumentations", "albucore", "cv2", "numpy"}
    assert found - {"__future__", "collections", "functools", "math", "typing"} == expected


def test_no_name_is_given_twice_in_it():
    body = ast.parse(make_transforms_file()).body
    named = [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert len(named) == len(set(named))
    constants = [
        target.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in ast.walk(node.targets[0])
        if isinstance(target, ast.Name)
    ]
    assert len(constants) == len(set(constants))
