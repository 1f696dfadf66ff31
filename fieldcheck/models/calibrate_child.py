"""Child process of static int8 quantisation: `python -m fieldcheck.models.calibrate_child MODEL OUT
INPUT N…` reads tensors and writes a copy.

The quantiser runs the model by itself, without a time limit and where no signal reaches it; a child
can be ended, and its memory with it.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np
import onnx
import onnx.version_converter
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from fieldcheck.child_process import exit_with_parent
from fieldcheck.errors.files import DiskFull, ReadOnlyPlace
from fieldcheck.errors.models import ModelRejected
from fieldcheck.files import TEMPORARY, map_os_errors
from fieldcheck.models.onnx_file import list_weight_files, read_onnx
from fieldcheck.models.session import MOST_BYTES, RUNTIME_ERRORS, open_model
from fieldcheck.models.trial_child import COPIES, limit_memory

GRAPH_TROUBLES = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    RuntimeError,
    NotImplementedError,
    MemoryError,
    ModelRejected,
    onnx.version_converter.ConvertError,
)  # what the quantiser raises on graphs it cannot read
LONGEST = 200
OPSET = 13  # from here on steps may differ by channel
COMPARED, TOLERANCE = 4, 1e-4  # batches that an older graph and its copy answer alike

Feed = dict[str, NDArray[np.float32]]


class _TensorReader(CalibrationDataReader):  # type: ignore[misc]
    """Reads tensors from stdin one at a time, and can return the first ones early."""

    def __init__(self, stream: BinaryIO, name: str, shape: tuple[int, ...]) -> None:
        self._stream, self._name, self._shape = stream, name, shape
        self._seen = list[Feed]()

    def peek(self, n: int) -> list[Feed]:
        """Return at most `n` tensors without consuming them."""
        while len(self._seen) < n and (feed := self._read_tensor()) is not None:
            self._seen.append(feed)
        return list(self._seen)

    def get_next(self) -> Feed | None:
        return self._seen.pop(0) if self._seen else self._read_tensor()

    def _read_tensor(self) -> Feed | None:
        data = self._stream.read(4 * prod(self._shape))
        if len(data) < 4 * prod(self._shape):
            return None
        return {self._name: np.frombuffer(data, np.float32).reshape(self._shape)}


def main(model: Path, out: Path, name: str, shape: tuple[int, ...]) -> dict[str, str]:
    """Writes the copy to `out` from the float32 tensors of `shape` on stdin; the verdict: `problem`
    is empty, or a code with its detail."""
    fed = _TensorReader(sys.stdin.buffer, name, shape)
    try:
        with map_os_errors(out), tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
            quantize_static(
                str(_convert_to_opset_13(model, fed, Path(folder))),
                str(out),
                fed,
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
            )
    except DiskFull:
        return {"problem": "disk_full", "detail": ""}
    except ReadOnlyPlace:
        return {"problem": "read_only", "detail": ""}
    except (*RUNTIME_ERRORS, *GRAPH_TROUBLES, onnx.shape_inference.InferenceError) as error:
        return {"problem": "quantise", "detail": " ".join(str(error).split())[:LONGEST]}
    return {"problem": "", "detail": ""}


def _convert_to_opset_13(model: Path, fed: _TensorReader, folder: Path) -> Path:
    """The model itself, or a copy in `folder` with the operators of opset 13. Raises ValueError
    where the copy answers the first frames in another way, ConvertError where there is none."""
    old = read_onnx(model).opset
    if old >= OPSET:
        return model
    copy = folder / "converted.onnx"
    onnx.save(onnx.version_converter.convert_version(onnx.load(str(model)), OPSET), str(copy))
    before, after = open_model(model, threads=1), open_model(copy, threads=1)
    for feed in fed.peek(COMPARED):
        pairs = zip(before.run(feed), after.run(feed), strict=True)
        if not all(
            output.shape == other.shape
            and np.allclose(output, other, TOLERANCE, TOLERANCE, equal_nan=True)
            for output, other in pairs
        ):
            raise ValueError(f"opset {old}, other answers in opset {OPSET}")
    return copy


if __name__ == "__main__":
    exit_with_parent()  # No such copy would be used.
    limit_memory(
        MOST_BYTES
        + COPIES
        * sum(
            path.stat().st_size
            for path in (Path(sys.argv[1]), *list_weight_files(Path(sys.argv[1])))
        )
    )
    # The quantiser's advice is for manual callers.
    logging.getLogger().setLevel(logging.ERROR)
    path, written, fed, *sides = sys.argv[1:]
    print(json.dumps(main(Path(path), Path(written), fed, tuple(map(int, sides)))))  # noqa: T201 - the verdict is this process's only output
