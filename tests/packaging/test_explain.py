import importlib.util
from pathlib import Path
from xml.etree import ElementTree

import pytest

CHECKOUT = Path(__file__).parent.parent.parent
spec = importlib.util.spec_from_file_location("explain", CHECKOUT / "packaging" / "explain.py")
explain = importlib.util.module_from_spec(spec)
spec.loader.exec_module(explain)
PAGE = (CHECKOUT / "docs" / "methods-explained.md").read_text("utf-8")


@pytest.fixture(scope="module")
def drawn():
    return {name: draw() for name, draw in explain.DRAWINGS.items()}


def test_the_kept_drawings_show_what_the_product_computes_today(drawn):
    assert {name: (explain.KEPT / f"{name}.svg").read_text("utf-8") for name in drawn} == drawn
    assert {path.stem for path in explain.KEPT.iterdir()} == set(drawn)


@pytest.mark.parametrize("name", explain.DRAWINGS)
def test_a_drawing_stands_on_the_page_has_a_title_and_follows_the_theme(name, drawn):
    assert f"](explained/{name}.svg)" in PAGE
    root = ElementTree.fromstring(drawn[name])
    assert root.find("{http://www.w3.org/2000/svg}title").text
    assert "prefers-color-scheme:dark" in drawn[name]


@pytest.mark.parametrize("name", explain.DRAWINGS)
def test_no_words_run_over_the_edge_of_a_drawing(name, drawn):
    wide = 0.6 * 14  # of a letter, at the most on the average of a line
    for one in ElementTree.fromstring(drawn[name]).iter("{http://www.w3.org/2000/svg}text"):
        length, css = wide * len(one.text), one.get("class").split()
        left = float(one.get("x")) - (length if "e" in css else length / 2 if "m" in css else 0)
        assert -0.1 * length < left < explain.WIDTH - 0.8 * length, one.text


def test_the_page_prints_the_figures_of_its_drawings(drawn):
    assert "gap 36 pp (26–47)" in drawn["gap"]
    assert "from 97% to 61% it is 36 pp" in " ".join(PAGE.split())
    texts = ElementTree.fromstring(drawn["hundred"]).iter()
    assert {"1 in 6", "1 in 16"} <= {one.text.partition(": ")[2] for one in texts if one.text}
    assert all(said in drawn["blind-spot"] for said in ("not demonstrated", "demonstrated ▲"))
