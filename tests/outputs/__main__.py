"""Writes the expected outputs of the projects named, or of all, anew."""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.outputs.program import forked_commands
from tests.outputs.projects import PROJECTS, outputs_of
from tests.outputs.stored import EXPECTED, PROCESSOR, processor, write


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(PROJECTS))
    if unknown:
        sys.stderr.write(
            f"No such project: {', '.join(unknown)}. Projects: {', '.join(PROJECTS)}.\n"
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="outputs-") as folder, forked_commands() as forking:
        for name in names or PROJECTS:
            work = Path(folder) / name
            work.mkdir()
            found = outputs_of(name, work, forking)
            write(EXPECTED / name, {**found, PROCESSOR: processor()})
            shutil.rmtree(work)
            sys.stdout.write(f"{name} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
