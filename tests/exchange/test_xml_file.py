import pytest

from fieldcheck.errors import LabelsRefused
from fieldcheck.exchange.xml_file import DEEPEST, parse_xml, read_xml


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
