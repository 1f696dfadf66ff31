from PySide6.QtCore import Qt


def test_k_makes_a_pack_beside_the_report_and_it_verifies(window, open_in_window, settle, labelled, press):
    path = labelled.path
    labelled.close()
    open_in_window(path)
    window.go("report")
    settle()
    screen = window.shown_screen()
    assert screen.view.seal.text().startswith("Sealed ")
    assert "sealed before the first label" in screen.view.seal.accessibleDescription()
    press(Qt.Key.Key_K)
    settle()
    (pack,) = (path / "reports").glob("*.fcpack")
    assert "packed into" in window.messages.kept[-1].text
    screen.presenter._packing.verify(pack)
    settle()
    assert "figures come out the same" in window.messages.kept[-1].text
    pack.write_bytes(pack.read_bytes()[:-1] + b"x")
    screen.presenter._packing.verify(pack)
    settle()
    assert "the archive does not end as it was written" in window.messages.kept[-1].text
