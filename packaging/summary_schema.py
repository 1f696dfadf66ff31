"""Puts the parts of `resources/report/summary.schema.json` that follow from dataclasses in their
place.

`.venv/bin/python packaging/summary_schema.py` after a section of the report with facts of its own
was added or its facts changed; the test of `report/folder.py` names it when the file is out of
date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
KEPT = CHECKOUT / "resources" / "report" / "summary.schema.json"


def main() -> None:
    """Writes the file anew from the classes of this checkout, whichever is installed; what stands
    in it by hand stays."""
    sys.path.insert(0, str(CHECKOUT))
    from fieldcheck.report.folder import build_section_schemas

    schema = json.loads(KEPT.read_text(encoding="utf-8"))
    schema["properties"] |= build_section_schemas()
    KEPT.write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
