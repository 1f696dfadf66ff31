from collections.abc import Iterator

import pytest

from tests.models.doctor import patients


@pytest.fixture(scope="module", autouse=True)
def patients_leave() -> Iterator[None]:
    """Models and pictures of a file of tests are given back at its end: 200 MB."""
    yield
    patients.patient.cache_clear()
    patients.footage.cache_clear()
