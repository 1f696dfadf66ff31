import dataclasses
import errno
import re
from pathlib import Path

import pytest

from fieldcheck.errors import files, imported_files, labels, messages, models, projects
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.i18n import language

FAMILY = sorted(FieldcheckError.__subclasses__(), key=lambda one: one.__name__)
VALUES = {
    "Path": Path("/site/line 4/thing.x"), "str": "seen", "int": 7, "int | None": 7, "bool": True,
    "tuple[str, ...]": ("alpha", "beta"), "Path | None": None,
}  # fmt: skip
# The codes of a path are listed where it is judged, in fieldcheck.files.inside.
CODES = {
    "PathRefused": (
        "empty", "absolute", "outside", "link", "device", "name", "right", "long", "project",
        "something new",
    ),
}  # fmt: skip


def codes_of(kind):
    """Every problem code that the class' docstring names."""
    fields = {field.name for field in dataclasses.fields(kind)}
    return CODES.get(kind.__name__) or [
        code for code in re.findall(r"`(\w+)`", kind.__doc__) if code not in fields
    ]


def made(kind, **given):
    values = {field.name: VALUES[field.type] for field in dataclasses.fields(kind)}
    return kind(**{**values, **given})


def cases():
    for kind in FAMILY:
        code = next(
            (
                field.name
                for field in dataclasses.fields(kind)
                if field.name in ("problem", "direction", "among")
            ),
            None,
        )
        if code is None:
            yield made(kind)
        for problem in [*codes_of(kind), "a code of tomorrow"] if code else ():
            yield made(kind, **{code: problem})
    yield projects.ProjectDamaged(
        Path("p.fieldcheck"), "row 3 missing from index", Path("p.repaired")
    )
    yield projects.ProjectDamaged(Path("p.fieldcheck"), "nothing_left")
    yield projects.ProjectLocked(Path("p.fieldcheck"), "", 0, "")
    yield models.CardRejected("", "type", "list")
    yield models.CardRejected("input.scale", "value", "-1")
    yield models.ModelUnknown("m", ())
    yield models.RunUnknown("0a1b", ())
    yield labels.SliceUnknown("dark", ())
    yield labels.ShiftUnknown("2026-03-01T06:00", ())
    yield labels.ShiftUnknown("2026-03-01T06:00", ("2026-03-02T06:00",))
    for task in ("classification", "detection", "segmentation", "multilabel"):
        yield labels.LabelKindWrong(task)
        yield imported_files.LabelsRefused(Path("set"), "wrong_task", task)
    for problem in (
        "not_json", "field", "other_model", "other_card", "unknown", "answers", "a new one",
    ):  # fmt: skip
        yield models.RunnerResultRefused(Path("bench.json"), problem, "seen")


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("lang", language.LANGUAGES)
@pytest.mark.parametrize("error", list(cases()), ids=repr)
def test_every_error_and_every_code_has_three_plain_sentences(error, lang):
    with language.use_language(lang):
        said = messages.format_error(error)
    assert said.endswith(".")
    assert "\n" not in said
    assert not re.search(r"[{}<>\\]|Error|Path\(|\(\)|''|None|;;|  ", said), said
    assert ";" in said or said.count(". ") >= 2, (
        "what is safe stands behind a semicolon, or in a sentence of its own"
    )
    assert said != messages.describe_bug(error)


def test_the_family_is_covered_class_by_class():
    modules = (files, imported_files, labels, models, projects)
    assert {kind.__module__ for kind in FAMILY} == {module.__name__ for module in modules}
    assert {type(error) for error in cases()} == set(FAMILY)


def test_the_file_and_the_figures_stand_in_the_sentence():
    error = models.ModelRejected(Path("m.onnx"), "channels", "RGB NCHW, input 1×1×32×32")
    said = messages.format_error(error)
    assert said.startswith(
        "m.onnx: number of colour channels differs from the model card (RGB NCHW, input "
        "1×1×32×32). "
    )


def test_a_strangers_braces_and_control_letters_do_no_harm():
    error = imported_files.LabelsRefused(Path("a{0}\x1b[2J.csv"), "malformed", "{path}\n{x}")
    said = messages.format_error(error)
    assert "a{0}�[2J.csv" in said
    assert "{path}�{x}" in said


def test_many_names_are_cut_short():
    said = messages.format_error(labels.ClassUnknown("zebra", tuple(f"c{n}" for n in range(80))))
    assert "c7 and 72 more" in said
    assert "c8" not in said


def test_a_bug_names_its_kind_and_asks_for_the_log():
    assert "(ZeroDivisionError)" in messages.describe_bug(ZeroDivisionError("x"))
    assert "log" in messages.describe_bug(ZeroDivisionError("x"))


@pytest.mark.parametrize("error", [
    MemoryError(),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
    ImportError("libx.so: failed to map segment from shared object"),
    RuntimeError("can't start new thread"),
    ValueError("(-4:Insufficient memory) Failed to allocate 99 bytes"),
], ids=repr)  # fmt: skip
def test_memory_that_is_used_up_is_told_as_that_and_no_bug(error):
    assert messages.is_out_of_memory(error)
    assert "Out of memory." in messages.describe_bug(error)
    assert not messages.is_out_of_memory(ZeroDivisionError("x"))


@pytest.mark.parametrize(("command", "done", "total", "said"), [
    ("pick", 3, 9, "Stopped before any frame was picked."),
    ("run", 3, 1200, "Stopped at 3 of 1,200."),
    ("embed", 3, None, "Stopped. Finished work is saved"),
    ("undo", 3, 9, ""),
])  # fmt: skip
def test_a_stopped_command_says_how_far_it_came_and_how_it_goes_on(command, done, total, said):
    found = messages.describe_stop(command, done, total)
    assert found.startswith(said)
    assert found.endswith("run the same command to continue.") == bool(said)
