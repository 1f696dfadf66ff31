from PySide6.QtCore import QObject

from fieldcheck.newest import Newest
from fieldcheck.ui.poll import Poll


def test_only_the_newest_value_is_shown(qtbot, qapp):
    slot, shown, owner = Newest(), [], QObject()
    poll = Poll(shown.append, 20, owner)
    for number in range(100):
        slot.put(number)
    poll.start(slot)
    qtbot.waitUntil(lambda: shown == [99])
    slot.put(100)
    qtbot.waitUntil(lambda: shown == [99, 100])
    poll.stop()
    slot.put(101)
    qtbot.wait(60)
    assert shown == [99, 100]
