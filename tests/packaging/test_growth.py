import importlib.util
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.fixture
def growth(monkeypatch):
    monkeypatch.syspath_prepend(str(CHECKOUT / "packaging"))
    spec = importlib.util.spec_from_file_location("growth", CHECKOUT / "packaging" / "growth.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_work_is_measured_in_turn_with_as_many_runs(growth):
    done = []
    assert len(growth.measured([lambda: done.append("a"), lambda: done.append("b")])) == 2
    assert "".join(done) == "a" + "ab" * growth.RUNS
    growth.corruptions(1)()


def test_the_plots_of_the_page_name_seven_numbers_and_the_machine():
    drawn = (CHECKOUT / "docs" / "growth.svg").read_text("utf-8")
    expected = ["frames", "images", "labels", "clips", "classes", "projects", "corruptions"]
    assert re.findall(r'class="b">(\w+)', drawn) == expected
    assert len(re.findall(r"[\d,]+ → [\d,]+ ms", drawn)) == 7
    assert re.search(r"medians of \d+ runs; Linux \S+, \d+ cores", drawn)
