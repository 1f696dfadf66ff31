"""The child process of a model's first opening: `python -m fieldcheck.models.trial_child PATH
SECONDS` prints one JSON verdict.

SECONDS are of processor time, for each run: by the clock, a sound model of a few seconds came out
as too slow beside ten busy loops.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck.child_process import exit_after
from fieldcheck.errors.files import PathRefused
from fieldcheck.errors.models import ModelRejected

if TYPE_CHECKING:
    from fieldcheck.models.session import OpenModel

SPARE_BYTES = 4 << 30  # address space beside what the weights take
COPIES = 4  # of the weights: read, held, packed for the kernels, and one to spare
GUESSED_SIDE = 256  # pixels, where the file leaves the size of its input open
BRIGHTEST = 255  # of a pixel without a scale


def main(path: Path, begin_anew: Callable[[], None] = lambda: None) -> dict[str, str]:
    """Print the verdict on a file: an empty `problem` and its `sha256` where it opened and ran,
    else code and detail of the error. `begin_anew` restarts the time limit for the next run."""
    limit_memory(SPARE_BYTES + COPIES * path.stat().st_size)
    try:
        sha256 = open_and_run(path, begin_anew)
    except ModelRejected as error:
        return {"problem": error.problem, "detail": error.detail}
    except PathRefused as error:
        return {"problem": "path", "detail": error.problem}
    except MemoryError:
        return {"problem": "memory", "detail": ""}
    return {"problem": "", "detail": "", "sha256": sha256}


def open_and_run(path: Path, begin_anew: Callable[[], None]) -> str:
    """Runs on zeros, ones and noise where the input is a picture: sizes and loops may be counted by
    its pixels. A refusal of a size that was only guessed says nothing about the file. Returns the
    SHA-256 of what was run."""
    # Imported under the memory limit, which is set before anything large is loaded.
    from fieldcheck.models.session import TAKEN, list_external_files, open_model

    weights = sum(part.stat().st_size for part in list_external_files(path))
    limit_memory(SPARE_BYTES + COPIES * (path.stat().st_size + weights))
    model = open_model(path, threads=1)
    if (
        len(model.inputs) > 1
        or model.inputs[0].kind not in TAKEN
        or len(model.inputs[0].shape) not in (3, 4)
    ):
        return model.sha256
    batch, *sides = (
        model.inputs[0].shape if len(model.inputs[0].shape) == 4 else (1, *model.inputs[0].shape)
    )
    guessed = [side or GUESSED_SIDE for side in sides]
    try:
        model.warm_up((batch or 1, *guessed))
    except ModelRejected as error:
        if None not in sides or error.problem != "run_failed":
            raise
        return model.sha256
    _run_on_ones_and_noise(model, (batch or 1, *guessed), begin_anew)
    return model.sha256


def _run_on_ones_and_noise(
    model: OpenModel, shape: tuple[int, ...], begin_anew: Callable[[], None]
) -> None:
    """Runs on ones and on noise as a card with a scale feeds it and one without. No camera gives
    these pictures: that an operator cannot do with one says nothing about the file, what it takes
    of time and memory does."""
    import numpy as np

    noise = np.random.default_rng(0).random(shape, np.float32)
    for picture in (np.ones(shape, np.float32), noise, BRIGHTEST * noise):
        begin_anew()
        try:
            model.run({model.inputs[0].name: picture})
        except ModelRejected as error:
            if error.problem != "run_failed":
                raise


def limit_memory(limit: int) -> None:
    """Limit the address space of this process. Windows has no such call; there only the time limit
    applies."""
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(
            resource.RLIMIT_AS,
            (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard),
        )


if __name__ == "__main__":
    renewed = exit_after(
        float(sys.argv[2]), json.dumps({"problem": "time", "detail": f"{float(sys.argv[2]):g} s"})
    )
    print(json.dumps(main(Path(sys.argv[1]), renewed)))  # noqa: T201 - the verdict is this process's only output
