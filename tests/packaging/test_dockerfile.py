"""The image for build servers, as far as its text can be held: no image is built here."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
LINES = re.sub(r"\\\n", " ", (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")).splitlines()


def values(word):
    return [line.removeprefix(f"{word} ") for line in LINES if line.startswith(f"{word} ")]


def test_what_is_copied_first_is_there_and_is_installed_by_its_hashes():
    pins = values("COPY")[0].split()[0]
    assert (CHECKOUT / pins).is_file()
    assert any("--require-hashes" in one and pins in one for one in values("RUN"))


def test_it_runs_as_an_ordinary_user_from_a_plain_base_and_starts_the_terminal():
    assert values("USER") == ["fieldcheck"]
    expected = ["USER", "WORKDIR", "ENTRYPOINT", "CMD"]
    assert [line.split(" ", 1)[0] for line in LINES if line][-4:] == expected
    assert re.fullmatch(r"python:[\d.]+-slim", values("FROM")[0])
    assert values("ENTRYPOINT") == ['["fieldcheck"]']


def test_nothing_is_fetched_when_it_runs():
    assert not [line for line in LINES if re.search(r"https?://|\b(curl|wget|ADD)\b", line)]
