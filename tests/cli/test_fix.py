def test_fix_prints_what_is_not_enough_as_an_answer(terminal, place):
    project = place("labelled")
    found = terminal.document("fix", project)
    assert found["schema"] == "fieldcheck.fix/1"
    assert (found["model"], found["state"], found["seed"], found["tried"], found["proofs"]) == (
        "net",
        "too_few_clips",
        0,
        [],
        [],
    )
    assert (found["n"], found["n_clips"], found["halves_reason"]) == (None, None, "no_halves")
    assert (found["frames"], found["clips"]) == (20, 1)
    assert terminal.said("fix", project).startswith("Not enough clips: the search requires 5, ")
