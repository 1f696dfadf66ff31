"""Systems that speak, write and count otherwise: the same commands over a project with umlauts in
its path, in processes of their own. Streams that take no letters, no bytes, or are not there, and
names that a terminal would act on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.cli.command import CONTROLS, replace_controls
from tests import makers
from tests.programs import run_program

CHECKOUT = Path(__file__).parents[2]
DRIVER = """
import json, sys
from fieldcheck.cli.main import main
for words in json.loads(sys.argv[1]):
    sys.stdout.flush()
    code = main(words)
    print("@@", words[0], code, flush=True)
"""
# nobody's default since Python 3.7: names with umlauts are refused there, in a sentence
REFUSED = ("C", "POSIX and ASCII")
BARE = (
    "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_NUMERIC", "PYTHONIOENCODING",
    "PYTHONUTF8", "TZ", "HOME", "USER", "LOGNAME",
)  # fmt: skip
OLD = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
SURROUNDINGS = {
    "nothing is set": {},
    "C": OLD,
    "POSIX and ASCII": {**OLD, "LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"},
    "a locale of no system": {"LC_ALL": "xx_YY.no-8", "PYTHONCOERCECLOCALE": "0"},
    "cp1252 out": {"LANG": "de_DE", "PYTHONIOENCODING": "cp1252"},
    "cp1252 out, strict": {"LANG": "de_DE", "PYTHONIOENCODING": "cp1252:strict"},
    "UTF-16 out": {"PYTHONIOENCODING": "utf-16"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8"},
    "decimal commas": {"LC_ALL": "de_DE.UTF-8"},
    "German in capitals": {"LANG": "DE_de@euro"},
    "no home": {"LANG": "C.UTF-8", "HOME": ""},
    "a home that is none": {"LANG": "C.UTF-8", "HOME": "/proc/nowhere",
                            "FIELDCHECK_HOME": "/proc/nowhere"},
    "a home that is a file": {"LANG": "C.UTF-8", "FIELDCHECK_HOME": "{file}"},
    "half hours": {"TZ": "Asia/Kathmandu"},
    "half a day ahead": {"TZ": "<+14>-14"},
    "summer time": {"TZ": "Europe/Berlin"},
    "a zone that is none": {"TZ": "Nowhere/At_All"},
    "a zone that is a file": {"TZ": ":/etc/passwd"},
    "a zone of a thousand letters": {"TZ": "x" * 1000},
}  # fmt: skip


@pytest.fixture
def there(made, tmp_path):
    """A project, footage and labels, all with letters that ASCII lacks in their names."""
    path = shutil.copytree(made["labelled"], tmp_path / "Größe İı 中.fieldcheck")
    makers.picture_folder(tmp_path / "Prüfstand ß", ["red", "green"], "Straße {}.png".format)
    (tmp_path / "file").write_text("no folder")
    return path


def locales(folder, surroundings):
    """LOCPATH with the German or Turkish that is asked for, where this machine can make it."""
    folder.mkdir(exist_ok=True)
    name = surroundings.get("LC_ALL", "").removesuffix(".UTF-8")
    if name in ("de_DE", "tr_TR") and shutil.which("localedef"):
        place = str(folder / f"{name}.UTF-8")
        run_program(["localedef", "-i", name, "-f", "UTF-8", place], text=False)
    return folder


def answers(there, surroundings):
    """Exit codes by command, what was printed, and what was said beside it. Bytes: the encoding is
    the surroundings' own."""
    out = there.parent / "out ü"
    commands = [
        ["import", str(there), str(there.parent / "Prüfstand ß")], ["check", str(there), "--json"],
            ["label", "show", str(there)],
        ["report", str(there), "--out", str(out / "report")],
            ["export", str(there), "--format", "csv", "--out", str(out / "csv")],
        ["check", str(there.parent / "nirgends ü.fieldcheck")],
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name not in BARE}
    environment |= {
        "FIELDCHECK_HOME": str(there.parent / "home"),
        "LOCPATH": str(locales(there.parent / "locales", surroundings)),
    }
    environment |= {
        name: value.format(file=there.parent / "file") for name, value in surroundings.items()
    }
    words = [sys.executable, "-c", DRIVER, json.dumps(commands, ensure_ascii=False)]
    done = run_program(
        words, cwd=CHECKOUT, env=environment, timeout=400, stdin=subprocess.DEVNULL, text=False
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode(
        "utf-16" if surroundings.get("PYTHONIOENCODING") == "utf-16" else "latin-1"
    )
    codes = [int(line.split()[-1]) for line in said.split("\n") if line.startswith("@@")]
    return (codes, said, done.stderr)


@pytest.mark.long
@pytest.mark.full("hostile_locales")
def test_the_same_commands_do_the_same_wherever_they_are_run(there, counts, evidence):
    n, codes = counts(ci=2, full=len(SURROUNDINGS)), {}
    order = np.random.default_rng(32).permutation(len(SURROUNDINGS))[:n].tolist()
    names = [list(SURROUNDINGS)[at] for at in order]
    for name in names:
        path = shutil.copytree(there, there.parent / "each" / there.name)
        shutil.copytree(there.parent / "Prüfstand ß", path.parent / "Prüfstand ß")
        (path.parent / "file").write_text("no folder")
        codes[name], _, err = answers(path, SURROUNDINGS[name])
        assert b"Traceback" not in err, (name, err)
        if name in REFUSED:
            assert set(codes[name]) <= {0, 1}, (name, err)
            shutil.rmtree(path.parent)
            continue
        assert codes[name] == [0, 0, 0, 0, 0, 1], (name, err)
        report = next((path.parent / "out ü").glob("report/**/summary.json"), None)
        assert report is not None, name
        # a decimal comma would be no JSON
        assert json.loads(report.read_text("utf-8"))["schema"], name
        shutil.rmtree(path.parent)
    evidence(surroundings=codes)


NAME = "Größe 中 \u202egnp.\u2066"


@pytest.fixture
def project(tmp_path):
    with makers.empty_project(tmp_path / "Halle Ü 中.fieldcheck", site=NAME) as project:
        return project.path


def run(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, close="", **variables):
    words = [sys.executable, "-m", "fieldcheck", *map(str, arguments)]
    if close:
        words = ["/bin/sh", "-c", f'exec "$@" {close}', "sh", *words]
    environment = {**os.environ, "LANG": "en_GB.UTF-8", **variables}
    return subprocess.run(
        words, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL, env=environment, timeout=120,
        check=False,
    )  # fmt: skip


@pytest.mark.long
@pytest.mark.full("hostile_encodings")
@pytest.mark.parametrize(("encoding", "in_ci"), [("cp1252", 1), ("ascii", 0)])
def test_a_redirected_stream_that_is_no_utf8_takes_every_answer(project, encoding, in_ci, counts):
    assert counts(ci=in_ci, full=1) == 1
    document = run("check", project, "--json", PYTHONIOENCODING=encoding)
    assert document.returncode == 0, document.stderr
    assert json.loads(document.stdout.decode(encoding))["project"] == str(project)
    refused = run("check", project.parent / "中.fieldcheck", PYTHONIOENCODING=encoding)
    assert refused.returncode == 1
    assert b"Traceback" not in refused.stderr


@pytest.mark.long
def test_an_answer_that_finds_no_room_is_told(project):
    with open("/dev/full", "wb") as full:
        done = run("check", project, "--json", stdout=full)
    assert done.returncode == 1
    assert b"Disk full: cannot write " in done.stderr
    assert b"Exception" not in done.stderr


@pytest.mark.short_cases(2)
@pytest.mark.full("hostile_closed_streams")
@pytest.mark.parametrize(("close", "in_ci"), [("2>&-", 0), (">&-", 0), (">&- 2>&-", 1)])
def test_streams_that_are_closed_are_no_bug(project, close, in_ci, counts):
    assert counts(ci=in_ci, full=1) == 1
    assert run("check", project, close=close).returncode == 0
    assert run("check", project.parent / "none.fieldcheck", close=close).returncode == 1


def test_no_name_reaches_a_terminal_with_what_it_would_act_on(terminal, tmp_path):
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project)
    folder = tmp_path / "day\x1b]0;owned\x07\u202e"
    folder.mkdir()
    makers.save_picture(folder / "one.png", "red")
    for arguments in (
        ("import", project, folder), ("frames", project), ("import", project, folder, "--json"),
    ):  # fmt: skip
        outcome = terminal(*arguments)
        assert outcome.code in (0, 1, 2)
        said = (outcome.out + outcome.err).replace("\n", "")
        assert not CONTROLS.search(said), arguments
    document = terminal.document("import", project, folder)
    assert "\\u202e" not in json.dumps(document, ensure_ascii=False)


def test_a_line_keeps_what_is_harmless():
    assert replace_controls("größer 中\tx") == "größer 中\tx"
