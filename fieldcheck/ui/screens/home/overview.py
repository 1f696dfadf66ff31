"""The page of an open project: its four cards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.screens.home.benchmark_card import BenchmarkCard
from fieldcheck.ui.screens.home.limits_card import LimitsCard
from fieldcheck.ui.screens.home.model_card import ModelCard
from fieldcheck.ui.screens.home.site_card import SiteCard
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.choose import choose_file, choose_folder
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.words.language import text

MODELS = "*.onnx"


class OverviewPage(QWidget):
    """Site, benchmark and limits on the left, the model on the right. A card that is being edited has its column for itself."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        gap = look.metrics.px(12)
        self.site, self.limits = SiteCard(look, actions), LimitsCard(look, actions)
        self.model, self.benchmark = ModelCard(look, actions), BenchmarkCard(look, actions)
        self.strip = JobStrip(look)
        self._left = left = QVBoxLayout()
        left.setSpacing(gap)
        left.addWidget(self.site, 4)
        left.addWidget(self.benchmark, 4)
        left.addWidget(self.limits, 3)
        right = QVBoxLayout()
        right.setSpacing(gap)
        right.addWidget(self.strip)
        right.addWidget(self.model, 1)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(gap)
        columns.addLayout(left, 2)
        columns.addLayout(right, 3)

    def set_compact(self, compact: bool) -> None:
        """The left column moves together where there is little room."""
        for one in (self.site, self.benchmark, self.limits):
            one.set_compact(compact)
        self._left.setSpacing(self._look.metrics.px(8 if compact else 12))

    def make_room(self) -> None:
        """Shows what there is room for: while a card of the left column is edited, that card alone."""
        left = (self.site, self.benchmark, self.limits)
        edited = [one for one in left if one.editing]
        for one in left:
            one.setVisible(not edited or one in edited)

    def show_job(self, job: Job | None) -> None:
        """Footage coming in."""
        self.strip.show_job(job)

    def ask_for_model(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a model file."""
        choose_file(self, text("Choose the model"), f"{text('ONNX models')} ({MODELS})", then)

    def ask_for_benchmark(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a labelled set."""
        choose_folder(self, text("Choose the folder of the benchmark"), then)
