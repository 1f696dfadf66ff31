"""Attacks on a signed pack: each changes something, and none may fit under that signature."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from fieldcheck.evidence.signed_seal import SigningKey, make_key, sign_message
from fieldcheck.verify_pack import (
    KEYS,
    LOG,
    MANIFEST,
    MOST_SIGNATURES,
    PACK_PREDICATE,
    PAYLOAD_TYPE,
    SEAL,
    SEAL_PREDICATE,
    STATEMENT,
    STATEMENT_TYPE,
    encode_for_signing,
    to_canonical_json,
)
from tests.packs import raw_archive

Files = Mapping[str, bytes]
OWNER, STRANGER = make_key(b"o" * 32), make_key(b"x" * 32)
# Points whose eightfold is nothing, as bytes: of orders 1, 2, 4, 8 and 8, and the same with the
# sign set. Source: RFC 7748, section 7, and
# the list in libsodium's ed25519_ref10.c.
SMALL = tuple(
    bytes.fromhex(one)
    for one in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    )
)


def archived(files: Files) -> bytes:
    return raw_archive([(name.encode(), data) for name, data in files.items()])


def manifest_of(held: Files, **about: Any) -> bytes:
    return to_canonical_json({**json.loads(held[MANIFEST]), **about})


def sums_of(files: Files) -> dict[str, str]:
    return {
        name: hashlib.sha256(data).hexdigest()
        for name, data in files.items()
        if name not in (MANIFEST, STATEMENT)
    }


def envelope_of(files: Files, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files[STATEMENT].splitlines()[number])
    return found


def payload_of(files: Files) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(envelope_of(files)["payload"]))
    return found


def lines(*envelopes: Any) -> bytes:
    return b"".join(to_canonical_json(one) + b"\n" for one in envelopes)


def signature_of(key: SigningKey, payload: bytes, kind: str = PAYLOAD_TYPE) -> dict[str, str]:
    sig = base64.b64encode(sign_message(key, encode_for_signing(kind, payload))).decode()
    return {"keyid": key.key_id, "sig": sig}


def folded(payload: bytes, *keys: SigningKey, kind: str = PAYLOAD_TYPE) -> dict[str, Any]:
    signatures = [signature_of(key, payload, kind) for key in keys]
    text = base64.b64encode(payload).decode()
    return {"payload": text, "payloadType": kind, "signatures": signatures}


def remade(
    files: Files, *keys: SigningKey, changed: Files | None = None,
    about: Mapping[str, Any] | None = None,
) -> dict[str, bytes]:  # fmt: skip
    """The files with every hash made again as the product makes it, signed by other keys or nobody;
    the seal's envelopes stay."""
    kept = {**files, **(changed or {})}
    known = json.loads(kept[KEYS])
    kept[KEYS] = to_canonical_json({**known, **{key.key_id: key.public.hex() for key in keys}})
    told = {**json.loads(files[MANIFEST]), **(about or {})}
    kept[MANIFEST] = to_canonical_json({**told, "files": sums_of(kept)})
    others = b"".join(files[STATEMENT].splitlines(keepends=True)[1:])
    return {**kept, STATEMENT: lines(folded(about_pack(kept), *keys)) + others}


def about_pack(files: Files, kind: str = PACK_PREDICATE, **other: Any) -> bytes:
    told = json.loads(files[MANIFEST])
    sums = {**sums_of(files), MANIFEST: hashlib.sha256(files[MANIFEST]).hexdigest()}
    subject = [{"name": name, "digest": {"sha256": sums[name]}} for name in sorted(sums)]
    about = {key: told[key] for key in told if key not in ("schema", "files")}
    return to_canonical_json({
        "_type": STATEMENT_TYPE, "subject": subject, "predicateType": kind, "predicate": about,
        **other,
    })  # fmt: skip


def listing_itself(files: Files, added: Files | None = None, **about: Any) -> bytes:
    """The manifest lists itself with the hash that was signed, and says something else."""
    signed = hashlib.sha256(files[MANIFEST]).hexdigest()
    more = added or {}
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in more.items()}
    told = {**sums_of(files), **sums, MANIFEST: signed}
    return archived({**files, **more, MANIFEST: manifest_of(files, files=told, **about)})


def of_small_order(files: Files, public: bytes, first: bytes) -> bytes:
    """A key that nobody owns, with a signature that many messages fit: its first half a point of
    small order, its second half nothing."""
    key_id = hashlib.sha256(public).hexdigest()
    keys = to_canonical_json({**json.loads(files[KEYS]), key_id: public.hex()})
    kept = remade(files, changed={KEYS: keys})
    sig = base64.b64encode(first + bytes(32)).decode()
    own = envelope_of(kept) | {"signatures": [{"keyid": key_id, "sig": sig}]}
    others = b"".join(files[STATEMENT].splitlines(keepends=True)[1:])
    return archived({**kept, STATEMENT: lines(own) + others})


