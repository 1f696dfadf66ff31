"""The report as a PDF for paper and for readers' aids, and the same pages as pictures. `resources/report/report.typ` sets both.

The template is our own file; everything else reaches typst as `json()` and as files of a temporary root, which is all that it can read.
"""

from __future__ import annotations

import json
import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from fieldcheck import resources
from fieldcheck.files import TEMPORARY, map_os_errors
from fieldcheck.report.glyphs import get_font_folder
from fieldcheck.report.page import build_page
from fieldcheck.report.report import Report
from fieldcheck.report.typesetting import build_typst_input
from fieldcheck.words import language

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pdf:
    """`tagged`: structure and alternative texts are in the file, as PDF/UA-1 asks for."""

    data: bytes = field(repr=False)
    tagged: bool


def render_pdf(report: Report) -> Pdf:
    """The report as PDF/UA-1, or untagged where typst finds something that this standard forbids. The same report gives the same bytes.

    Raises DiskFull, ReadOnlyPlace for the temporary folder.
    """
    with _write_template_folder(report) as template:
        stamp = int(datetime.fromisoformat(report.created).timestamp())
        try:
            return Pdf(_compile_template(template, format="pdf", pdf_standards=["ua-1"], timestamp=stamp)[0], tagged=True)
        except typst.TypstError as error:
            _log.warning("the PDF is printed without tags: %s", error.diagnostic)
        return Pdf(_compile_template(template, format="pdf", pdf_tags=False, timestamp=stamp)[0], tagged=False)


def render_page_images(report: Report, ppi: float) -> tuple[bytes, ...]:
    """Every page as a PNG, white ground, at `ppi` pixels an inch: A4 at 96 is 794 x 1123. Raises as `render_pdf`."""
    with _write_template_folder(report) as template:
        return _compile_template(template, format="png", ppi=ppi)


@contextmanager
def _write_template_folder(report: Report) -> Iterator[Path]:
    """A folder with the template and all that it reads; gives the template's path."""
    with language.use_language(report.language):
        given = build_typst_input(build_page(report))
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
        root = Path(folder)
        with map_os_errors(root):
            (root / "page.json").write_text(json.dumps(given.document), encoding="ascii")
            (root / "report.typ").write_bytes(resources.get_resource_path("report/report.typ").read_bytes())
            for name, data in given.files.items():
                (root / name).write_bytes(data)
        yield root / "report.typ"


def _compile_template(template: Path, **wanted: Any) -> tuple[bytes, ...]:
    """What typst makes of the template: one PDF, or one picture a page. Only the shipped fonts exist for it."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[get_font_folder()])
    made, told = typst.compile_with_warnings(template, root=template.parent, font_paths=fonts, ignore_system_fonts=True, **wanted)
    for one in told:
        warnings.warn(one, stacklevel=2)
    return tuple(made) if isinstance(made, list) else (made,)
