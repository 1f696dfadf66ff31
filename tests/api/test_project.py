"""The script door: its names and signatures are a contract, and the page that shows it runs."""

import inspect
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

import fieldcheck
from fieldcheck.api.arguments import CHECKS
from fieldcheck.api.maite import MaiteDataset, MaiteModel
from fieldcheck.api.project import ScriptProject
from fieldcheck.errors.files import ArgumentRefused, FieldcheckError
from fieldcheck.errors.labels import LabelKindWrong
from fieldcheck.errors.models import RunnerResultRefused
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.latency import bench_runner, frame_timing
from fieldcheck.latency.device_runner import export_runner
from fieldcheck.progress import NullProgress
from tests import makers

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "python.md").read_text(encoding="utf-8")
SIGNATURES = {
    "add_model": "(self, model: 'PathLike', *, card: 'PathLike | None' = None) -> 'str'",
    "add_predictions": "(self, path: 'PathLike', *, card: 'PathLike | None' = None) -> 'str'",
    "close": "(self) -> 'None'",
    "compare": "(self, a: 'str', b: 'str', *, metric: 'str' = '') -> 'ScriptComparison'",
    "export": ("(self, kind: 'str', out: 'PathLike', *, seed: 'int' = 0) -> 'tuple[Path, ...]'"),
    "fix": "(self, *, model: 'str | None' = None, seed: 'int' = 0) -> 'ScriptFix'",
    "flicker": (
        "(self, *, model: 'str | None' = None, seconds: 'float' = 60.0) -> 'ScriptFlicker'"
    ),
    "gate": (
        "(self, model: 'PathLike', *, card: 'PathLike | None' = None, against: 'str | None' = "
        "None, tolerance: 'float | None' = None, metric: 'str' = '', require: 'Sequence[GateSet]' = "
        "(), trained_on: 'PathLike | None' = None, seed: 'int' = 0) -> 'ScriptGate'"
    ),
    "import_device_result": "(self, path: 'PathLike') -> 'ScriptDevice'",
    "import_footage": (
        "(self, *paths: 'PathLike', camera: 'str' = '', location: 'str' = '', taken_at: 'str' = "
        "'', conditions: 'Sequence[str]' = ()) -> 'ScriptImport'"
    ),
    "import_labels": (
        "(self, path: 'PathLike', *, format: 'str | None' = None, by: 'str' = '', blind: "
        "'bool | None' = None) -> 'int'"
    ),
    "label": (
        "(self, frame_id: 'str', class_name: 'str' = '', *, boxes: 'Sequence[Box]' = (), points: "
        "'Sequence[Point]' = (), unsure: 'bool' = False, skip: 'str' = '', nothing: 'bool' = "
        "False, by: 'str' = '') -> 'None'"
    ),
    "labels": "(self) -> 'ScriptLabels'",
    "limits": (
        "(self, *, tolerance: 'float | None' = None, escape_rate: 'float | None' = None, "
        "false_reject_rate: 'float | None' = None, confident_errors: 'float | None' = None, "
        "latency_ms: 'float | None' = None, ok_classes: 'Sequence[str]' = (), by: 'str' = '') -> "
        "'ScriptLimits'"
    ),
    "new": (
        "(path: 'PathLike', *, model: 'PathLike | None' = None, card: 'PathLike | None' = None, "
        "classes: 'Sequence[str]' = (), benchmark: 'PathLike | None' = None, claimed: 'float | "
        "None' = None, site: 'str' = '') -> 'Self'"
    ),
    "open": "(path: 'PathLike', *, write: 'bool' = True) -> 'Self'",
    "pack": (
        "(self, out: 'PathLike', *, recordings: 'bool' = False, lang: 'str' = 'en') -> 'Path'"
    ),
    "pick": (
        "(self, count: 'int' = 100, *, seed: 'int | None' = None, design: 'Design' = 'balanced', "
        "must: 'Sequence[str]' = (), against: 'str' = '') -> 'ScriptPicks'"
    ),
    "predictions": "(self, *, model: 'str | None' = None) -> 'ScriptPredictions'",
    "rank": "(self, models: 'Sequence[str]') -> 'ScriptRanking'",
    "replay": "(self, run_id: 'str') -> 'ScriptReplay'",
    "report": "(self, out: 'PathLike | None' = None, *, lang: 'str' = 'en') -> 'ScriptReport'",
    "run": "(self, *, model: 'str | None' = None, on: 'str' = 'all') -> 'ScriptRuns'",
    "set_model": (
        "(self, predict: 'Callable[[NDArray[np.uint8]], object]', *, classes: 'Sequence[str]' = "
        "(), task: 'str' = 'classification', name: 'str' = '', version: 'str' = '') -> 'str'"
    ),
    "stress": (
        "(self, corruptions: 'Sequence[str]' = (), *, severities: 'Sequence[str]' = (), sets: "
        "'Sequence[On]' = (), model: 'str | None' = None, seed: 'int' = 0) -> 'ScriptStress'"
    ),
    "undo": "(self) -> 'None'",
}


