from PySide6.QtCore import QObject

from fieldcheck.progress import LatestValue
from fieldcheck.ui.jobs import LatestValuePoller


def test_only_the_newest_value_is_shown(qtbot, qapp):
    slot, shown, owner = LatestValue(), [], QObject()
    poll = LatestValuePoller(shown.append, 20, owner)
    for number in range(100):
        slot.put_value(number)
    poll.start(slot)
    qtbot.waitUntil(lambda: shown == [99])
    slot.put_value(100)
    qtbot.waitUntil(lambda: shown == [99, 100])
    poll.stop()
    slot.put_value(101)
    qtbot.wait(60)
    assert shown == [99, 100]
