"""Keys, roots and update files for `fieldcheck update`. A folder KEYS, which is never committed,
holds the private keys and every root that was signed with them.

    python packaging/update.py ceremony KEYS     keys and the first root, into resources/update/
    python packaging/update.py rotate KEYS NAME… new keys in place of some, and the next root
    python packaging/update.py make KEYS dist/fieldcheck-VERSION-PLATFORM.tar.gz
    python packaging/update.py golden            golden numbers of the self-test, anew
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import tarfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from securesystemslib.signer import Key, SecretsHandler, Signature, Signer, SSlibKey
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from fieldcheck.cli.command import TerminalProgress
from fieldcheck.cli.update import GOLDEN, compute_golden_numbers
from fieldcheck.evidence.signed_seal import (
    PKCS8,
    PackWriter,
    SigningKey,
    find_name_problem,
    read_key,
    sign_message,
)
from fieldcheck.files import open_atomic, write_bytes
from fieldcheck.update import METADATA, SHIPPED_ROOT, TARGETS

CHECKOUT = Path(__file__).parents[1]
ROOT_THRESHOLD = 2
NAMES = {
    "root": ("root-1", "root-2", "root-3"),
    "targets": ("targets",),
    "snapshot": ("snapshot",),
    "timestamp": ("timestamp",),
}
"""Role → the names of its keys."""
ROOT_DAYS, RELEASE_DAYS = 1826, 366
ARCHIVE = re.compile(r"fieldcheck-(?P<version>[\d.]+)-(?P<platform>[\w-]+)\.tar\.gz")


class FileSigner(Signer):
    """Signs with an Ed25519 key in a file."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        public = {"public": key.public.hex()}
        self._public_key = SSlibKey(key.key_id, "ed25519", "ed25519", public)

    @property
    def public_key(self) -> Key:
        """The public part, as roots list it."""
        return self._public_key

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Key, secrets_handler: SecretsHandler | None = None
    ) -> FileSigner:
        """The signer of a key file, by its path."""
        return cls(read_key(Path(priv_key_uri)))

    def sign(self, payload: bytes) -> Signature:
        """The signature of these bytes."""
        return Signature(self._public_key.keyid, sign_message(self._key, payload).hex())


def write_key(path: Path) -> None:
    """Make a new private key, for this user alone."""
    text = base64.b64encode(PKCS8 + os.urandom(32)).decode()
    pem = f"-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n"
    write_bytes(path, pem.encode(), private=True)


def load_signers(keys: Path, role: str) -> list[FileSigner]:
    """The signers of a role whose keys are there; at a ceremony not all of them are."""
    paths = [keys / f"{name}.pem" for name in NAMES[role]]
    return [FileSigner(read_key(path)) for path in paths if path.is_file()]


def run_ceremony(keys: Path, days: int = ROOT_DAYS) -> Path:
    """Make all keys and the first root; returns its file."""
    for name in (name for names in NAMES.values() for name in names):
        write_key(keys / f"{name}.pem")
    return write_root(keys, 1, load_signers(keys, "root"), days)


def rotate_keys(keys: Path, names: list[str], days: int = ROOT_DAYS) -> Path:
    """Replace the keys of these names, and write the next root, signed with the root keys before
    and after; returns its file."""
    signers = load_signers(keys, "root")
    for name in names:
        write_key(keys / f"{name}.pem")
    return write_root(keys, len(list_roots(keys)) + 1, signers, days)


def write_root(keys: Path, version: int, signers: list[FileSigner], days: int) -> Path:
    """Write `N.root.json` with the keys that lie in the folder now."""
    root = Root(version=version, expires=expire_in(days), consistent_snapshot=False)
    for role in NAMES:
        for signer in load_signers(keys, role):
            root.add_key(signer.public_key, role)
    root.roles["root"].threshold = ROOT_THRESHOLD
    metadata = Metadata(root)
    for signer in {
        signer.public_key.keyid: signer for signer in (*signers, *load_signers(keys, "root"))
    }.values():
        metadata.sign(signer, append=True)
    path = keys / f"{version}.root.json"
    write_bytes(path, metadata.to_bytes())
    return path


