"""Hostile projects: no bug, no traceback, no wait over five seconds, nothing outside, and what a
command fails of is found by `check`."""

import numpy as np
import onnx
import pytest

from tests import makers
from tests.hostile import projects
from tests.hostile.told import outcomes

COMMANDS = (
    *(("check",), ("label", "show"), ("run", "--on", "field")),
    *(("export", "--format", "csv", "--out", "{out}"), ("report", "--out", "{out}")),
)
PARTS = 16
"""Of the count over every value: figures are kept of each part, so that a count that was stopped
goes on where it stood."""


def longest(took):
    return {name: round(max(seconds), 2) for name, seconds in took.items()}


@pytest.mark.long
@pytest.mark.parametrize(
    "part",
    [
        pytest.param(part, marks=pytest.mark.full(f"hostile_values_{part:02}"))
        for part in range(PARTS)
    ],
)
def test_no_value_is_a_bug_and_check_finds_each(terminal, made, copied, counts, evidence, part):
    every = projects.changes(made["labelled"] / "project.db")
    mine = np.random.default_rng(14).permutation(len(every))[part::PARTS]
    n = counts(ci=1 if part < 2 else 0, full=mine.size)
    unfound, took, bugs = [], {}, []
    for at in mine[:n].tolist():
        table, column, value = every[at]
        path = copied()
        projects.change(path / "project.db", table, column, value)
        try:
            found = outcomes(terminal, path, COMMANDS if at % 5 == 0 else COMMANDS[:3], took)
        except AssertionError as error:  # the rest is counted all the same: a run takes long
            bugs.append((table, column, str(value)[:20], str(error)[:300]))
            continue
        if found["check"] == 0 and any(code and name != "export" for name, code in found.items()):
            unfound.append((table, column, str(value)[:20]))
    evidence(
        changed=n, of=len(every), failed_without_a_finding=len(unfound), which=unfound[:40],
        longest_s=longest(took),
    )  # fmt: skip
    assert not bugs


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("kind", projects.STATEMENTS)
def test_what_a_stranger_put_into_the_database_is_refused_or_found(terminal, copied, kind):
    path = copied()
    projects.run(path / "project.db", projects.STATEMENTS[kind])
    found = outcomes(terminal, path, COMMANDS[:4])
    assert found["check"] == 1 or kind == "benchmark elsewhere"


@pytest.mark.parametrize("database", ["project.db", "cache.db"])
def test_a_journal_that_names_a_file_deletes_nothing(terminal, copied, tmp_path, database):
    """The database is repaired from itself; the cache, which can be made again, begins anew."""
    path = copied()
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work")
    projects.journal(path / database, thesis)
    if database == "cache.db":
        makers.picture_folder(tmp_path / "day", ["red", "green"])
        assert terminal.document("import", path, tmp_path / "day")["clips"]
        assert not (path / "cache.db-journal").exists()
    else:
        assert "names another file" in terminal.refusal("seal", path)
        (copy,) = terminal.document("check", path, "--repair")["repaired"]
        assert len(terminal.document("label", "show", copy)["labels"]) == 20
    assert thesis.read_text() == "years of work"


@pytest.mark.full("hostile_pages")
def test_no_damaged_page_is_a_bug(terminal, copied, counts, evidence):
    rng, n, took = np.random.default_rng(15), counts(ci=1, full=200), {}
    for _ in range(n):
        path = copied()
        projects.damage_page(path / "project.db", rng)
        outcomes(terminal, path, COMMANDS[:3], took)
    evidence(damaged=n, longest_s=longest(took))


@pytest.mark.full("hostile_tables")
def test_a_damaged_page_is_found_and_no_label_is_lost(terminal, made, copied, counts, evidence):
    """What cannot be read any more comes from the backup that the last closing made."""
    roots, rng = projects.roots(made["labelled"] / "project.db"), np.random.default_rng(16)
    n = counts(ci=2, full=len(roots))
    for name in rng.permutation(sorted(roots))[:n].tolist():
        path = copied()
        projects.damage_root(path / "project.db", roots[name], rng)
        commands = (("check",), ("label", "show"), ("report", "--out", "{out}"))
        found = outcomes(terminal, path, commands)
        assert found["check"] == 1, name
        (copy,) = terminal.document("check", path, "--repair")["repaired"]
        assert len(terminal.document("label", "show", copy)["labels"]) == 20, name
        assert terminal.document("check", copy)["ok"], name
    evidence(damaged=n, of=len(roots), labels_lost=0, unopenable=0)


def test_a_model_that_is_another_one_now_is_asked_by_nobody(terminal, copied):
    """It answers as it did, but its file is not the one that the project keeps answers, vectors and
    figures under."""
    path = copied()
    (file,) = path.glob("models/*/*.onnx")
    net = onnx.load(file)
    net.producer_name = "somebody"
    onnx.save(net, file)
    for words in (
        *(("embed", path), ("model", "quantise", path, "net"),
          ("latency", path, "--seconds", "0.2")),
        *(("latency", path, "--threads", "1,2", "--seconds", "0.2"),
          ("latency", path, "--export-runner", path.parent / "out")),
    ):  # fmt: skip
        assert "changed since it was added to the project" in terminal.refusal(*words), words
