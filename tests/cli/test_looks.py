def test_the_surest_wrong_answers_come_first_and_a_look_changes_the_second_figure(terminal, place):
    path = place("labelled")
    found = terminal.document("look", "show", path)
    assert found["schema"] == "fieldcheck.look_show/1"
    assert (found["n"], found["n_looked"], found["n_left"]) == (len(found["rows"]), 0, 0)
    first = found["rows"][0]
    assert first["truth"] != first["said"]
    kept = terminal.document("look", "set", path, first["item"], "label-wrong", "--by", "K. M.")
    assert (kept["act"], kept["items"]) == ("second_look.set", [first["item"]])
    after = terminal.document("look", "show", path)
    assert after["counts"] == {"model_wrong": 0, "label_wrong": 1, "cannot_tell": 0}
    assert after["after"]["value"] > after["before"]["value"] == found["before"]["value"]
    assert terminal.document("undo", path)["act"] == "second_look.set"
    assert terminal.document("look", "show", path)["n_looked"] == 0


def test_a_benchmark_picture_is_given_its_right_class(terminal, place):
    path = place("labelled")
    terminal.document(
        "look", "set", path, "benchmark:red/000.png", "label-wrong", "--class", "blue"
    )
    found = terminal.document("look", "show", path, "--on", "benchmark")
    assert found["after"]["value"] == 1.0
    said = terminal.said("look", "show", path, "--on", "benchmark")
    assert "1 of 1 disagreement reviewed." in said
    assert "After label review, 1 reviewed: 100%" in said


def test_what_cannot_be_looked_at_is_said(terminal, place):
    expected = "Label them first"
    assert expected in terminal.refusal("look", "set", place("drawn"), "nobody", "cannot-tell")
    expected = "do not disagree on nobody"
    assert expected in terminal.refusal("look", "set", place("labelled"), "nobody", "model-wrong")
    assert "20 picked frames have no label yet." in terminal.said("look", "show", place("drawn"))
