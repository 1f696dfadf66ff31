import shutil
from dataclasses import replace

from fieldcheck.models.benchmark import list_changed_images
from fieldcheck.models.run import get_benchmark_root, run_on_set
from fieldcheck.models.store import find_model
from fieldcheck.progress import NullProgress
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.report.summary_page import list_warnings
from tests import makers
from tests.report.example_report import example_report


def test_a_picture_that_was_changed_after_its_answer_is_told_until_the_next_run(drawn):
    model = find_model(drawn)
    root = get_benchmark_root(drawn, drawn.read(benchmarks_table.get_benchmark))
    assert list_changed_images(drawn, model) == ()  # nothing was answered
    run_on_set(drawn, model, "benchmark", NullProgress(), makers.NOW)
    kept = (root / "green/000.png").read_bytes()
    try:
        shutil.copyfile(root / "blue/001.png", root / "green/000.png")
        assert list_changed_images(drawn, model) == ("green/000.png",)
        run_on_set(drawn, model, "benchmark", NullProgress(), makers.NOW)
        assert list_changed_images(drawn, model) == ()
    finally:
        (root / "green/000.png").write_bytes(kept)


def test_what_was_written_long_before_the_model_was_asked_is_not_read_again(drawn, monkeypatch):
    model = find_model(drawn)
    run_on_set(drawn, model, "benchmark", NullProgress(), "2096-03-01T09:00:00+00:00")
    monkeypatch.setattr("fieldcheck.models.benchmark.is_changed_file", None)
    assert list_changed_images(drawn, model) == ()


def test_the_report_says_on_which_pictures_its_benchmark_score_rests():
    said = list_warnings(replace(example_report(), changed_benchmark=("red/1.png", "red/2.png")))
    assert any(
        line.startswith(
            "2 benchmark images changed since they were last run: benchmark score and gap "
            "refer to the old images."
        )
        for line in said
    )
