"""Child process of static int8 quantisation: `python -m fieldcheck.inference.calibrate MODEL OUT INPUT N…` reads tensors and writes a copy.

The quantiser runs the model by itself, without a time limit and where no signal reaches it; a child can be ended, and its memory with it.
"""

from __future__ import annotations

import json
import logging
import sys
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from fieldcheck.child_process import end_with_parent
from fieldcheck.errors import DiskFull, ReadOnlyPlace
from fieldcheck.files import map_os_errors
from fieldcheck.inference.open_model import RUNTIME_ERRORS

GRAPH_TROUBLES = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    RuntimeError,
    NotImplementedError,
)  # what the quantiser raises on graphs it cannot read
LONGEST = 200


class _Fed(CalibrationDataReader):  # type: ignore[misc]
    """Tensors as they come in, one run at a time."""

    def __init__(self, stream: BinaryIO, name: str, shape: tuple[int, ...]) -> None:
        self._stream, self._name, self._shape = stream, name, shape

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        data = self._stream.read(4 * prod(self._shape))
        if len(data) < 4 * prod(self._shape):
            return None
        return {self._name: np.frombuffer(data, np.float32).reshape(self._shape)}


def main(model: Path, out: Path, name: str, shape: tuple[int, ...]) -> dict[str, str]:
    """Writes the copy to `out` from the float32 tensors of `shape` on stdin; the verdict: `problem` is empty, or a code with its detail."""
    try:
        with map_os_errors(out):
            quantize_static(
                str(model), str(out), _Fed(sys.stdin.buffer, name, shape), quant_format=QuantFormat.QDQ, per_channel=True,
                activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax,
            )  # fmt: skip
    except DiskFull:
        return {"problem": "disk_full", "detail": ""}
    except ReadOnlyPlace:
        return {"problem": "read_only", "detail": ""}
    except (*RUNTIME_ERRORS, *GRAPH_TROUBLES, onnx.shape_inference.InferenceError) as error:
        return {"problem": "quantise", "detail": " ".join(str(error).split())[:LONGEST]}
    return {"problem": "", "detail": ""}


if __name__ == "__main__":
    end_with_parent()  # nobody would take the copy
    logging.getLogger().setLevel(logging.ERROR)  # what the quantiser advises is for who calls it by hand
    path, written, fed, *sides = sys.argv[1:]
    print(json.dumps(main(Path(path), Path(written), fed, tuple(map(int, sides)))))  # noqa: T201 - the verdict is this process's only output
