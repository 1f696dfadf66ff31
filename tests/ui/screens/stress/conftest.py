import pytest

from tests.models import live_models


@pytest.fixture(scope="session")
def colours(tmp_path_factory):
    """The classifier of the strongest colour."""
    return live_models.colours_of(tmp_path_factory.mktemp("colours"))


@pytest.fixture(scope="session")
def boxes(tmp_path_factory):
    """The detector of red."""
    return live_models.boxes_of(tmp_path_factory.mktemp("boxes"))
