import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.domain.frame import Frame
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.errors.models import ModelRejected
from fieldcheck.footage import frame_analysis as triage_module
from fieldcheck.footage.frame_analysis import (
    BatchPredictor,
    ModelFile,
    TriageChunk,
    analyse_frames,
    close_reader,
    get_shared_runner,
    get_thread_runner,
    read_chunk,
)
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.store import format_card, inspect_model
from fieldcheck.progress import Cancelled, CancelToken, use_cancel_token
from tests import makers


@pytest.fixture(scope="module")
def model(material):
    found = inspect_model(material / "net.onnx")
    return ModelFile(str(found.path), found.sha256, format_card(found.card))


@pytest.fixture(autouse=True)
def closed():
    yield
    close_reader()


def of_video(material, first, stop, model=None, number=0):
    film = str(material / "belt.avi")
    return TriageChunk(number, film, "video", "rec", "belt.avi", 2.0, first, stop, (), model)


def test_a_chunk_of_video_is_listed_measured_and_answered(material, model):
    rows = analyse_frames(of_video(material, 40, 80, model))
    assert [frame.source_index for frame in rows.frames] == list(range(40, 80, 2))
    assert [frame.frame_id for frame in rows.frames][:2] == ["rec-000040", "rec-000042"]
    assert rows.looks.shape == (20, 90, 160)
    assert len(rows.facts) == len(rows.thumbnails) == 20
    actual = [makers.COLOURS[int(one.answer.argmax())] for one in rows.predictions]
    assert actual == makers.cycle(80)[40:80:2]
    assert rows.ended_at is None


@pytest.mark.long
def test_the_same_chunk_gives_the_same_rows_in_any_order_and_thread(material):
    starts = enumerate(range(0, 240, 40))
    chunks = [of_video(material, first, first + 40, number=number) for number, first in starts]
    forward = {chunk.number: analyse_frames(chunk) for chunk in chunks}
    with ThreadPoolExecutor(2) as pool:
        pairs = zip(range(5, -1, -1), pool.map(analyse_frames, reversed(chunks)), strict=True)
        backward = dict(pairs)
    for number, rows in forward.items():
        assert rows.frames == backward[number].frames
        assert np.array_equal(rows.looks, backward[number].looks)


def test_the_end_is_met_by_the_chunk_that_holds_it_and_counted_once(material):
    rows = [analyse_frames(of_video(material, first, first + 60)) for first in (180, 0, 60, 120)]
    last = analyse_frames(of_video(material, 200, 2**62))
    assert last.ended_at == 240
    assert sum(one.n_unreadable for one in [*rows, last]) == 0


def test_pictures_that_cannot_be_read_are_told(tmp_path):
    folder = makers.picture_folder(tmp_path / "f", ["red", "blue"])
    (folder / "0002.png").write_text("no image")
    files = ("0000.png", "0001.png", "0002.png")
    rows = analyse_frames(TriageChunk(0, str(folder), "folder", "rec", "f", 2.0, 10, 13, files))
    expected = [("f/0000.png", 10, 5.0), ("f/0001.png", 11, 5.5)]
    assert [(frame.source, frame.source_index, frame.t_s) for frame in rows.frames] == expected
    assert [one.file for one in rows.skipped] == ["0002.png"]
    assert rows.n_unreadable == 1
    assert rows.predictions == ()


def test_a_chunk_without_one_readable_picture_has_no_rows(tmp_path):
    (tmp_path / "a.png").write_text("no image")
    chunk = TriageChunk(0, str(tmp_path), "folder", "rec", "f", 2.0, 0, 1, ("a.png",))
    rows = analyse_frames(chunk)
    assert rows.frames == ()
    assert rows.looks.shape == (0, 90, 160)


def test_reading_alone_gives_frames_and_what_was_skipped(tmp_path):
    folder = makers.picture_folder(tmp_path / "f", ["red"])
    (folder / "z.png").write_text("no image")
    chunk = TriageChunk(0, str(folder), "folder", "rec", "f", 2.0, 0, 2, ("0000.png", "z.png"))
    found = list(read_chunk(chunk))
    assert [type(one) for one in found] == [Frame, SkippedFile]


def test_the_session_of_a_model_is_opened_once_also_for_threads_that_ask_together(model):
    get_thread_runner.cache_clear()
    together = threading.Barrier(4)

    def ask(_):
        together.wait()
        return get_shared_runner(model)

    with ThreadPoolExecutor(4) as pool:
        assert len({id(one) for one in pool.map(ask, range(4))}) == 1
    assert get_thread_runner.cache_info().misses == 1


def test_a_tiny_model_is_measured_once_wherever_it_lies(model, tmp_path, monkeypatch):
    measured, measure = [], ModelRunner._is_faster_in_batches
    monkeypatch.setattr(
        ModelRunner,
        "_is_faster_in_batches",
        lambda runner: measured.append(runner) or measure(runner),
    )
    monkeypatch.setattr(triage_module, "_batches", {})
    found = [
        get_shared_runner(replace(model, path=shutil.copy(model.path, tmp_path / name))).batch_size
        for name in ("a.onnx", "b.onnx")
    ]
    assert (len(measured), len(set(found))) == (1, 1)


def test_another_file_in_the_place_of_the_model_gives_no_answers_under_its_name(model, tmp_path):
    file = str(makers.colour_model(tmp_path / "net.onnx", gain=10.0))
    other = ModelFile(file, model.sha256, model.card)
    with pytest.raises(ModelRejected) as refused:
        get_shared_runner(other)
    assert refused.value.problem == "changed"


def test_answers_come_batch_by_batch_in_order(model):
    answers = BatchPredictor(model)
    for number, colour in enumerate(makers.cycle(40)):
        answers.add_image(str(number), makers.picture(colour, number))
    found = answers.get_predictions()
    assert [one.subject for one in found] == [str(number) for number in range(40)]
    assert [makers.COLOURS[int(one.answer.argmax())] for one in found] == makers.cycle(40)


def test_without_a_model_there_are_no_answers():
    answers = BatchPredictor(None)
    answers.add_image("a", makers.picture("red"))
    assert answers.get_predictions() == ()


def test_who_is_asked_to_stop_reads_no_further_frame(material):
    flag = CancelToken()
    with use_cancel_token(flag):
        frames = read_chunk(of_video(material, 0, 20))
        next(frames)
        flag.cancel()
        with pytest.raises(Cancelled):
            next(frames)


def test_every_thread_has_a_reader_of_its_own(material):
    found = []
    thread = threading.Thread(
        target=lambda: found.append(analyse_frames(of_video(material, 0, 20)))
    )
    thread.start()
    mine = analyse_frames(of_video(material, 0, 20))
    thread.join()
    assert found[0].frames == mine.frames
