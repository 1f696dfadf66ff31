"""Which classes have a key: all of them while there are keys enough, else those that were used last. Pure."""

from __future__ import annotations

from collections.abc import Sequence

FEW = 14
OF_MANY = 9


class RecentClasses:
    """`classes` in the model's order; `most` keys at most. With more than fourteen classes nine have a digit: a class that is used and
    has none takes the digit of the one that was used longest ago, so that no other digit changes its meaning."""

    def __init__(self, classes: Sequence[str], most: int = FEW) -> None:
        self.classes = tuple(classes)
        self.many = len(self.classes) > most
        self.keyed = list(self.classes[: OF_MANY if self.many else most])
        self._order = list(self.keyed)  # the one used longest ago first

    def place(self, name: str) -> int:
        """The place of a class among those with a key, −1 where it has none."""
        return self.keyed.index(name) if name in self.keyed else -1

    def used(self, name: str) -> bool:
        """A class was given; whether the keys stand for other classes now."""
        if name in self._order:
            self._order.remove(name)
            self._order.append(name)
            return False
        if not self.many or name not in self.classes:
            return False
        oldest = self._order.pop(0)
        self.keyed[self.keyed.index(oldest)] = name
        self._order.append(name)
        return True
