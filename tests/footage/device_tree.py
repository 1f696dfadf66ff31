"""Device trees as Linux lays them out: a laptop's by the rules of udev and sysfs, and those of real
machines laid out again."""

import json
from pathlib import Path
from typing import Any

TREES = Path(__file__).with_name("trees")

BUS = "sys/devices/pci0000:00/0000:00:14.0/usb1"


def laptop(root: Path) -> Path:
    """Built-in camera with two nodes, a C920 with its serial number, two identical cameras without
    one, and v4l2loopback."""
    usb(
        root, "1-4", "Integrated Camera: Integrated C", serial="0001", nodes={0: 0, 1: 1},
        ids="13d3 56ff", product="Integrated Camera",
    )  # fmt: skip
    usb(
        root, "1-2", "HD Pro Webcam C920", serial="8A5C2B1F", nodes={2: 0, 3: 1}, ids="046d 082d",
        product="HD Pro Webcam C920",
    )  # fmt: skip
    usb(
        root, "1-7", "USB Camera: USB Camera", serial="", nodes={4: 0}, ids="32e4 9230",
        product="USB Camera", by_id=False,
    )  # fmt: skip
    usb(
        root, "1-8", "USB Camera: USB Camera", serial="", nodes={5: 0}, ids="32e4 9230",
        product="USB Camera",
    )  # fmt: skip
    virtual = root / "sys/devices/virtual/video4linux/video9"
    node(root, virtual, 9, "Dummy video device (0x0000)", 0)
    (virtual / "device").symlink_to(virtual)
    return root


def usb(
    root: Path, port: str, name: str, serial: str, nodes: dict[int, int], ids: str, product: str,
    by_id: bool = True,
) -> None:  # fmt: skip
    """A camera at a port, with its nodes (number → index)."""
    device = root / BUS / port
    interface = device / f"{port}:1.0"
    interface.mkdir(parents=True)
    vendor, model = ids.split()
    cases = (("idVendor", vendor), ("idProduct", model), ("product", product), ("serial", serial))
    for file, text in cases:
        if text:
            (device / file).write_text(text + "\n")
    for number, index in nodes.items():
        folder = interface / "video4linux" / f"video{number}"
        node(root, folder, number, name, index)
        (folder / "device").symlink_to(interface)
        link(root, f"by-path/pci-0000:00:14.0-usb-0:{port[2:]}:1.0-video-index{index}", number)
        label = "_".join(part for part in (vendor, product.replace(" ", "_"), serial) if part)
        if by_id:
            link(root, f"by-id/usb-{label}-video-index{index}", number)


def node(root: Path, folder: Path, number: int, name: str, index: int) -> None:
    """/sys/…/videoN and /dev/videoN."""
    folder.mkdir(parents=True)
    (folder / "name").write_text(name + "\n")
    (folder / "index").write_text(f"{index}\n")
    known = root / "sys/class/video4linux"
    known.mkdir(parents=True, exist_ok=True)
    (known / f"video{number}").symlink_to(folder)
    device = root / f"dev/video{number}"
    device.parent.mkdir(exist_ok=True)
    device.write_bytes(b"")


def link(root: Path, name: str, number: int) -> None:
    """A link as udev makes it."""
    place = root / "dev/v4l" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(f"../../video{number}")


def open_by(root: Path, process: int, number: int) -> None:
    """A process that has the camera open."""
    folder = root / f"proc/{process}/fd"
    folder.mkdir(parents=True)
    (folder / "7").symlink_to(root / f"dev/video{number}")


def trees() -> list[str]:
    """The names of the trees of real machines."""
    return sorted(path.stem for path in TREES.glob("*.json"))


def read(name: str) -> dict[str, Any]:
    """A tree as `packaging/record_devices.py` writes it."""
    return json.loads((TREES / f"{name}.json").read_text("utf-8"))


def replay(tree: dict[str, Any], root: Path) -> Path:
    """Lays a tree out again below `root`."""
    for path, text in tree["files"].items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    for path, target in tree["links"].items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)
    for path in tree["nodes"]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"")
    return root
