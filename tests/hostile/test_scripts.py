"""Scripts that leave a project open, drop it, fork with it or share it between threads: they end,
and what they stored stands."""

import os
import textwrap

import pytest

from fieldcheck.labels.store import get_labelling_state
from fieldcheck.project.folder import open_project
from fieldcheck.project.lock import read_last_state
from tests.programs import run_python

HANG_S = 120
HEAD = """
    import os, sys, threading
    import fieldcheck
    project = fieldcheck.Project.open(sys.argv[1])
    frame = project.labels().labels[0].frame_id
"""
ENDS = {
    "nothing": "project.label(frame, 'red', by='Kim')",
    "an error": "project.label(frame, 'red', by='Kim'); raise SystemError('of the script')",
    "sys.exit": "project.label(frame, 'red', by='Kim'); sys.exit(3)",
    "the reference dropped": ("project.label(frame, 'red', by='Kim'); del project; "
                              "print(fieldcheck.Project.open(sys.argv[1]).path.name)"),
    "a circle": """
        project.label(frame, 'red', by='Kim'); held = [project]; held.append(held); del project, held
        import gc; gc.collect(); print(fieldcheck.Project.open(sys.argv[1]).path.name)
    """,
    "another thread": """
        work = threading.Thread(target=project.label, args=(frame, 'red'), kwargs={'by': 'Kim'}); work.start()
    """,
    "a thread that never ends": """
        project.label(frame, 'red', by='Kim'); threading.Thread(target=threading.Event().wait, daemon=True).start()
    """,
    "opened in a thread": """
        project.close(); held = []
        work = threading.Thread(target=lambda: held.append(fieldcheck.Project.open(sys.argv[1]))); work.start(); work.join()
        held[0].label(frame, 'red', by='Kim')
    """,
    "two projects, one read": (
        "other = fieldcheck.Project.open(sys.argv[1], write=False); project.label(frame, "
        "'red', by='Kim')"
    ),
    "a closing in a with block": """
        with project: project.label(frame, 'red', by='Kim')
        again = fieldcheck.Project.open(sys.argv[1])
    """,
}  # fmt: skip
FORKS = {
    "the child leaves the usual way": "child = os.fork()\nif child == 0: sys.exit(0)\nos.waitpid(child, 0)",
    "the child asks": """
        child = os.fork()
        if child == 0:
            try: project.labels()
            except fieldcheck.FieldcheckError as error: print(error, flush=True)
            sys.exit(0)
        os.waitpid(child, 0)
    """,
    "the child labels": """
        child = os.fork()
        if child == 0:
            try: project.label(frame, 'blue')
            except fieldcheck.FieldcheckError as error: print(error, flush=True)
            os._exit(0)
        os.waitpid(child, 0)
    """,
    "the child closes": "child = os.fork()\nif child == 0: project.close(); sys.exit(0)\nos.waitpid(child, 0)",
    "a pool": """
        import multiprocessing
        def ask(number):
            try: return project.labels().n_picked
            except fieldcheck.FieldcheckError as error: return str(error)
        with multiprocessing.get_context('fork').Pool(2) as pool: print(*pool.map(ask, range(2)), sep='\\n', flush=True)
    """,
}


def ended(code, path):
    """A script's run, which ends. From Python 3.12 on the interpreter itself warns of a fork beside
    threads, whoever forks: these scripts do so on purpose, to show what the product makes of it."""
    ignored = (
        "import warnings; warnings.filterwarnings('ignore', '.*multi-threaded', DeprecationWarning)"
    )
    script = f"{ignored}\n{textwrap.dedent(HEAD)}{textwrap.dedent(code)}"
    return run_python("-c", script, str(path), timeout=HANG_S)


def stands(path):
    """Whether the label of the script is stored, and the project was closed in good order."""
    assert read_last_state(path) is not None
    with open_project(path) as project:
        assert not project.was_killed
        first = next(one for one in get_labelling_state(project).labels)
    return (first.class_name, first.by) == ("red", "Kim")


@pytest.fixture
def path(labelled):
    labelled.close()
    return labelled.path


@pytest.mark.long
@pytest.mark.parametrize("code", ENDS.values(), ids=ENDS.keys())
def test_a_script_that_does_not_close_its_project_ends_and_what_it_stored_stands(code, path):
    done = ended(code, path)
    assert done.returncode == (1 if "SystemError" in code else 3 if "sys.exit(3)" in code else 0), (
        done.stderr
    )
    assert "SystemError" in done.stderr if "SystemError" in code else done.stderr == ""
    assert stands(path)


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows forks nothing")
@pytest.mark.parametrize("code", FORKS.values(), ids=FORKS.keys())
def test_a_forked_child_touches_nothing_and_the_parent_goes_on(code, path):
    done = ended(f"{textwrap.dedent(code)}\nproject.label(frame, 'red', by='Kim')", path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert all("was opened before this process was forked" in line for line in lines)
    assert done.stdout or "error" not in code
    assert stands(path)
