import os

import pytest

from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats import untrusted_files
from fieldcheck.labels.formats.untrusted_files import DEEPEST, get_root_name, parse_xml, read_xml


@pytest.fixture
def root(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "1.png").write_bytes(b"")
    (tmp_path / "secret.png").write_bytes(b"")
    return tmp_path / "set"


@pytest.mark.parametrize(
    ("said", "path"),
    [("1.png", "1.png"), ("./a/2.png", "a/2.png"), ("a\\3.png", "a/3.png"), (" 1.png ", "1.png")],
)
def test_a_path_inside_is_taken_with_forward_slashes(root, said, path):
    assert untrusted_files.resolve_relative_path(root, said, root) == path


@pytest.mark.parametrize("said", [
    "../secret.png", "a/../../secret.png", "/etc/passwd", "C:\\x.png", "\\\\host\\share\\x.png",
    "http://host/x.png", "", "\0", "\ud800", "x" * 5000,
])  # fmt: skip
def test_a_path_that_leads_out_is_refused(root, said):
    with pytest.raises(LabelsRefused) as caught:
        untrusted_files.resolve_relative_path(root, said, root)
    assert caught.value.problem == "malformed"


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_is_not_followed(root):
    (root / "link.png").symlink_to(root.parent / "secret.png")
    with pytest.raises(LabelsRefused):
        untrusted_files.resolve_relative_path(root, "link.png", root)


@pytest.mark.parametrize(
    "said", ["nan", "inf", "-inf", "1e400", 10**400, 1e9, "", "1,5", None, True, [1], {}]
)
def test_a_figure_that_is_no_plain_number_is_refused(root, said):
    with pytest.raises(LabelsRefused):
        untrusted_files.parse_number(said, root, "x")


@pytest.mark.parametrize("said", ["", "  ", "a\nb", "\x1b[31m", "\ud800", "x" * 501, None, 3])
def test_a_class_name_that_is_no_line_of_text_is_refused(root, said):
    with pytest.raises(LabelsRefused):
        untrusted_files.parse_class_name(said, root, "class")


def test_text_that_is_not_utf_8_is_refused_with_its_place(root):
    (root / "a.csv").write_bytes(b"file,class\n\xff")
    with pytest.raises(LabelsRefused) as caught:
        untrusted_files.read_text(root / "a.csv")
    assert caught.value.detail == "a.csv: byte 11"


def test_a_folder_in_place_of_a_file_and_a_file_too_large_are_refused(root):
    for path, limit in ((root, 100), (root / "big", 3)):
        if path is not root:
            path.write_bytes(b"1234")
        with pytest.raises(LabelsRefused):
            untrusted_files.read_bytes(path, limit)


def test_what_is_shown_of_a_stranger_is_short_and_printable():
    assert untrusted_files.format_untrusted("a\x1b[2Jb") == "a�[2Jb"
    assert len(untrusted_files.format_untrusted("x" * 1000)) == 61
    assert untrusted_files.format_untrusted({"a": 1}) == "dict"


@pytest.mark.parametrize("text", ["1_0", "\u0661", "", "1,5", "x", "\uff11"])
def test_only_plain_digits_are_a_number(text):
    with pytest.raises(ValueError, match=r".*"):
        untrusted_files.parse_float(text)
    assert untrusted_files.parse_float(" 1.5e1 ") == 15.0


def test_keys_of_a_json_file_are_those_of_its_object_and_of_nothing_inside(tmp_path):
    file = tmp_path / "a.json"
    for text, keys in (
        (
            '{"a": {"deep": 1}, "b": "\\"shapes\\": {", "c": [{"d": 1}], "e":',
            ("{", {"a", "b", "c", "e"}),
        ),
        ('[{"a": 1, "b": {"deep": 2}}, {"c": 3}]', ("[", {"a", "b", "c"})),
        ('\ufeff  {"a": 1}', ("{", {"a"})),
        ("no JSON", ("", set())),
        ('{"a": "' + "x" * 100_000, ("{", {"a"})),
    ):
        file.write_text(text, encoding="utf-8")
        assert untrusted_files.peek_json_keys(file) == keys


def test_a_plain_document_is_read_with_windows_ends_of_lines_and_a_mark(tmp_path):
    (tmp_path / "a.xml").write_bytes("\ufeff<a>\r\n<b>ü</b>\r\n</a>".encode())
    assert read_xml(tmp_path / "a.xml").findtext("b") == "ü"


@pytest.mark.parametrize("said", [
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    b"<a>",
    b"",
    b"<a>\xff</a>",
    b'<?xml version="1.0" encoding="nonsense"?><a/>',
    b"<a>" * (DEEPEST + 1) + b"</a>" * (DEEPEST + 1),
])  # fmt: skip
def test_a_document_with_tricks_or_faults_is_refused(tmp_path, said):
    with pytest.raises(LabelsRefused):
        parse_xml(said, tmp_path / "a.xml")
    assert parse_xml(b"<a>" * DEEPEST + b"</a>" * DEEPEST, tmp_path / "a.xml").tag == "a"


@pytest.mark.parametrize(("text", "root"), [
    ('<?xml version="1.0"?><!-- <b> --><a c="1"><b/></a>', "a"),
    ("<a", ""),
    ("", ""),
    ("<!DOCTYPE x><a>", "a"),
    ("no XML", ""),
    ('<!DOCTYPE a [<!ENTITY b "<c/>">]><a>&b;</a>', "a"),
])  # fmt: skip
def test_the_root_is_the_first_element_whatever_stands_before_it(tmp_path, text, root):
    (tmp_path / "a.xml").write_text(text)
    assert get_root_name(tmp_path / "a.xml") == root


def test_the_root_of_a_file_in_another_encoding_is_known(tmp_path):
    data = '<?xml version="1.0" encoding="utf-16"?><annotation/>'.encode("utf-16")
    (tmp_path / "a.xml").write_bytes(data)
    assert get_root_name(tmp_path / "a.xml") == "annotation"
