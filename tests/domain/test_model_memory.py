import json
from dataclasses import replace

from fieldcheck.domain.latency import ModelMemory
from tests.latency.test_model_memory import GRID, MEMORY


def test_what_is_kept_comes_back_as_it_was():
    for grid in (GRID, replace(GRID, frame=None, cell=None), None):
        memory = replace(MEMORY, grid=grid)
        assert ModelMemory.from_json(json.loads(json.dumps(memory.to_json()))) == memory
