import pytest

from fieldcheck.errors.labels import LabelsRefused
from fieldcheck.labels.formats.untrusted_files import DEEPEST, get_root_name, parse_xml, read_xml


def test_a_plain_document_is_read_with_windows_ends_of_lines_and_a_mark(tmp_path):
    (tmp_path / "a.xml").write_bytes("\ufeff<a>\r\n<b>ü</b>\r\n</a>".encode())
    assert read_xml(tmp_path / "a.xml").findtext("b") == "ü"


@pytest.mark.parametrize(
    "said",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a>", b"", b"<a>\xff</a>", b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b"<a>" * (DEEPEST + 1) + b"</a>" * (DEEPEST + 1),
    ],
)  # fmt: skip
def test_a_document_with_tricks_or_faults_is_refused(tmp_path, said):
    with pytest.raises(LabelsRefused):
        parse_xml(said, tmp_path / "a.xml")
    assert parse_xml(b"<a>" * DEEPEST + b"</a>" * DEEPEST, tmp_path / "a.xml").tag == "a"


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ('<?xml version="1.0"?><!-- <b> --><a c="1"><b/></a>', "a"), ("<a", ""), ("", ""), ("<!DOCTYPE x><a>", "a"), ("no XML", ""),
        ('<!DOCTYPE a [<!ENTITY b "<c/>">]><a>&b;</a>', "a"),
    ],
)  # fmt: skip
def test_the_root_is_the_first_element_whatever_stands_before_it(tmp_path, text, root):
    (tmp_path / "a.xml").write_text(text)
    assert get_root_name(tmp_path / "a.xml") == root


def test_the_root_of_a_file_in_another_encoding_is_known(tmp_path):
    (tmp_path / "a.xml").write_bytes(
        '<?xml version="1.0" encoding="utf-16"?><annotation/>'.encode("utf-16")
    )
    assert get_root_name(tmp_path / "a.xml") == "annotation"
