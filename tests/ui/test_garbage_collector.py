import gc
import threading
import weakref

from PySide6.QtCore import QObject

from fieldcheck.ui.jobs import GarbageCollector, collect_if_due


class Cycle:
    """Something that only a collection can free."""

    def __init__(self):
        self.me = self


def on_another_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def allocate_much():
    for _ in range(20_000):
        Cycle()


def test_while_the_window_is_open_no_other_thread_collects(qapp):
    owner = QObject()
    collector, seen = GarbageCollector(owner), []
    kept = Cycle()
    ended = weakref.ref(kept, lambda _: seen.append(threading.current_thread()))
    del kept
    on_another_thread(allocate_much)
    assert ended() is not None
    collect_if_due()
    assert ended() is None
    assert seen == [threading.main_thread()]
    collector.stop()


def test_cycles_are_collected_by_and_by_on_the_main_thread(qapp, qtbot):
    owner = QObject()
    collector = GarbageCollector(owner)
    kept = Cycle()
    ended = weakref.ref(kept)
    del kept
    on_another_thread(allocate_much)
    qtbot.waitUntil(lambda: ended() is None)
    collector.stop()


def test_afterwards_collecting_is_pythons_own_again(qapp):
    owner = QObject()
    GarbageCollector(owner).stop()
    assert gc.isenabled()


def test_a_window_that_is_open_keeps_collecting_to_itself_until_it_is_closed(window):
    assert not gc.isenabled()
    window.close()
    assert gc.isenabled()


def test_a_window_that_was_never_closed_gives_it_back_too(qapp):
    owner = QObject()
    GarbageCollector(owner)
    owner.deleteLater()
    qapp.sendPostedEvents(None, 52)  # DeferredDelete
    assert gc.isenabled()
