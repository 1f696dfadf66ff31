"""Statements of an evidence pack, held by in-toto's own packages: `ask.py PACK.fcpack KEY.pub …`,
in the environment of pins.txt.

It imports nothing of the product. Each further argument is a public key, 32 bytes in hexadecimal.
Printed: of every envelope its statement's type, its subjects as in-toto-attestation validates them,
and whether securesystemslib accepts the signature, under the right key and under another one.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from typing import Any

from google.protobuf import json_format
from in_toto.models.metadata import Envelope as InTotoEnvelope
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey


def main(path: str, public: list[str]) -> None:
    """Prints one JSON list."""
    with zipfile.ZipFile(path) as archive:
        sums = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
        lines = archive.read("statement.intoto.jsonl").decode().splitlines()
    keys = [
        SSlibKey(
            hashlib.sha256(bytes.fromhex(key)).hexdigest(), "ed25519", "ed25519", {"public": key}
        )
        for key in public
    ]
    print(json.dumps([told(json.loads(line), sums, keys) for line in lines]))


def told(line: dict[str, Any], sums: dict[str, str], keys: list[SSlibKey]) -> dict[str, Any]:
    """What in-toto says of one envelope."""
    envelope = Envelope.from_dict(json.loads(json.dumps(line)))
    statement = json_format.Parse(envelope.payload, statement_pb2.Statement())
    Statement.copy_from_pb(statement).validate()
    subjects = {subject.name: dict(subject.digest)["sha256"] for subject in statement.subject}
    return {
        "type": statement.type,
        "predicate": statement.predicate_type,
        "subjects": len(subjects),
        "subjects_fit": all(
            sums.get(name) == digest for name, digest in subjects.items() if name in sums
        ),
        "is_in_toto": isinstance(InTotoEnvelope.from_dict(json.loads(json.dumps(line))), Envelope),
        "accepted": [accepted(envelope, key) for key in keys],
    }


def accepted(envelope: Envelope, key: SSlibKey) -> bool:
    """Whether securesystemslib takes the signature as this key's."""
    try:
        envelope.verify([key], 1)
    except (VerificationError, ValueError):
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
