import shutil
from dataclasses import replace

from fieldcheck.progress import Silent
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.report.summary_page import warnings
from fieldcheck.workflows.models.changed_benchmark import changed_benchmark
from fieldcheck.workflows.models.models import find_model
from fieldcheck.workflows.models.run_model import benchmark_root, run_on
from tests import makers
from tests.report.example_report import example_report


def test_a_picture_that_was_changed_after_its_answer_is_told_until_the_next_run(drawn):
    model, root = find_model(drawn), benchmark_root(drawn, drawn.read(benchmarks_table.get))
    assert changed_benchmark(drawn, model) == ()  # nothing was answered
    run_on(drawn, model, "benchmark", Silent(), makers.NOW)
    kept = (root / "green/000.png").read_bytes()
    try:
        shutil.copyfile(root / "blue/001.png", root / "green/000.png")
        assert changed_benchmark(drawn, model) == ("green/000.png",)
        run_on(drawn, model, "benchmark", Silent(), makers.NOW)
        assert changed_benchmark(drawn, model) == ()
    finally:
        (root / "green/000.png").write_bytes(kept)


def test_what_was_written_long_before_the_model_was_asked_is_not_read_again(drawn, monkeypatch):
    model = find_model(drawn)
    run_on(drawn, model, "benchmark", Silent(), "2096-03-01T09:00:00+00:00")
    monkeypatch.setattr("fieldcheck.workflows.models.changed_benchmark.is_another", None)
    assert changed_benchmark(drawn, model) == ()


def test_the_report_says_on_which_pictures_its_benchmark_score_rests():
    said = warnings(replace(example_report(), changed_benchmark=("red/1.png", "red/2.png")))
    assert any(
        line.startswith("2 benchmark images changed since they were last run: benchmark score and gap refer to the old images.")
        for line in said
    )
