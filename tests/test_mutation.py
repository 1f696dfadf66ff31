import importlib.util
import sys

import pytest

from tests.mutants import put_in
from tests.mutation import tally

SOURCE = """
from functools import cache
from dataclasses import dataclass

def plain(a, b=2):
    return a + b

@cache
def cached(a):
    return a + 10

@dataclass
class Pair:
    a: int

    @property
    def twice(self):
        return self.a + self.a
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "mutated_here.py").write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("mutated_here", tmp_path / "mutated_here.py")
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "mutated_here", made)
    spec.loader.exec_module(made)
    return made


def test_whoever_imported_a_function_before_has_the_changed_one(module):
    plain, cached, pair = module.plain, module.cached, module.Pair(5)
    put_in(module, SOURCE.replace("+", "-").replace("b=2", "b=3"))
    assert (plain(5), cached(5), pair.twice) == (2, -5, 0)


def test_a_mutant_that_no_test_noticed_counts_in_its_room():
    limited = ("fieldcheck/analyses/c.py", "limits")
    told = [("fieldcheck/stats/a.py", "x"), ("fieldcheck/stats/b.py", None), limited]
    expected = {"stats": {"mutants": 2, "killed": 1}, "analyses": {"mutants": 1, "killed": 1}}
    assert tally(told) == expected
