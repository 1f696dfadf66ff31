"""The script door: its names and signatures are a contract, and the page that shows it runs."""

import inspect
import re
from pathlib import Path

import pytest

import fieldcheck
from fieldcheck.api.project import ScriptProject
from tests import makers

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "python.md").read_text(encoding="utf-8")
SIGNATURES = {
    "add_model": "(self, model: 'PathLike', *, card: 'PathLike | None' = None) -> 'str'",
    "close": "(self) -> 'None'",
    "gate": (
        "(self, model: 'PathLike', *, card: 'PathLike | None' = None, against: 'str | None' = "
        "None, tolerance: 'float | None' = None, metric: 'str' = '', require: 'Sequence[Kind]' = "
        "(), trained_on: 'PathLike | None' = None, seed: 'int' = 0) -> 'ScriptGate'"
    ),
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
    "new": (
        "(path: 'PathLike', *, model: 'PathLike | None' = None, card: 'PathLike | None' = None, "
        "classes: 'Sequence[str]' = (), benchmark: 'PathLike | None' = None, claimed: 'float | "
        "None' = None, site: 'str' = '') -> 'Self'"
    ),
    "open": "(path: 'PathLike', *, write: 'bool' = True) -> 'Self'",
    "pick": (
        "(self, count: 'int' = 100, *, seed: 'int | None' = None, design: 'Design' = 'balanced', "
        "must: 'Sequence[str]' = ()) -> 'ScriptPicks'"
    ),
    "replay": "(self, run_id: 'str') -> 'ScriptReplay'",
    "report": "(self, out: 'PathLike | None' = None, *, lang: 'str' = 'en') -> 'ScriptReport'",
    "run": "(self, *, model: 'str | None' = None, on: 'str' = 'all') -> 'ScriptRuns'",
    "undo": "(self) -> 'None'",
}


def test_the_public_names_are_those_of_the_page_and_each_is_loaded_when_it_is_asked_for():
    public = {"Box", "Estimate", "FieldcheckError", "Point", "Project", "__version__", "sentence"}
    assert public <= set(dir(fieldcheck))
    assert fieldcheck.Project is ScriptProject
    assert all(f"`{name}`" in PAGE for name in public)
    stub = (CHECKOUT / "fieldcheck" / "__init__.pyi").read_text(encoding="utf-8")
    actual = set(re.search(r"__all__ = \[(.*)\]", stub).group(1).replace('"', "").split(", "))
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
