import os

import pytest

from fieldcheck import settings
from fieldcheck.settings import Settings


def test_what_is_saved_is_loaded(tmp_path):
    kept = Settings(
        "de", ("/a/Linie 4.fieldcheck", "/b"), theme="hc_dark", size=125, gloves=True,
        too_fast_ms=0, name="K. M.", report_language="en",
    )  # fmt: skip
    settings.save_settings(tmp_path / "new folder", kept)
    assert settings.load_settings(tmp_path / "new folder") == kept


def test_no_file_gives_the_usual_settings(tmp_path):
    assert settings.load_settings(tmp_path) == Settings()


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '"de"', "\xff"])
def test_a_broken_file_is_kept_aside_and_the_usual_settings_hold(tmp_path, text):
    (tmp_path / settings.NAME).write_text(text, "latin-1")
    assert settings.load_settings(tmp_path) == Settings()
    assert os.listdir(tmp_path) == [settings.BROKEN]
    assert (tmp_path / settings.BROKEN).read_text("latin-1") == text


def test_a_value_of_another_kind_falls_back_alone(tmp_path):
    path = tmp_path / settings.NAME
    (path).write_text('{"language": 7, "recent": ["/a", 3, null], "size": true, "later": true}')
    assert settings.load_settings(tmp_path) == Settings(language="", recent=("/a",), size=100)


def test_settings_are_readable_by_people(tmp_path):
    settings.save_settings(tmp_path, Settings(language="de", recent=("/Straße",)))
    expected = '{\n  "language": "de",\n  "recent": [\n    "/Straße"\n  ],\n'
    assert (tmp_path / settings.NAME).read_text("utf-8").startswith(expected)
