"""Which codecs a video file names, read from its container without any decoder: AVI, MP4 and QuickTime, Matroska and WebM."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from fieldcheck.errors import VideoUnreadable

# Kinds that OpenCV's FFmpeg decodes every day. All others are opened, and once decoded, in a child process first: uncompressed video makes
# OpenCV 5.0.0 free memory twice after its last frame.
KNOWN_GOOD = frozenset({
    *("h264", "avc1", "avc3", "x264", "hevc", "hev1", "hvc1", "h265", "mpeg4", "mp4v", "fmp4", "xvid", "divx", "dx50", "mjpg", "jpeg"),
    *("vp80", "vp90", "vp08", "vp09", "av01", "ffv1"),
})  # fmt: skip
NO_DECODER = {"av01": "AV1", "vvc1": "VVC", "vvi1": "VVC"}  # OpenCV's wheels hold none that needs no graphics card
MATROSKA = {
    "V_MPEG4/ISO/AVC": "h264", "V_MPEGH/ISO/HEVC": "hevc", "V_MPEG4/ISO/ASP": "mpeg4", "V_MJPEG": "mjpg", "V_VP8": "vp80", "V_VP9": "vp90",
    "V_AV1": "av01", "V_FFV1": "ffv1",
}  # fmt: skip
HEAD_BYTES, MOST_MOOV = 1 << 20, 1 << 26
MOST_BOXES = 10_000
COUNT, ENTRY, SUBTYPE = 8, 16, 12  # bytes from the name of an `stsd` box to its count and first entry, of a `hdlr` box to what it handles
NO_PICTURES = (b"soun", b"text", b"sbtl", b"subt", b"clcp", b"tmcd", b"hint", b"meta", b"mdta", b"mdir")  # what else a track may hold
ONE = (1).to_bytes(4, "big")
OF_DATA = (b"alis", b"url ")  # QuickTime's second handler of a track


def read_codecs(path: Path) -> frozenset[str]:
    """The codes of its video streams in lower case; none where the container is none of these, or names none. `raw` is uncompressed."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return frozenset(_read_avi_codecs(head))
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return frozenset(MATROSKA.get(found.decode(), "raw") for found in re.findall(rb"V_[A-Z0-9/_]{3,30}", head))
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return frozenset(_read_mp4_codecs(_read_moov_box(path)))
    return frozenset()


def make_undecodable_error(path: Path, otherwise: str) -> VideoUnreadable:
    """Why a file of which nothing decodes is refused: `no_decoder` with the codec's name where there is none for it, else `otherwise`."""
    missing = sorted(NO_DECODER[code] for code in read_codecs(path) if code in NO_DECODER)
    return VideoUnreadable(path, "no_decoder", missing[0]) if missing else VideoUnreadable(path, otherwise)


def is_known_good(path: Path) -> bool:
    """Whether it names at least one codec, and none that is not decoded every day."""
    found = read_codecs(path)
    return bool(found) and found <= KNOWN_GOOD


def _read_avi_codecs(head: bytes) -> list[str]:
    found = []
    for at in (one.start() for one in re.finditer(rb"strf", head)):
        if head.rfind(b"vids", 0, at) > head.rfind(b"auds", 0, at):
            found.append(_decode_fourcc(head[at + 24 : at + 28]))
    return found


def _read_mp4_codecs(moov: bytes) -> list[str]:
    """Of every track that may be a video: handlers stand before the descriptions of what they handle, and where none does, or one has
    several descriptions, nothing is known."""
    found = []
    handler = b""
    for one in re.finditer(rb"hdlr|stsd", moov):
        at = one.start()
        if one[0] == b"hdlr":
            said = moov[at + SUBTYPE : at + SUBTYPE + 4]
            handler = handler if said in OF_DATA else said
        elif handler not in NO_PICTURES:
            known = handler == b"vide" and moov[at + COUNT : at + COUNT + 4] == ONE
            found.append(_decode_fourcc(moov[at + ENTRY : at + ENTRY + 4]) if known else "raw")
            handler = b""
    return found


def _read_moov_box(path: Path) -> bytes:
    """The box that says what is in the file; empty where there is none that can be read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        for _ in range(MOST_BOXES):
            file.seek(at)
            head = file.read(16)
            if len(head) < 8:
                return b""
            length = int(struct.unpack(">I", head[:4])[0]) or size - at
            if length == 1 and len(head) == 16:
                length = int(struct.unpack(">Q", head[8:])[0])
            if length < 8:
                return b""
            if head[4:8] == b"moov":
                file.seek(at)
                return file.read(min(length, MOST_MOOV))
            at += length
    return b""


def _decode_fourcc(four: bytes) -> str:
    said = four.decode("latin-1").strip("\0 ").lower()
    return said if said and said not in ("dib", "rgb", "raw") else "raw"
