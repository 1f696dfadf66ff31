"""Run as a program: loads every library that the product needs, then does with a project of labels
what the demo leaves out.

`python -m tests.journeys.the_rest_offline PROJECT FOLDER`
"""

import importlib
import re
import sys
from importlib import metadata
from pathlib import Path

from fieldcheck.cli.main import main

# Comes with tuf, whose downloader the program never loads; at its import it tries whether the
# machine has IPv6. `tests/test_update.py` holds that an update loads none of it either.
NEVER_LOADED = frozenset({"urllib3"})
FORMATS = ("csv", "imagefolder", "labelme", "recipe")


def libraries():
    """Names under which the libraries are imported that whoever installs the product gets, those of
    libraries too."""
    wanted, found = ["fieldcheck"], set()
    while wanted:
        for line in metadata.requires(wanted.pop()) or ():
            name = re.match(r"[\w.-]+", line)[0].lower().replace("_", "-")
            if "extra ==" not in line and name not in found and installed(name):
                found.add(name)
                wanted.append(name)
    tops = metadata.packages_distributions()
    return sorted(
        top
        for top, owners in tops.items()
        if {one.lower().replace("_", "-") for one in owners} & found
        and top.isidentifier()
        and top not in NEVER_LOADED
    )


def installed(name):
    """False for what another system or Python would need."""
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def load(name):
    """Whether it can be imported; some folders of a wheel are no module."""
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def do(*words):
    code = main([str(one) for one in words])
    if code:
        raise SystemExit(f"{words}: {code}")


def rest(project, out):
    do("stress", project, "--corruption", "motion", "--severity", "mild")
    do("probe", project)
    for name in FORMATS:
        do("export", project, "--format", name, "--out", out / name)
    do("pack", project, out / "site.fcpack")
    do("verify", out / "site.fcpack")
    do("check", project)


if __name__ == "__main__":
    loaded = [name for name in libraries() if load(name)]
    rest(Path(sys.argv[1]), Path(sys.argv[2]))
    if strange := NEVER_LOADED & set(sys.modules):
        raise SystemExit(f"loaded by the program: {strange}")
    sys.stdout.write("loaded " + " ".join(loaded) + "\n")
