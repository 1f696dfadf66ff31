import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.models.session import open_model
from fieldcheck.parallel import map_chunks
from fieldcheck.progress import Cancelled, CancelToken, NullProgress, set_cancel_token
from tests import makers
from tests.models import graphs


def mapped(n, *arguments):
    """`map_chunks` with `n` workers."""
    with makers.workers(n):
        map_chunks(*arguments)


class StopsAfter(NullProgress):
    """Says stop as soon as `n` results were kept."""

    def __init__(self, kept, n):
        self.kept, self.n = kept, n

    def check(self):
        if len(self.kept) >= self.n:
            raise Cancelled


@given(st.integers(0, 40), st.integers(1, 5))
def test_every_chunk_is_kept_once_whatever_the_number_of_workers(n, workers):
    kept = []
    mapped(
        workers, lambda chunk: chunk * chunk, range(n), lambda chunk,
        rows: kept.append((chunk, rows)), NullProgress(),
    )  # fmt: skip
    assert sorted(kept) == [(chunk, chunk * chunk) for chunk in range(n)]


def test_one_worker_goes_through_neighbours_in_order():
    order = []
    mapped(
        1, lambda chunk: order.append(chunk), range(20), lambda chunk, rows: None, NullProgress()
    )
    assert order == list(range(20))


def test_an_error_in_one_chunk_keeps_what_the_others_finished():
    kept = []

    def work(chunk):
        if chunk == 5:
            raise ValueError("broken")
        return chunk

    with pytest.raises(ValueError, match="broken"):
        mapped(1, work, range(10), lambda chunk, rows: kept.append(chunk), NullProgress())
    assert kept == [0, 1, 2, 3, 4]


def test_a_cancel_keeps_what_is_finished_and_begins_nothing_new():
    kept = []
    with pytest.raises(Cancelled):
        mapped(
            2, lambda chunk: chunk, range(1000), lambda chunk, rows: kept.append(chunk),
            StopsAfter(kept, 3),
        )  # fmt: skip
    assert 3 <= len(kept) <= 1000
    assert len(set(kept)) == len(kept)


def test_a_raised_flag_gives_up_the_chunk_in_which_a_model_is_asked(tmp_path):
    model, flag, kept, seen = open_model(graphs.endless(tmp_path / "m.onnx")), CancelToken(), [], []

    def work(chunk):
        return chunk if chunk == 0 else model.warm_up((1, 3, 8, 8))

    def keep(chunk, rows):
        kept.append(chunk)
        flag.cancel()

    def job():
        set_cancel_token(flag)
        try:
            mapped(2, work, range(9), keep, NullProgress(flag))
        except Cancelled:
            seen.append("cancelled")

    thread = threading.Thread(target=job, daemon=True)
    thread.start()
    thread.join(30)
    assert (kept, seen) == ([0], ["cancelled"])


def test_no_thread_is_left_when_keeping_fails():
    def keep(chunk, rows):
        raise OSError("disk")

    before = set(threading.enumerate())
    with pytest.raises(OSError, match="disk"):
        mapped(2, lambda chunk: chunk, range(10), keep, NullProgress())
    assert set(threading.enumerate()) == before
