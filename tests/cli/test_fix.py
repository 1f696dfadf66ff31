def test_fix_prints_what_is_not_enough_as_an_answer(terminal, place):
    project = place("labelled")
    found = terminal.document("fix", project)
    assert found["schema"] == "fieldcheck.fix/1"
    assert (found["model"], found["state"]) == ("net", "too_few_clips")
    assert (found["seed"], found["tried"], found["proofs"]) == (0, [], [])
    assert (sum(found["n"]), len(found["n_clips"])) == (20, 2)
    assert terminal.said("fix", project).startswith("Not enough clips: each half requires 3, ")
