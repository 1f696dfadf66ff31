from tests import makers

ESTIMATE_KEYS = {"value", "lo", "hi", "n", "n_eff", "method", "status", "note"}
COMPARE_KEYS = {"a", "b", "n", "both_right", "only_a", "only_b", "both_wrong", "p", "change", "flips"}


def swapped(folder, name="other"):
    """A model that takes red for blue."""
    return makers.colour_model(folder / f"{name}.onnx", order=(2, 1, 0))


def test_compare_holds_two_models_against_each_other(terminal, place, tmp_path):
    project = place("labelled")
    terminal.document("model", "set", project, swapped(tmp_path))
    found = terminal.document("compare", project, "net", "other")
    assert found["schema"] == "fieldcheck.compare/1"
    assert set(found) >= COMPARE_KEYS
    assert found["both_right"] + found["only_a"] + found["only_b"] + found["both_wrong"] == found["n"] == 20
    assert set(found["change"]) == ESTIMATE_KEYS
    assert found["change"]["lo"] <= found["change"]["value"] < 0
    assert len(found["flips"]) == found["only_a"] + found["only_b"]
    assert set(found["flips"][0]) >= {"frame_id", "truth", "a", "b"}
    said = terminal.said("compare", project, "net", "other").splitlines()
    assert said[0] == "net and other on the same 20 labelled frames:"
    assert "net is better" in said[3]


def test_what_cannot_be_compared_is_said(terminal, place):
    project = place("drawn")
    assert "net" in terminal.refusal("compare", project, "net", "other")
    assert "label" in terminal.refusal("compare", project, "net", "net")
    assert terminal("compare", project, "net").code == 2
