"""Records how this machine's kernel and udev lay out the cameras that are plugged in, for the tests
of `cameras`. Opens none of them.

    python3 packaging/record_devices.py "laptop with two webcams" > tests/footage/trees/NAME.json

Linux only, and nothing but Python is needed. What goes into the file: the kernel's release, the
links and the files named below, and nothing else of the machine. A serial number names your very
camera; `--hide-serials` puts as many X in its place wherever it stands.
`tests/footage/test_device_trees.py` lays every file of that folder out again; add there what
`cameras` must say of yours.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

NODE_FILES = ("name", "index", "dev", "uevent")
INTERFACE_FILES = ("bInterfaceNumber", "modalias", "uevent")
DEVICE_FILES = (
    "idVendor", "idProduct", "bcdDevice", "manufacturer", "product", "serial", "busnum", "devpath",
    "uevent",
)  # fmt: skip
LINKS = ("by-id", "by-path")


class Tree(TypedDict):
    """`made` says how the tree came about; links and files by their path from the root, `nodes` the
    devices in /dev."""

    about: str
    made: str
    kernel: str
    links: dict[str, str]
    files: dict[str, str]
    nodes: list[str]


def recorded(root: Path, about: str, kernel: str) -> Tree:
    """Everything by which the cameras below `root` can be told apart."""
    links: dict[str, str] = {}
    files: dict[str, str] = {}
    nodes: list[str] = []
    for device in sorted((root / "sys/class/video4linux").glob("video*")):
        _keep_link(root, device, links)
        node = device.resolve()
        _keep_files(root, node, NODE_FILES, files)
        _keep_link(root, node / "device", links)
        for folder in _owners(node / "device", root):
            _keep_files(
                root,
                folder,
                DEVICE_FILES if (folder / "idVendor").exists() else INTERFACE_FILES,
                files,
            )
        nodes.append(f"dev/{device.name}")
    for kind in LINKS:
        for link in sorted((root / "dev/v4l" / kind).glob("*")):
            _keep_link(root, link, links)
    return Tree(about=about, made="recorded", kernel=kernel, links=links, files=files, nodes=nodes)


def without_serials(tree: Tree) -> Tree:
    """The same with X for every character of a serial number."""
    document = json.dumps(tree)
    for path, text in tree["files"].items():
        serial = text.strip()
        if path.endswith("/serial") and serial:
            document = document.replace(json.dumps(serial)[1:-1], "X" * len(serial))
    hidden: Tree = json.loads(document)
    return hidden


def _owners(device: Path, root: Path) -> Iterator[Path]:
    """The interface that a node belongs to and, where that is on USB, the USB device."""
    if not device.exists():
        return
    interface = device.resolve()
    yield interface
    for folder in interface.parents:
        if (folder / "idVendor").exists():
            yield folder
            return
        if folder == root.resolve():
            return


def _keep_files(root: Path, folder: Path, names: tuple[str, ...], files: dict[str, str]) -> None:
    for name in names:
        path = folder / name
        if path.is_file():
            files[path.relative_to(root.resolve()).as_posix()] = path.read_text("utf-8", "replace")


def _keep_link(root: Path, link: Path, links: dict[str, str]) -> None:
    if link.is_symlink():
        links[
            link.relative_to(root if link.is_relative_to(root) else root.resolve()).as_posix()
        ] = os.readlink(link)


def main() -> None:
    """Prints the tree of this machine."""
    parser = argparse.ArgumentParser(
        description="Records how the cameras of this machine are laid out in /sys and /dev."
    )
    parser.add_argument("about", help="what is plugged in, in a few words")
    parser.add_argument(
        "--hide-serials", action="store_true", help="put X in the place of serial numbers"
    )
    parser.add_argument("--root", type=Path, default=Path("/"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    tree = recorded(options.root, options.about, platform.release())
    json.dump(
        without_serials(tree) if options.hide_serials else tree,
        sys.stdout,
        indent=1,
        ensure_ascii=False,
    )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
