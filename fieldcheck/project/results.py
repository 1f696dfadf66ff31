"""Results of long work on a project that stand as long as its state does: worked out once, by whoever asks first."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Condition
from typing import TypeVar

T = TypeVar("T")

LOOK_EVERY_S = 0.1  # how soon somebody who waits for another's work hears that he is to stop


class ResultCache:
    """One result a name, the newest. Any thread; who asks for what another one works out just now waits for that."""

    def __init__(self) -> None:
        self._found: dict[Hashable, tuple[Hashable, object]] = {}
        self._under_way: set[tuple[Hashable, Hashable]] = set()
        self._changed = Condition()

    def find_result(self, name: Hashable, state: Hashable) -> object | None:
        """The result for this state, None where it was not worked out."""
        with self._changed:
            of, found = self._found.get(name, (None, None))
            return found if of == state else None

    def get_or_compute(self, name: Hashable, state: Callable[[], Hashable], work_out: Callable[[], T], check: Callable[[], None]) -> T:
        """The result for the state that is now, worked out where there is none. It is kept unless the state became another meanwhile.
        `check` raises where whoever waits is to stop; what `work_out` raises is raised, and the next one tries again."""
        now = state()
        while not self._start_computing(name, now):
            check()
        try:
            found = self.find_result(name, now)
            if found is None:
                found = work_out()
                if state() == now:
                    with self._changed:
                        self._found[name] = (now, found)
        finally:
            with self._changed:
                self._under_way.discard((name, now))
                self._changed.notify_all()
        return found  # type: ignore[return-value]  # what was kept under this name is what its `work_out` gave

    def _start_computing(self, name: Hashable, state: Hashable) -> bool:
        """Whether nobody works it out, as the caller does from now on; waits a moment where somebody does."""
        with self._changed:
            if (name, state) in self._under_way:
                self._changed.wait(LOOK_EVERY_S)
            if (name, state) in self._under_way:
                return False
            self._under_way.add((name, state))
            return True