def test_the_public_names_are_those_of_the_page_and_each_is_loaded_when_it_is_asked_for():
    public = {"Box", "Estimate", "FieldcheckError", "MaiteDataset", "MaiteModel", "Point", "Project",
              "__version__", "sentence"}  # fmt: skip
    assert public <= set(dir(fieldcheck))
    assert fieldcheck.Project is ScriptProject
    assert all(f"`{name}`" in PAGE for name in public)
    stub = (CHECKOUT / "fieldcheck" / "__init__.pyi").read_text(encoding="utf-8")
    actual = set(re.findall(r'"(\w+)"', re.search(r"__all__ = \[(.*)\]", stub, re.DOTALL).group(1)))
    assert actual == public
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        fieldcheck.Nothing  # noqa: B018


def test_every_signature_stays_as_it_was_published():
    methods = {
        name: str(inspect.signature(getattr(ScriptProject, name)))
        for name in dir(ScriptProject)
        if name[0] != "_" and name != "path"
    }
    assert methods == SIGNATURES
    assert all(f"`{name}`" in PAGE for name in methods)


@pytest.mark.long
def test_the_code_of_the_page_runs_from_first_to_last(material, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    makers.colour_model(tmp_path / "model.onnx")
    makers.colour_model(tmp_path / "candidate.onnx", gain=21)
    (tmp_path / "benchmark").symlink_to(material / "clean")
    (tmp_path / "monday.avi").symlink_to(material / "night.avi")
    known = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        if "truth.csv" in block:
            colours = makers.cycle(60, start=1)
            truth = {
                one.frame_id: colours[int(one.frame_id.rsplit("-", 1)[1])]
                for one in known["picked"].picks
            }
            content = "\n".join(f"{name},{colour}" for name, colour in truth.items())
            (tmp_path / "truth.csv").write_text(content)
        exec(compile(block, "docs/python.md", "exec"), known)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "30 frames are listed, in 1 clips"
    assert "0 are left" in said
    assert "True" in said
    assert any(
        line.startswith("The model has no class") or "no such class" in line for line in said
    )
    # of 18 pictures, which is too few to decide on three points
    assert (known["gate"].verdict, known["exit_code"]) == ("not_enough", 4)
    assert Path(known["report"].files[0]).is_file()
    assert known["report"].summary["model"]["name"] == "model"
    assert [row["on"] for row in known["table"]] == ["field", "footage", "benchmark"]
    assert known["table"][1]["score"] is None
    assert (
        known["table"][2]["score_lo"] <= known["table"][2]["score"] <= known["table"][2]["score_hi"]
    )


@pytest.mark.long
def test_a_script_sets_limits_compares_stresses_searches_a_fix_exports_and_packs(
    labelled, tmp_path
):
    labelled.close()
    with ScriptProject.open(labelled.path) as project:
        assert not project.limits().confirmed
        limits = project.limits(tolerance=0.05, escape_rate=0.02, latency_ms=40, by="Kim, QM")
        assert (limits.tolerance, limits.confirmed, limits.latency_ms) == (0.05, True, 40.0)
        assert limits.rates == {"escape_rate": 0.02}
        with pytest.warns(UserWarning, match="colour BGR"):
            project.add_model(makers.colour_model(tmp_path / "other.onnx", order=(2, 1, 0)))
        project.run(on="field")
        compared = project.compare("net", "other")
        assert compared.change.value < 0
        right = [
            {
                row["frame_id"]
                for row in project.predictions(model=model).rows()
                if row["on"] == "field" and row["right"]
            }
            for model in ("net", "other")
        ]
        assert {row["frame_id"] for row in compared.rows()} == right[0] ^ right[1]
        with pytest.warns(UserWarning, match="order.* differs"):  # of channels, and of classes
            project.add_model(makers.colour_model(tmp_path / "third.onnx", order=(1, 0, 2)))
        ranking = project.rank(["other", "net", "third"])
        assert (ranking.n, ranking.best_decided) == (20, False)  # one clip speaks for no other
        assert ranking.rows()[0]["model"] == "net"
        assert [row["score"] for row in ranking.rows()] == sorted(
            (row["score"] for row in ranking.rows()), reverse=True
        )
        assert ranking.rows()[1]["change"] is None
        stressed = project.stress(["jpeg"], severities=["mild"], sets=["field"], model="net")
        assert {row["corruption"] for row in stressed.rows()} == {"none", "jpeg"}
        assert project.fix(model="net").state == "too_few_clips"
        files = project.export("csv", tmp_path / "csv")
        assert files
        assert all(file.is_file() for file in files)
        assert project.pack(tmp_path / "line.fcpack").is_file()
        with pytest.raises(FieldcheckError):
            project.compare("net", "none")


def test_a_script_measures_flicker_and_asks_nothing_twice(labelled):
    labelled.close()
    with ScriptProject.open(labelled.path) as project:
        measured = project.flicker(seconds=4)
        assert (measured.model, len(measured.rows())) == ("net", 1)
        assert sum(row["changes"] for row in measured.rows()) == measured.changes
        assert measured.conditions.keys() == {"dark", "glare"}
        assert not measured.per_minute.measured  # one clip speaks for no other
        assert project.flicker(seconds=4) == measured
        with pytest.raises(FieldcheckError):
            project.flicker(model="none")


@pytest.mark.long
def test_a_script_imports_what_a_device_predicted(labelled, tmp_path, monkeypatch):
    for module in (bench_runner, frame_timing):
        monkeypatch.setattr(module, "WARM_UP_S", 0.1)
    exported = export_runner(labelled, tmp_path / "line", None, None, NullProgress(), makers.NOW)
    labelled.close()
    result = tmp_path / "bench.json"
    bench_runner.main(["--seconds", "0.3", "--out", str(result)], exported.folder)
    with ScriptProject.open(labelled.path) as project:
        found = project.import_device_result(result)
        assert (found.model, found.n, found.n_left_out, found.rows()) == ("net", 20, 0, [])
        assert found.latency.p50_ms > 0
        assert (found.change.value, found.device) == (0.0, found.computer)
        result.write_text("{}")
        with pytest.raises(RunnerResultRefused):
            project.import_device_result(result)


def test_a_project_is_read_while_another_program_writes_and_an_act_is_taken_back(drawn):
    with ScriptProject.open(drawn.path, write=False) as project:
        assert project.labels().n_picked == 20
    drawn.close()
    with ScriptProject.open(drawn.path) as project:
        frame = project.pick(5, seed=3).picks[0]
        project.label(frame.frame_id, "red", by="Kim")
        actual = [(one.frame_id, one.class_name, one.by) for one in project.labels().labels]
        assert actual == [(frame.frame_id, "red", "Kim")]
        project.undo()
        assert project.labels().labels == ()
    project.close()


def test_footage_of_which_nothing_comes_in_raises_and_some_that_does_not_is_named(drawn, tmp_path):
    (tmp_path / "cut.mp4").write_bytes(b"no video")
    drawn.close()
    with ScriptProject.open(drawn.path) as project:
        with pytest.raises(fieldcheck.FieldcheckError):
            project.import_footage(tmp_path / "cut.mp4")
        with pytest.raises(ValueError, match="yesterday"):
            project.import_footage(tmp_path / "more", taken_at="yesterday")
        found = project.import_footage(
            tmp_path / "cut.mp4", makers.picture_folder(tmp_path / "more", ["red", "blue"])
        )
        assert (found.n_listed, list(found.failed)) == (2, [str(tmp_path / "cut.mp4")])
        assert found.rows()[0]["source"] == "more"


@pytest.mark.long
def test_a_script_is_warned_of_a_borrowed_card_and_of_one_that_feeds_wrongly(labelled, tmp_path):
    labelled.close()
    model = makers.colour_model(tmp_path / "again.onnx", gain=21.0)
    model.with_suffix(".card.json").unlink()
    card = {**makers.COLOUR_CARD, "input": {**makers.COLOUR_CARD["input"], "colour": "BGR"}}
    with ScriptProject.open(labelled.path) as project:
        pattern = r"^No model card given\. The model card of net is used: its inputs and outputs are the same\."
        with pytest.warns(UserWarning, match=pattern):
            assert project.gate(model).verdict in ("pass", "not_enough")
        pattern = r"^No model card given\. The model card of net is used: its inputs and outputs are the same\."
        with pytest.warns(UserWarning, match=pattern):
            assert project.add_model(model) == "again"
        with pytest.warns(UserWarning, match="colour RGB"):
            project.add_model(makers.colour_model(tmp_path / "wrong.onnx", card, gain=9.0))


# Arguments of scripts: what is not what it should be is refused before anything is done, by name,
# in one sentence.


WRONG = {
    "pick": [{"count": one} for one in (0, -1, 1.5, "5", True, [], float("nan"), 2**63)]
    + [{"seed": one} for one in (-1, 1.5, "5", True, 10**30)]
    + [{"design": one} for one in ("nope", "", 3, ["even"])]
    + [{"must": one} for one in ("19a0-000001", [3], 3, None, b"x")],
    "label": [{"frame_id": one} for one in (None, 3, b"a", ["a"])]
    + [{"frame_id": "x", "class_name": one} for one in (None, 3, b"red", ["red"])]
    + [{"frame_id": "x", "boxes": one} for one in (3, [3], "ab", [None], [("red", 0, 0, 1, 1)])]
    + [{"frame_id": "x", "points": one} for one in (3, [3], [fieldcheck.Box("red", 0, 0, 1, 1)])]
    + [{"frame_id": "x", "unsure": "yes"}, {"frame_id": "x", "skip": True}, {"frame_id": "x",
    "nothing": 1}, {"frame_id": "x", "by": None}]
    + [{"frame_id": "x", "class_name": "red", "unsure": True}, {"frame_id": "x", "skip": "dark",
    "nothing": True}],
    "import_labels": [{"path": one} for one in (3, None, "", b"x", "a\0b")]
    + [{"path": "x", "format": one} for one in ("nope", 3, "")]
    + [{"path": "x", "blind": "no"}],
    "run": [{"on": one} for one in (3, None, "nope", "", "Field")] + [{"model": one} for one in (3,
    "", b"s")],
    "replay": [{"run_id": one} for one in (3, None)],
    "gate": [{"model": one} for one in (3, None, "", b"x")]
    + [{"model": "net", "tolerance": one} for one in (-1, 2, float("nan"), float("inf"), "a", True)]
    + [{"model": "net", "require": one} for one in ("clean", ["nope"], [3], 3)]
    + [{"model": "net", **one} for one in ({"metric": 3}, {"trained_on": 3}, {"seed": -1},
    {"seed": 1.5}, {"against": 3}, {"card": 3})],
    "report": [{"out": one} for one in (3, "", "a\0b")] + [{"lang": one} for one in ("xx", 3, None,
    "", "DE")],
    "add_model": [{"model": one} for one in (3, None, "", b"x")],
    "predictions": [{"model": 3}],
    "limits": [{name: one} for name in ("tolerance", "escape_rate", "false_reject_rate",
    "confident_errors") for one in (-1, 2, "a", True)]
    + [{"latency_ms": one} for one in (0, -1, "a", float("nan"), True)]
    + [{"ok_classes": "red"}, {"by": 3}],
    "compare": [{"a": 3, "b": "x"}, {"a": "x", "b": None}, {"a": "x", "b": "y", "metric": 3}],
    "rank": [{"models": "net"}, {"models": [3]}],
    "stress": [{"corruptions": "jpeg"}, {"corruptions": ["nope"]}, {"severities": ["nope"]},
    {"sets": ["all"]}, {"sets": "field"}, {"model": 3}, {"seed": -1}],
    "fix": [{"model": 3}, {"seed": 1.5}],
    "flicker": [{"model": 3}, *({"seconds": one} for one in (-1, "5", True, float("inf")))],
    "import_device_result": [{"path": 3}, {"path": ""}],
    "export": [{"kind": "nope", "out": "x"}, {"kind": "coco", "out": 3}],
    "pack": [{"out": ""}, {"out": "x", "recordings": 1}, {"out": "x", "lang": "xx"}],
    "import_footage": [
        {"camera": 3}, {"location": None}, {"conditions": "dark"}, {"conditions": [3]},
        {"conditions": ["nope"]}, {"taken_at": 3},
        {"taken_at": "yesterday"}, {"taken_at": "0001-01-01T00:00:00+14:00"},
    ],
}  # fmt: skip
NEW = [
    {"model": 3}, {"card": 3}, {"classes": "abc"}, {"classes": [3]}, {"classes": 3},
    {"benchmark": 3}, {"claimed": -1}, {"claimed": 97.1},
    {"claimed": "a"}, {"claimed": float("nan")}, {"claimed": True}, {"site": 3}, {"site": None},
    {"path": 3}, {"path": ""}, {"path": "a\0"},
]  # fmt: skip


def public():
    return [
        getattr(ScriptProject, name)
        for name in dir(ScriptProject)
        if not name.startswith("_") and name not in ("path", "close")
    ]


def test_every_argument_of_every_method_has_its_check():
    maite = (MaiteDataset.__init__, MaiteModel.__init__, MaiteModel.__call__)
    methods = (*public(), *maite)
    named = {name for one in methods for name in inspect.signature(one).parameters} - {"self"}
    assert named == set(CHECKS)


def test_what_is_no_such_thing_is_refused_by_name_before_anything_is_done(labelled, tmp_path):
    labelled.close()
    n = 0
    with ScriptProject.open(labelled.path) as project:
        before = project.labels()
        for method, all_wrong in WRONG.items():
            for wrong in all_wrong:
                given = (tmp_path,) if method == "import_footage" else ()
                with pytest.raises(ArgumentRefused) as caught:
                    getattr(project, method)(*given, **wrong)
                assert str(caught.value) == fieldcheck.sentence(caught.value)
                assert caught.value.name in {*wrong, "label"}
                assert "Nothing was changed" in str(caught.value)
                n += 1
        for paths in ((), (3,), (None,), ("",), ([tmp_path],), (b"x",)):
            with pytest.raises(ArgumentRefused):
                project.import_footage(*paths)
        assert project.labels() == before
    assert n > 70


def test_a_project_is_not_made_of_what_is_no_such_thing(tmp_path):
    for wrong in NEW:
        with pytest.raises(ArgumentRefused):
            ScriptProject.new(**{"path": tmp_path / "new", **wrong})
    with pytest.raises(ArgumentRefused):
        ScriptProject.open(tmp_path, write="no")
    assert list(tmp_path.iterdir()) == []


def test_figures_and_texts_of_numpy_and_any_row_of_texts_are_taken(drawn):
    drawn.close()
    with ScriptProject.open(drawn.path) as project:
        picked = project.pick(np.int64(4), seed=np.uint8(7), must=(one for one in ()))
        assert (len(picked.picks), picked.seed) == (4, 7)
        project.label(np.str_(picked.picks[0].frame_id), np.str_("red"), unsure=np.False_)
        assert project.labels().n_labelled == 1


def test_a_frame_is_not_labelled_with_nothing_where_the_model_gives_a_class(drawn):
    drawn.close()
    with ScriptProject.open(drawn.path) as project:
        frame = project.pick(3).picks[0].frame_id
        with pytest.raises(LabelKindWrong):
            project.label(frame)
        assert project.labels().labels == ()


def test_a_refusal_is_an_error_of_python_too_and_says_its_sentence_in_another_process(tmp_path):
    pattern = r"claimed cannot be 97\.1\. Nothing was changed\. Pass a fraction from 0 to 1, such as 0\.971\."
    with pytest.raises(ValueError, match=pattern) as caught:
        ScriptProject.new(tmp_path / "new", claimed=97.1)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), isinstance(again, TypeError)) == (str(caught.value), True)


