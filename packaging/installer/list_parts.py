"""Parts of the frozen program: names of the packages it needs, the SBOM reduced to them, and a
table of the largest by size."""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from importlib import metadata
from pathlib import Path

LARGEST = 10


def main() -> None:
    """Print names, reduce an SBOM, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", nargs="?", help="print it and all it needs, a name per line")
    parser.add_argument("--only", nargs=2, type=Path, metavar=("NAMES", "SBOM"))
    parser.add_argument("--sizes", type=Path, metavar="FOLDER", help="of the frozen program")
    options = parser.parse_args()
    if options.package:
        print("\n".join(list_needed_packages(options.package)))
    if options.only:
        names, sbom = options.only
        reduce_sbom(sbom, set(names.read_text(encoding="utf-8").split()))
    if options.sizes:
        print(format_sizes(measure_parts(options.sizes)))


def normalise(name: str) -> str:
    """The name of a package as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def list_needed_packages(package: str) -> list[str]:
    """A package and all that it needs on this system without extras, by name."""
    packages: set[str] = set()
    waiting = [package]
    while waiting:
        name = normalise(waiting.pop())
        try:
            requires = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # needed on other systems only
            continue
        if name not in packages:
            packages.add(name)
            waiting += [
                match[0]
                for line in requires
                if "extra ==" not in line and (match := re.match(r"[A-Za-z0-9._-]+", line))
            ]
    return sorted(packages)


def reduce_sbom(path: Path, names: set[str]) -> None:
    """Keep the components of these packages, without what belongs to the build machine."""
    document = json.loads(path.read_text(encoding="utf-8"))
    components = [
        component for component in document["components"] if normalise(component["name"]) in names
    ]
    references = {component["bom-ref"] for component in components}
    for component in components:
        component.pop("externalReferences", None)
    document["components"] = components
    document["dependencies"] = [
        {
            **component,
            "dependsOn": [ref for ref in component.get("dependsOn", ()) if ref in references],
        }
        for component in document.get("dependencies", ())
        if component["ref"] in references
    ]
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def measure_parts(folder: Path) -> Counter[str]:
    """Bytes of each part of the frozen program: a package with its libraries, or a file."""
    sizes: Counter[str] = Counter()
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            inside = file.relative_to(folder).parts
            part = inside[1] if inside[0] == "_internal" and len(inside) > 1 else inside[0]
            sizes[part.removesuffix(".libs").split("-")[0]] += file.stat().st_size
    return sizes


def format_sizes(sizes: Counter[str]) -> str:
    """The largest parts as a table in Markdown, and the whole."""
    rows = [f"| {name} | {size / 1e6:.1f} |" for name, size in sizes.most_common(LARGEST)]
    whole = sum(sizes.values())
    rest = whole - sum(size for _, size in sizes.most_common(LARGEST))
    rows += [f"| everything else | {rest / 1e6:.1f} |", f"| **whole** | **{whole / 1e6:.1f}** |"]
    return "\n".join(["| part | MB |", "|---|---|", *rows])


if __name__ == "__main__":
    main()
