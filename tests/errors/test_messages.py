import ast
import dataclasses
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

import fieldcheck
from fieldcheck.errors import files, imported_files, labels, message_format, models, projects
from fieldcheck.errors.files import (
    DiskFull,
    FieldcheckError,
    PathMissing,
    PathRefused,
    ReadOnlyPlace,
)
from fieldcheck.errors.imported_files import (
    REASONS,
    BenchmarkRefused,
    LabelsRefused,
    get_refusal_reason,
)
from fieldcheck.errors.labels import FrameUnknown, NothingLeftToPick
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import CardNeeded, CardRejected, ModelRejected, ModelUnknown
from fieldcheck.errors.projects import NothingToUndo, ProjectDamaged, ProjectLocked


def said(error):
    return format_error(error)


def test_a_full_disk_says_that_what_was_stored_is_safe():
    assert said(DiskFull(Path("frames/7.png"))) == (
        "Disk full: cannot write frames/7.png. Data saved before is safe. Free up space, then "
        "try again."
    )
    assert said(DiskFull(Path("frames/7.png"), kept_free=True)) == (
        "Disk full: cannot write frames/7.png (200 MB are reserved for labels and report). Data "
        "saved before is safe. Free up space, then try again."
    )


def test_each_way_out_of_a_folder_is_told_apart():
    problems = ("empty", "absolute", "outside", "link", "device", "name", "other")
    told = {said(PathRefused("a/b", problem)) for problem in problems}
    assert len(told) == 7


def test_where_own_folders_cannot_be_written_the_way_to_others_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "home"))
    for error in (
        ReadOnlyPlace(tmp_path / "home" / "sample"),
        PathMissing(tmp_path / "home"),
        ReadOnlyPlace(tmp_path / "home" / "logs" / "a"),
    ):
        assert "Set the environment variable FIELDCHECK_HOME to a writable folder." in said(error)
    for error in (
        ReadOnlyPlace(tmp_path / "out"), PathMissing(tmp_path / "homely"), ReadOnlyPlace(tmp_path),
    ):  # fmt: skip
        assert "FIELDCHECK_HOME" not in said(error)


def test_nothing_of_a_refused_file_was_stored():
    told = said(LabelsRefused(Path("labels.csv"), "unknown_class", "zebra"))
    assert told == (
        "labels.csv contains a class unknown to the model (zebra). Nothing was imported. "
        "Correct the class name."
    )


def test_a_set_that_can_be_read_in_two_ways_names_both():
    assert "(voc, coco)" in said(BenchmarkRefused(Path("set"), "several", "voc, coco"))


def test_one_clip_and_several_have_forms_of_their_own():
    assert "the only clip has no frame left to pick at random." in said(NothingLeftToPick(1))
    assert "none of 8 clips has a frame left to pick at random." in said(NothingLeftToPick(8))


def test_a_file_that_cannot_be_read_says_why_where_and_what_to_do():
    assert said(LabelsRefused(Path("a.xml"), "malformed", "img0.jpg", "class_name")) == (
        "a.xml is not readable as labels: a class name is missing or unusable (img0.jpg). "
        "Nothing was imported. Enter the class name."
    )
    expected = "damaged. Nothing was changed."
    assert expected in said(BenchmarkRefused(Path("set/a.json"), "malformed", "a.json", "json"))


def test_a_format_that_is_not_read_is_named_with_what_to_export():
    assert said(LabelsRefused(Path("set"), "other_format", "KITTI", "COCO")) == (
        "set has the unsupported format KITTI. Nothing was imported. Export the labels as COCO."
    )


def test_the_option_for_a_part_is_named_on_the_terminal_alone():
    for error in (
        LabelsRefused(Path("set"), "no_part", "train: 3"),
        BenchmarkRefused(Path("set"), "no_part", "train: 3"),
    ):
        with message_format.use_audience("terminal"):
            assert "Choose one of its splits (`--part PART`), or specify none." in said(error)
        with message_format.use_audience("window"):
            assert "Choose one of its splits, or specify none." in said(error)


def test_what_to_type_stands_in_one_pair_of_brackets():
    with message_format.use_audience("terminal"):
        expected = " (`--images FOLDER`)."
        assert said(BenchmarkRefused(Path("set"), "no_pictures", "1.png")).endswith(expected)
        expected = "(train: 3, val: 1). Nothing"
        assert expected in said(BenchmarkRefused(Path("set"), "part", "train: 3, val: 1"))
        expected = " (`--part PART`),"
        assert expected in said(BenchmarkRefused(Path("set"), "part", "train: 3, val: 1"))
    assert "`" not in said(BenchmarkRefused(Path("set"), "no_pictures", "1.png"))


# Every refusal of a label file has its reason.


def codes_given():
    """The codes that readers give, from their text: the third argument of `make_refusal`."""
    package = Path(fieldcheck.__file__).parent
    readers = (package / "labels" / "formats").glob("*.py")
    for file in (*readers, package / "models" / "predictions_file.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "make_refusal"
            ):
                assert isinstance(node.args[2], ast.Constant), (file.name, node.lineno)
                yield node.args[2].value


def test_every_reason_that_a_reader_gives_has_a_sentence_and_every_sentence_a_reader():
    assert set(codes_given()) == set(REASONS)