@pytest.mark.long
def test_an_error_of_the_door_says_what_the_terminal_prints(tmp_path, labelled):
    (tmp_path / "none").mkdir()
    with pytest.raises(FieldcheckError) as caught:
        ScriptProject.open(tmp_path / "none")
    expected = f"{tmp_path / 'none'} is not a project folder (no project.db). Nothing was changed."
    assert str(caught.value).startswith(expected)
    assert "(`fieldcheck new`)" in str(caught.value)
    labelled.close()
    (tmp_path / "taken").write_text("mine")
    with (
        ScriptProject.open(labelled.path) as project,
        pytest.raises(
            PathOccupied,
            match=r"taken already contains other data\. It was not changed\. Choose another path\.",
        ),
    ):
        project.report(tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_closed_project_says_so_to_every_method(drawn):
    drawn.close()
    project = ScriptProject.open(drawn.path)
    project.close()
    needed = {
        "add_model": ("x",),
        "add_predictions": ("x",),
        "compare": ("x", "y"),
        "export": ("coco", "x"),
        "gate": ("x",),
        "import_device_result": ("x",),
        "import_footage": ("x",),
        "import_labels": ("x",),
        "label": ("x", "red"),
        "pack": ("x",),
        "rank": (["x", "y", "z"],),
        "replay": ("x",),
        "set_model": (len,),
    }
    methods = [one.__name__ for one in public() if "self" in inspect.signature(one).parameters]
    assert len(methods) == 23
    for name in (*methods, "__enter__"):
        pattern = r"is closed\. Data saved before is safe\. Open it again, then try again\."
        with pytest.raises(FieldcheckError, match=pattern):
            getattr(project, name)(*needed.get(name, ()))
    assert project.path == Path(drawn.path)
