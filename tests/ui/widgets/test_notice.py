from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from fieldcheck.ui.shell.notifications import TrayNotice


def test_without_a_tray_it_says_so_and_makes_no_icon(shown):
    notice = TrayNotice(shown(QWidget(), 100, 100))
    if QSystemTrayIcon.isSystemTrayAvailable():
        assert notice.show_notice("Überwachung", "an alarm") in (True, False)
    else:
        assert notice.show_notice("Überwachung", "an alarm") is False
        assert notice._tray is None


def test_where_there_is_one_the_message_goes_to_its_icon_which_goes_with_the_window(
    shown, monkeypatch
):
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    told = []
    monkeypatch.setattr(
        QSystemTrayIcon,
        "showMessage",
        lambda icon, title, said, *more: told.append((title, said, icon.parent())),
    )
    window = shown(QWidget(), 100, 100)
    notice = TrayNotice(window)
    notice.show_notice("Überwachung", "an alarm")
    notice.show_notice("Überwachung", "another")
    assert told == [("Überwachung", "an alarm", window), ("Überwachung", "another", window)]