@pytest.mark.parametrize("code", [*REASONS, "one of tomorrow"])
def test_a_reason_is_a_clause_and_an_action(code):
    clause, action = get_refusal_reason(code)
    assert clause[0].islower() or clause[:2].isupper() or clause.startswith("kpt_shape")
    assert not clause.endswith(".")
    assert action[0].isupper()
    assert action.endswith(".")
    assert "." not in action[:-1].replace("classes.txt", "")


def test_a_missing_weights_file_is_named():
    told = said(ModelRejected(Path("m.onnx"), "external_data_missing", "weights.bin"))
    assert told == (
        "m.onnx stores its weights in a separate file that is missing (weights.bin). Nothing was "
        "changed. Copy that file to the same folder."
    )


def test_a_cards_fault_names_the_key():
    expected = "input.size is missing from the model card"
    assert expected in said(CardRejected("input.size", "missing"))
    assert "not a JSON object (list)" in said(CardRejected("", "type", "list"))
    wrong = said(CardRejected("task", "value", "clasification", ("classification", "detection")))
    expected = "card (clasification). Nothing was changed. Valid values: classification, detection."
    assert wrong.endswith(expected)
    expected = "input.size, classes missing"
    assert expected in said(CardNeeded(Path("m.onnx"), ("input.size", "classes")))


def test_the_models_that_are_there_are_named():
    assert "Available models: a, b." in said(ModelUnknown("c", ("a", "b")))


def test_who_holds_the_project_is_named():
    since = datetime(2026, 11, 25, 0, 31).astimezone()
    began = since.astimezone(UTC).isoformat()
    told = said(ProjectLocked(Path("line4.fieldcheck"), "laptop7", 4711, began))
    assert "open on laptop7 (process 4711, since 2026-11-25 00:31)" in told
    expected = "since yesterday)"
    assert expected in said(ProjectLocked(Path("line4.fieldcheck"), "laptop7", 4711, "yesterday"))


def test_a_damaged_database_was_not_touched_and_the_copy_is_named():
    copy = Path("p/repaired.db")
    told = said(ProjectDamaged(Path("p"), "row 3 missing from index i\nrow 4 missing", copy))
    assert (
        "(row 3 missing from index i). The original is unchanged; a repaired copy is at "
        "p/repaired.db."
    ) in told


def test_both_ends_of_the_history_are_told_apart():
    assert said(NothingToUndo("undo")) != said(NothingToUndo("redo"))


def test_a_value_is_one_printable_line_of_bounded_length():
    assert message_format.to_one_line("a\nb\x07") == "a�b�"
    assert len(message_format.to_one_line("x" * 1000)) == 301


def test_few_names_stand_whole():
    assert message_format.format_names(("a", "b")) == "a, b"


def test_no_detail_makes_no_brackets():
    assert message_format.format_in_brackets("") == ""
    assert message_format.format_in_brackets("2 bytes") == " (2 bytes)"


def test_the_braces_of_a_sentence_hold_the_fields_of_its_error_and_what_is_to_be_done():
    assert said(FrameUnknown("f\n1")).startswith("No frame named f�1. ")
    assert said(FrameUnknown("f1")).endswith(" (Pick).")
    with message_format.use_audience("terminal"):
        assert said(FrameUnknown("f1")).endswith(" (`fieldcheck pick --json`).")
        assert "(`fieldcheck model check MODEL " in said(CardNeeded(Path("m"), ("scale",)))


def test_each_problem_has_its_sentence_and_all_others_have_one():
    slow = said(ModelRejected(Path("m"), "time", "9 s"))
    assert slow.startswith("m timed out in the test run (9 s).")
    assert said(ModelRejected(Path("m"), "tomorrow", "")).startswith("Cannot use m as a model. ")


MODULES = (files, imported_files, labels, models, projects)
FAMILY = sorted(FieldcheckError.__subclasses__(), key=lambda kind: kind.__name__)
VALUES = {
    "Path": Path("p"), "str": "seen", "int": 7, "bool": True, "tuple[str, ...]": ("a", "b"),
    "Path | None": None, "int | None": 3,
}  # fmt: skip


def made(kind):
    return kind(**{field.name: VALUES[field.type] for field in dataclasses.fields(kind)})


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_error_carries_its_facts_and_shows_them_in_the_log(kind):
    error = made(kind)
    assert str(error) == repr(error)
    assert all(f"{field.name}=" in str(error) for field in dataclasses.fields(kind))


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_error_says_in_its_docstring_what_happened_and_carries_its_message(kind):
    assert kind.__doc__
    # what dataclasses write where nobody did
    assert not kind.__doc__.startswith(f"{kind.__name__}(")
    assert {"message", "format_message"} & set(vars(kind))
    fields = {field.name for field in dataclasses.fields(kind)}
    assert not fields & {"message", "problems", "remedy", "command"}


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_error_comes_back_from_another_process(kind):
    error = made(kind)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert dataclasses.astuple(again) == dataclasses.astuple(error)


def test_two_errors_of_the_same_facts_are_two_errors():
    assert PathMissing(Path("a")) != PathMissing(Path("a"))
    assert len({NothingToUndo("undo"), NothingToUndo("undo")}) == 2


def test_what_is_not_always_known_may_be_left_out():
    assert ModelRejected(Path("m"), "rank").detail == ""
    assert ProjectDamaged(Path("p"), "x").repaired is None


def test_the_whole_family_stands_in_these_modules():
    assert {kind.__module__ for kind in FAMILY} == {module.__name__ for module in MODULES}
