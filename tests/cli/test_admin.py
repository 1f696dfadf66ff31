def test_limits_are_changed_with_the_pin_only(terminal, place, monkeypatch):
    path = place("labelled")
    monkeypatch.setenv("FIELDCHECK_NEW_ADMIN_PIN", "4711")
    assert terminal.document("admin", "set", path)["admin"]
    assert "protected by an admin PIN" in terminal.refusal("limits", path, "--tolerance", "0.2")
    assert terminal.document("limits", path)["tolerance"] == 0.03
    monkeypatch.setenv("FIELDCHECK_ADMIN_PIN", "0000")
    assert "Wrong admin PIN for " in terminal.refusal("limits", path, "--tolerance", "0.2")
    monkeypatch.setenv("FIELDCHECK_ADMIN_PIN", "4711")
    actual = terminal.document("limits", path, "--tolerance", "0.2", "--by", "A. B.")["tolerance"]
    assert actual == 0.2
    assert terminal.document("undo", path)["act"] == "limits.set"
    assert ", by A. B.: 3 → 20 pp.\n" in terminal.said("seal", path)
    actual = terminal.document("admin", "clear", path)
    assert actual == {"schema": "fieldcheck.admin_clear/1", "project": str(path), "admin": False}
    assert "No admin PIN set for " in terminal.refusal("admin", "clear", path)


def test_a_pin_that_is_too_short_is_wrong_usage(terminal, place, monkeypatch):
    monkeypatch.setenv("FIELDCHECK_NEW_ADMIN_PIN", "1")
    assert terminal("admin", "set", place("empty")).code == 2
