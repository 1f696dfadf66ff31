import pytest

from tests.journeys.program import Program


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path / "home")
