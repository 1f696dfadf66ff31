"""Boxes decoded by a plug-in in a child process, so that an exception, output or endless loop of
the plug-in becomes one error."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import time
from threading import Lock, Timer

import numpy as np
from numpy.typing import NDArray

from fieldcheck.child_process import start_module_with_pipes
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import PLUGIN
from fieldcheck.models.decoders.decoder import Decoder, Floats, Misfit, Tensors, make_box_decoder
from fieldcheck.models.decoders.nms import Candidates
from fieldcheck.models.plugins import (
    DONE,
    DecoderPlugin,
    PluginError,
    check_boxes,
    find_plugin,
    read_message,
    write_message,
)

SECONDS = 60.0  # by the clock, for one picture
AGAIN_S = 5.0  # the packages that are installed are not looked through for every picture


class PluginProcess:
    """The child of one plug-in, started when it is first asked and again after it was ended; may be
    shared by threads."""

    def __init__(self, plugin: DecoderPlugin) -> None:
        self._plugin, self._lock = plugin, Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def find_boxes(self, outputs: Tensors, size: tuple[int, int], n_classes: int) -> Candidates:
        """Candidates, (n, 4) in pixels of the tensor, from one picture's tensors. Raises
        PluginError."""
        with self._lock:
            word, arrays = self._send_question([np.array([*size, n_classes], np.int64), *outputs])
        problem, _, detail = word.partition(" ")
        if problem != DONE:
            raise PluginError(problem, f"{self._plugin.name}: {detail}")
        try:
            xyxy, scores, classes = check_boxes(arrays)
        except ValueError as error:
            raise PluginError("plugin_rubbish", f"{self._plugin.name}: {error}") from error
        return Candidates(
            xyxy.astype(np.float32), scores.astype(np.float32), classes.astype(np.int64)
        )

    def close(self) -> None:
        """Ends the child."""
        with self._lock:
            self._terminate()

    def _send_question(
        self, question: list[NDArray[np.generic]]
    ) -> tuple[str, list[NDArray[np.generic]]]:
        if self._child is None:
            paths = [entry for entry in sys.path if entry and os.path.isdir(entry)]
            self._child = start_module_with_pipes(
                "fieldcheck.models.plugins", [self._plugin.module, self._plugin.function], paths
            )
        child, late = self._child, []
        assert child.stdin is not None, "it was started with a pipe to it"
        assert child.stdout is not None, "it was started with a pipe from it"

        def on_timeout() -> None:
            late.append(True)
            child.kill()

        timer = Timer(SECONDS, on_timeout)
        timer.start()
        try:
            write_message(child.stdin, "ask", question)
            return read_message(child.stdout)
        except (EOFError, OSError, ValueError) as error:
            self._terminate()
            problem, detail = (
                ("plugin_time", f"{SECONDS:g} s")
                if late
                else ("plugin_raised", f"exit code {child.returncode}")
            )
            raise PluginError(problem, f"{self._plugin.name}: {detail}") from error
        finally:
            timer.cancel()
            timer.join()

    def _terminate(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


_processes: dict[DecoderPlugin, PluginProcess] = {}
_checked: dict[str, tuple[float, PluginProcess]] = {}
_starting = Lock()


def get_process(kind: str) -> PluginProcess:
    """Return the child process of a kind's plug-in; another version or source gets another one.
    Raises PluginError."""
    with _starting:
        checked_at, process = _checked.get(kind, (-AGAIN_S, None))
        if process is not None and time.monotonic() - checked_at < AGAIN_S:
            return process
        plugin = find_plugin(kind.removeprefix(PLUGIN))
        for other in [
            running for running in _processes if running.name == plugin.name and running != plugin
        ]:
            _processes.pop(other).close()
        plugin_process = _processes.setdefault(plugin, PluginProcess(plugin))
        _checked[kind] = time.monotonic(), plugin_process
        return plugin_process


@atexit.register
def terminate_all() -> None:
    """End every child process; later calls look the plug-ins up again."""
    _checked.clear()
    while _processes:
        _processes.popitem()[1].close()


def _find_misfit(outputs: Tensors, card: Card) -> Misfit:
    """Always fits where the plug-in answers. Raises PluginError."""
    get_process(card.output.kind).find_boxes(outputs, card.input.size, len(card.classes))
    return Misfit.NONE


def _find_boxes(outputs: tuple[Floats, ...], card: Card, least: float) -> Candidates:
    candidates = get_process(card.output.kind).find_boxes(
        outputs, card.input.size, len(card.classes)
    )
    return candidates.select(candidates.scores >= least)


class _PluginDecoders(dict[str, Decoder]):
    """One decoder for every kind of a plug-in."""

    def __missing__(self, kind: str) -> Decoder:
        return make_box_decoder(_find_boxes, _find_misfit)


DECODERS = _PluginDecoders()