def signed_otherwise(files: Files, **changed: Any) -> bytes:
    others = b"".join(files[STATEMENT].splitlines(True)[1:])
    return archived({**files, STATEMENT: lines({**envelope_of(files), **changed}) + others})


def with_subjects(files: Files, subjects: list[Any]) -> bytes:
    """Other subjects, signed by a stranger whose key lies in the pack."""
    kept = remade(files, STRANGER)
    payload = about_pack(kept, subject=subjects)
    others = b"".join(files[STATEMENT].splitlines(True)[1:])
    return archived({**kept, STATEMENT: lines(folded(payload, STRANGER)) + others})


def by_stranger(files: Files, make: Callable[[dict[str, bytes]], dict[str, Any]]) -> bytes:
    kept = remade(files, STRANGER)
    others = b"".join(files[STATEMENT].splitlines(True)[1:])
    return archived({**kept, STATEMENT: lines(make(kept)) + others})


def _sub(files: Files) -> list[Any]:
    found: list[Any] = json.loads(about_pack(remade(files, STRANGER)))["subject"]
    return found


def many_signatures(files: Files, n: int) -> bytes:
    """So many signatures of one key: each right, and each costs its time."""
    kept = remade(files, STRANGER)
    own = envelope_of(kept)
    repeated = lines({**own, "signatures": own["signatures"] * n})
    return archived({**kept, STATEMENT: repeated + b"".join(files[STATEMENT].splitlines(True)[1:])})


