"""The order in which frames come: the next one without a label, then once more those that nobody could judge. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.label import Label


class LabelRound:
    """`frame_ids` in the order in which they are shown, `labels` what was said so far, by frame id."""

    def __init__(self, frame_ids: Sequence[str], labels: dict[str, Label]) -> None:
        self.frame_ids = tuple(frame_ids)
        self.labels = labels
        self._ids = frozenset(self.frame_ids)
        self._seen_again: set[str] = set()

    def find_first(self) -> int:
        """Where work goes on: the first frame without a label, else the last one."""
        return self._find_unlabelled(0) if self.n_left else max(0, len(self.frame_ids) - 1)

    def find_next(self, at: int) -> int | None:
        """The frame after the one at `at` was labelled: the next without a label, then each unsure one once; None when all is said."""
        if self.n_left:
            return self._find_unlabelled(at + 1)
        for place, frame_id in enumerate(self.frame_ids):
            label = self.labels.get(frame_id)
            if label is not None and label.state == "unsure" and frame_id not in self._seen_again:
                self._seen_again.add(frame_id)
                return place
        return None

    @property
    def n_left(self) -> int:
        """Frames nobody has said anything about."""
        return len(self._ids - self.labels.keys())

    @property
    def n_unsure(self) -> int:
        """Frames that nobody could judge."""
        return sum(label.state == "unsure" for label in self.labels.values() if label.frame_id in self._ids)

    def find_index(self, frame_id: str) -> int | None:
        """Where a frame stands; None for one that is not among them."""
        return self.frame_ids.index(frame_id) if frame_id in self._ids else None

    def _find_unlabelled(self, start: int) -> int:
        """The first frame without a label from `start` on, going round."""
        n = len(self.frame_ids)
        return next(place % n for place in range(start, start + n) if self.frame_ids[place % n] not in self.labels)