def list_roots(keys: Path) -> list[Path]:
    """The roots so far, the first one first."""
    return sorted(keys.glob("*.root.json"), key=lambda path: int(path.name.partition(".")[0]))


def expire_in(days: int) -> datetime:
    """The moment from which metadata counts no more."""
    return datetime.now(UTC) + timedelta(days=days)


def make_update(keys: Path, archive: Path, out: Path, days: int = RELEASE_DAYS) -> None:
    """Write an update file with the signed metadata of one archive."""
    match = ARCHIVE.fullmatch(archive.name)
    if match is None:
        raise SystemExit(f"{archive.name} is not fieldcheck-VERSION-PLATFORM.tar.gz")
    target = TargetFile.from_file(archive.name, str(archive), ["sha256", "sha512"])
    target.unrecognized_fields["custom"] = {**match.groupdict(), **measure_tree(archive)}
    # The second of signing is the version of all three, so that nobody has to remember the last
    # one, and a computer whose clock is behind knows that it is not earlier than that.
    version, expires = int(time.time()), expire_in(days)
    signed: dict[str, bytes] = {}
    targets = Targets(version=version, expires=expires, targets={archive.name: target})
    signed["targets"] = sign_role(keys, "targets", targets)
    targets_file = MetaFile.from_data(version, signed["targets"], ["sha256"])
    snapshot = Snapshot(version=version, expires=expires, meta={"targets.json": targets_file})
    signed["snapshot"] = sign_role(keys, "snapshot", snapshot)
    newest = MetaFile.from_data(version, signed["snapshot"], ["sha256"])
    timestamp = Timestamp(version=version, expires=expires, snapshot_meta=newest)
    signed["timestamp"] = sign_role(keys, "timestamp", timestamp)
    with open_atomic(out) as file:
        writer = PackWriter(out, file, hashlib.sha256())
        for root in list_roots(keys):
            writer.write_file(f"{METADATA}{root.name}", root)
        for role, data in signed.items():
            writer.write_file(f"{METADATA}{role}.json", data)
        writer.write_file(f"{TARGETS}{archive.name}", archive)
        writer.write_end()


def sign_role(keys: Path, role: str, signed: Targets | Snapshot | Timestamp) -> bytes:
    """Metadata of a role, signed with its keys."""
    metadata = Metadata(signed)
    for signer in load_signers(keys, role):
        metadata.sign(signer, append=True)
    return metadata.to_bytes()


def measure_tree(archive: Path) -> dict[str, int]:
    """Number and bytes of all files in a `.tar.gz`. Raises SystemExit for a name that no update may
    have."""
    sizes = []
    with tarfile.open(archive) as tar:
        for member in tar:
            name = member.name.partition("/")[2]
            if name and find_name_problem(name):
                raise SystemExit(f"{member.name} cannot be in an update")
            sizes += [] if member.isdir() else [member.size]
    return {"files": len(sizes), "bytes": sum(sizes)}


def main() -> None:
    """Hold a ceremony, rotate keys, or make an update file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=("ceremony", "rotate", "make", "golden"))
    parser.add_argument("keys", type=Path, nargs="?", help="folder of the private keys")
    parser.add_argument("named", nargs="*", help="names of keys to rotate, or the archive")
    parser.add_argument("--days", type=int, help="until the metadata expires")
    options = parser.parse_args()
    if options.act == "golden":
        numbers = json.dumps(compute_golden_numbers(TerminalProgress()), indent=1)
        (CHECKOUT / "resources" / GOLDEN).write_text(f"{numbers}\n", encoding="utf-8")
        return
    if options.act == "make":
        archive = Path(options.named[0])
        out = archive.with_name(archive.name.removesuffix(".tar.gz") + ".fcupdate")
        make_update(options.keys, archive, out, options.days or RELEASE_DAYS)
        print(out)
        return
    days = options.days or ROOT_DAYS
    root = (
        run_ceremony(options.keys, days)
        if options.act == "ceremony"
        else rotate_keys(options.keys, options.named, days)
    )
    shipped = CHECKOUT / "resources" / SHIPPED_ROOT
    shipped.parent.mkdir(exist_ok=True)
    shipped.write_bytes(root.read_bytes())
    print(f"{root} → {shipped}")


if __name__ == "__main__":
    main()
