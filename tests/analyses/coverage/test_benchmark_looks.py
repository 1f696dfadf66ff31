import numpy as np
from PIL import Image

from fieldcheck.analyses import coverage as looks
from fieldcheck.domain.label import Benchmark, BenchmarkItem
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.quality import measure_quality
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as benchmarks_table

TAKEN = 0x0132


def pictures(folder, n):
    for k in range(n):
        notes = Image.Exif()
        if k % 2:
            notes[TAKEN] = "2026:07:03 21:15:00"
        Image.new("RGB", (40, 30), (10 + k, 10 + k, 10 + k)).save(
            folder / f"{k:02d}.jpg", exif=notes
        )
    items = tuple(BenchmarkItem(f"{k:02d}.jpg", "a") for k in range(n))
    return Benchmark(str(folder), "csv", None, ("a",), items)


def test_light_and_time_are_those_of_the_files(empty, tmp_path):
    benchmark = pictures(tmp_path, 4)
    found = looks.measure_benchmark_images(empty, benchmark, NullProgress())
    assert sorted(found) == ["00.jpg", "01.jpg", "02.jpg", "03.jpg"]
    assert found["01.jpg"][0] == np.float32(measure_quality(read_image(tmp_path / "01.jpg")).mean)
    assert found["01.jpg"][3:].tolist() == [21, 7]
    assert np.isnan(found["00.jpg"][3:]).all()


def test_a_second_time_no_picture_is_read(empty, tmp_path):
    benchmark = pictures(tmp_path, 3)
    first = looks.measure_benchmark_images(empty, benchmark, NullProgress())
    for file in tmp_path.glob("*.jpg"):
        file.unlink()
    again = looks.measure_benchmark_images(empty, benchmark, NullProgress())
    actual = {name: row.tolist()[:3] for name, row in again.items()}
    assert actual == {name: row.tolist()[:3] for name, row in first.items()}


def test_a_picture_that_is_gone_or_damaged_has_no_row(empty, tmp_path):
    benchmark = pictures(tmp_path, 3)
    (tmp_path / "00.jpg").unlink()
    (tmp_path / "01.jpg").write_bytes(b"\xff\xd8\xff no picture")
    assert list(looks.measure_benchmark_images(empty, benchmark, NullProgress())) == ["02.jpg"]


def test_a_large_benchmark_is_drawn_from_and_always_alike(monkeypatch, empty):
    monkeypatch.setattr(looks, "MOST", 5)
    benchmark = empty.read(benchmarks_table.get_benchmark)
    drawn = looks.sample_paths(benchmark)
    assert (len(drawn), drawn) == (5, looks.sample_paths(benchmark))
    assert set(drawn) < {item.path for item in benchmark.items}