CHANGED: dict[str, Callable[[Files], bytes]] = {
    "a manifest that lists itself": lambda files: listing_itself(files, made_by="somebody else"),
    "a manifest that lists itself, with a file more":
        lambda files: listing_itself(files, {"frames/more.png": b"x"}),
    "a manifest that lists itself, with two files more":
        lambda files: listing_itself(files, {"frames/a.png": b"x", "models/b.onnx": b"y"}),
    "a manifest that lists itself, of another time":
        lambda files: listing_itself(files, created="2020-01-01T00:00:00+00:00"),
    "a manifest that lists itself, of another project":
        lambda files: listing_itself(files, project="another"),
    "a manifest that lists itself, with another number": lambda files: listing_itself(files,
                                                                                      n_figures=1),
    "a manifest that lists the statement": lambda files: archived(
        {**files, MANIFEST: manifest_of(files,
            files={**sums_of(files), STATEMENT: hashlib.sha256(files[STATEMENT]).hexdigest()})}
    ),
    "a manifest with one word more":
        lambda files: archived({**files, MANIFEST: manifest_of(files, note="approved")}),
    "a manifest without a chain":
        lambda files: archived({**files, MANIFEST: manifest_of(files, chains={})}),
    "a manifest with a list of files":
        lambda files: archived({**files, MANIFEST: manifest_of(files, files=list(sums_of(files)))}),
    "a manifest with spaces": lambda files: archived({**files,
    MANIFEST: json.dumps(json.loads(files[MANIFEST])).encode()}),
    "a manifest with a key twice": lambda files: archived({**files,
    MANIFEST: files[MANIFEST][:-1] + b',"schema":"fieldcheck.pack/1"}'}),
    "a manifest of another schema":
        lambda files: archived({**files, MANIFEST: manifest_of(files, schema="fieldcheck.pack/2")}),
    "no manifest": lambda files: archived({name: data for name,
                                           data in files.items() if name != MANIFEST}),
    "no statement": lambda files: archived({name: data for name,
                                            data in files.items() if name != STATEMENT}),
    "no keys": lambda files: archived({name: data for name, data in files.items() if name != KEYS}),
    "an empty statement": lambda files: archived({**files, STATEMENT: b""}),
    "a statement without its end":
        lambda files: archived({**files, STATEMENT: files[STATEMENT][:-1]}),
    "a statement with an empty line":
        lambda files: archived({**files, STATEMENT: files[STATEMENT] + b"\n"}),
    "a statement twice":
        lambda files: archived({**files, STATEMENT: lines(envelope_of(files)) + files[STATEMENT]}),
    "a statement without the seal's":
        lambda files: archived({**files, STATEMENT: lines(envelope_of(files))}),
    "a statement of the seal first": lambda files: archived({**files,
    STATEMENT: lines(envelope_of(files, 1), envelope_of(files))}),
    "a statement with a stranger's more": lambda files: archived(
        {**files, STATEMENT: files[STATEMENT] + lines(
            folded(to_canonical_json({"predicateType": SEAL_PREDICATE}), STRANGER))}
    ),
    "a statement with a word more": lambda files: signed_otherwise(files, note="approved"),
    "a signature with a word more": lambda files: signed_otherwise(
        files, signatures=[{**envelope_of(files)["signatures"][0], "by": "somebody else"}]
    ),
    "another payload type": lambda files: signed_otherwise(files, payloadType="text/plain"),
    "a payload type that is a number": lambda files: signed_otherwise(files, payloadType=1),
    "a payload that is no base64":
        lambda files: signed_otherwise(files, payload="?" + envelope_of(files)["payload"]),
    "a payload of an older pack": lambda files: signed_otherwise(
        remade(files, changed={"summary.json": b"{}"}), payload=envelope_of(files)["payload"],
            signatures=envelope_of(files)["signatures"]
    ),
    "signatures that are none": lambda files: signed_otherwise(files, signatures=None),
    "signatures that are numbers": lambda files: signed_otherwise(files, signatures=[1, 2]),
    "a signature of nothing":
        lambda files: signed_otherwise(files, signatures=[{"keyid": OWNER.key_id, "sig": ""}]),
    "a signature of zeros": lambda files: signed_otherwise(
        files, signatures=[{"keyid": OWNER.key_id, "sig": base64.b64encode(bytes(64)).decode()}]
    ),
    "a signature that is too long": lambda files: signed_otherwise(
        files, signatures=[{"keyid": OWNER.key_id, "sig": base64.b64encode(bytes(65)).decode()}]
    ),
    "the owner's id over a stranger's key": lambda files: archived(
        {**(kept := remade(files, changed={
            KEYS: to_canonical_json({OWNER.key_id: STRANGER.public.hex()})})),
         STATEMENT: lines({**envelope_of(kept),
         "signatures": [{**signature_of(STRANGER, about_pack(kept)), "keyid": OWNER.key_id}]})}
    ),
    "a key that is unknown": lambda files: signed_otherwise(files,
    signatures=[signature_of(STRANGER, about_pack(files))]),
    "keys that are a list": lambda files: archived(remade(files,
    changed={KEYS: to_canonical_json({})}) | {KEYS: b"[1]"}),
    "the seal's signature over the pack":
        lambda files: signed_otherwise(files, signatures=envelope_of(files, 1)["signatures"]),
    "another file of the same name": lambda files: archived({**files, "summary.json": b"{}"}),
    "another log": lambda files: archived({**files,
                                           LOG: files[LOG].replace(b"label", b"lable", 1)}),
    "another seal": lambda files: archived({**files, SEAL: files[SEAL][: len(files[SEAL]) // 2]}),
    "a file less": lambda files: archived({name: data for name,
                                           data in files.items() if name != "verify_pack.py"}),
    "a file more": lambda files: archived({**files, "frames/more.png": b"x"}),
    "files that changed their names": lambda files: archived(
        {**files, "summary.json": files["project.db"], "project.db": files["summary.json"]}
    ),
    "a statement of another kind": lambda files: by_stranger(files,
    lambda kept: folded(about_pack(kept, SEAL_PREDICATE), STRANGER)),
    "a statement of another type": lambda files: by_stranger(files,
    lambda kept: folded(about_pack(kept, _type="x"), STRANGER)),
    "a statement that says more":
        lambda files: by_stranger(files, lambda kept: folded(about_pack(kept, more=1), STRANGER)),
    "a statement with another predicate": lambda files: by_stranger(
        files, lambda kept: folded(about_pack(kept, predicate={"created": "2020"}), STRANGER)
    ),
    "a statement of another payload type": lambda files: by_stranger(
        files, lambda kept: folded(about_pack(kept), STRANGER, kind="text/plain")
    ),
    "no subject": lambda files: with_subjects(files, []),
    "the manifest as its one subject":
        lambda files: with_subjects(files, [one for one in _sub(files) if one["name"] == MANIFEST]),
    "a subject less": lambda files: with_subjects(files, _sub(files)[1:]),
    "a subject more": lambda files: with_subjects(files,
    [*_sub(files), {"name": "more", "digest": {"sha256": "0" * 64}}]),
    "a subject twice": lambda files: with_subjects(files, [*_sub(files), _sub(files)[0]]),
    "subjects that changed their names": lambda files: with_subjects(
        files, [{**one, "name": other["name"]} for one,
            other in zip(_sub(files), _sub(files)[::-1], strict=True)]
    ),
    "subjects in another order": lambda files: with_subjects(files, _sub(files)[::-1]),
    "a subject without its hash":
        lambda files: with_subjects(files, [{**_sub(files)[0], "digest": {}}, *_sub(files)[1:]]),
    "a subject with two hashes": lambda files: with_subjects(
        files, [{**_sub(files)[0], "digest": {**_sub(files)[0]["digest"], "md5": "0"}},
            *_sub(files)[1:]]
    ),
    "more signatures than a pack holds": lambda files: many_signatures(files, MOST_SIGNATURES + 1),
    "a thousand signatures": lambda files: many_signatures(files, 1000),
    "a hundred thousand signatures": lambda files: many_signatures(files, 100_000),
    **{f"a key of small order, {number}.{other}": lambda files, public=public,
       first=first: of_small_order(files, public, first) for number,
       public in enumerate(SMALL) for other, first in enumerate((SMALL[0], SMALL[1]))},
}  # fmt: skip
"""By name, what becomes of the files of a pack that `OWNER` signed, and whose seal `OWNER` signed.
"""
