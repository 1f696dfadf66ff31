import json


def test_runs_are_listed_the_newest_first(terminal, place):
    project = place("labelled")
    document = terminal.document("runs", project, "--most", 2)
    assert document["schema"] == "fieldcheck.runs/1"
    assert (document["n"], len(document["runs"])) == (3, 2)
    assert set(document["runs"][0]) == {
        "run_id", "model", "on", "recipe", "severity", "seed", "n_done", "created", "code_version",
        "providers",
    }  # fmt: skip
    said = terminal.said("runs", project, "--most", 2, "--skip", 1)
    assert document["runs"][1]["run_id"] in said
    assert "3 runs saved; showing 2 to 3, newest first." in said


def test_a_run_that_is_repeated_to_the_digit_exits_0(terminal, place):
    project = place("labelled")
    run_id = terminal.document("runs", project)["runs"][0]["run_id"]
    document = terminal.document("replay", project, run_id)
    assert set(document) == {
        "schema", "project", "run_id", "model", "on", "same", "n", "n_different", "differences",
    }  # fmt: skip
    assert (document["run_id"], document["same"], document["differences"]) == (run_id, True, [])
    expected = "reproduced: all 18 predictions identical."
    assert expected in terminal.said("replay", project, run_id[:6])


def test_what_is_not_as_it_was_is_named_with_exit_1(terminal, place):
    project = place("labelled")
    run_id = next(
        one["run_id"] for one in terminal.document("runs", project)["runs"] if one["on"] == "field"
    )
    (model,) = (project / "models").rglob("*.onnx")
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.write_bytes(data)
    outcome = terminal("replay", project, run_id, "--json")
    document = json.loads(outcome.out)
    assert outcome.code == 1
    assert (document["same"], document["differences"][0]["kind"]) == (False, "model")
    said = terminal("replay", project, run_id)
    assert said.code == 1
    assert "cannot be reproduced: model file changed." in said.out
    assert "Model file net: SHA-256" in said.out


def test_a_run_that_is_not_there_is_refused_and_the_newest_are_named(terminal, place):
    assert "Latest runs: " in terminal.refusal("replay", place("labelled"), "ffffffff")
