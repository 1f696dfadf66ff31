"""The safety line of every move and rename: what the product prints for six projects is the same to the byte."""

import pytest

from tests.outputs.projects import PROJECTS, outputs_of
from tests.outputs.stored import EXPECTED, difference, read


@pytest.mark.parametrize("name", PROJECTS)
def test_the_product_prints_what_it_printed(name, tmp_path):
    expected, outputs = read(EXPECTED / name), outputs_of(name, tmp_path)
    found = difference(expected, outputs)
    assert not found, f"{name} differs; where that is meant, `python -m tests.outputs {name}` stores it anew\n{found}"
