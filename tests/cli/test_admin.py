def test_limits_are_changed_with_the_pin_only(terminal, place, monkeypatch):
    path = place("labelled")
    monkeypatch.setenv("FIELDCHECK_NEW_ADMIN_PIN", "4711")
    assert terminal.document("admin", "set", path)["admin"]
    assert "guarded by an admin PIN" in terminal.refusal("limits", path, "--tolerance", "0.2")
    assert terminal.document("limits", path)["tolerance"] == 0.03
    monkeypatch.setenv("FIELDCHECK_ADMIN_PIN", "0000")
    assert "not the admin PIN" in terminal.refusal("limits", path, "--tolerance", "0.2")
    monkeypatch.setenv("FIELDCHECK_ADMIN_PIN", "4711")
    assert terminal.document("limits", path, "--tolerance", "0.2", "--by", "A. B.")["tolerance"] == 0.2
    assert terminal.document("undo", path)["act"] == "limits.set"
    assert "3 pp became 20 pp" in terminal.said("seal", path)
    assert terminal.document("admin", "clear", path) == {"schema": "fieldcheck.admin_clear/1", "project": str(path), "admin": False}
    assert "has no admin PIN" in terminal.refusal("admin", "clear", path)


def test_a_pin_that_is_too_short_is_wrong_usage(terminal, place, monkeypatch):
    monkeypatch.setenv("FIELDCHECK_NEW_ADMIN_PIN", "1")
    assert terminal("admin", "set", place("empty")).code == 2
