"""Writes the expected outputs of the projects named, or of all, anew."""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.outputs.projects import PROJECTS, outputs_of
from tests.outputs.stored import EXPECTED, PROCESSOR, processor, write


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(PROJECTS))
    if unknown:
        sys.stderr.write(
            f"No such project: {', '.join(unknown)}. Projects: {', '.join(PROJECTS)}.\n"
        )
        return 2
    for name in names or PROJECTS:
        work = Path(tempfile.mkdtemp(prefix="outputs-"))
        try:
            write(EXPECTED / name, {**outputs_of(name, work), PROCESSOR: processor()})
        finally:
            shutil.rmtree(work)
        sys.stdout.write(f"{name} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
