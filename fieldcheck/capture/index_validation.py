"""Whether the indexes of a recording can have been written by a recorder: a project may come from a stranger, and so may its recordings."""

from __future__ import annotations

from pathlib import Path

from fieldcheck.capture.container import RecordingReader, is_regular_file
from fieldcheck.capture.entry import LONGEST_S

LAST_UTC_NS = 253_402_300_799 * 10**9  # the year 9999, where dates end
MOST_NUMBER = 1 << 53  # of a camera's own count


def find_index_fault(folder: Path) -> str:
    """Misfit of a recording's indexes, empty for none: `header`, `name`, `order` (frames that overlap), `number`, `time`. What is damaged
    has no say.

    Raises PathMissing.
    """
    with RecordingReader(folder) as reader:
        if not reader.headers:
            frames = (path for path in folder.glob("*.frames") if is_regular_file(path))
            return "header" if any(path.stat().st_size for path in frames) else ""
        if any(head.recording_id != folder.name for head in reader.headers):
            return "name"
        return _find_record_fault(reader)


def _find_record_fault(reader: RecordingReader) -> str:
    firsts = {head.first for head in reader.headers}
    end, last_ns = 0, reader.headers[0].began_ns
    latest_ns, pairs = last_ns + LONGEST_S * 1e9, sorted(firsts, reverse=True)
    for index, entry in reader.iter_entries():
        if pairs and index >= pairs[-1]:  # the first sound record of a pair: its file begins anew
            end = 0
            while pairs and index >= pairs[-1]:
                pairs.pop()
        if entry.offset < end:
            return "order"
        if not last_ns <= entry.monotonic_ns <= latest_ns or not 0 <= entry.utc_ns < LAST_UTC_NS:
            return "time"
        if entry.number > MOST_NUMBER:
            return "number"
        end, last_ns = entry.offset + entry.length, entry.monotonic_ns
    return ""
