"""Video files made byte by byte: uncompressed AVI, which OpenCV's FFmpeg frees twice, and MP4 whose
codec nobody here decodes."""

import struct
from pathlib import Path


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def raw_avi(
    path: Path, width: int = 48, height: int = 48, n: int = 5, bits: int = 24,
    code: bytes = b"\0\0\0\0",
) -> Path:  # fmt: skip
    """`n` uncompressed frames."""
    size = (width * bits // 8 + 3) // 4 * 4 * height
    handler = code if code.strip(b"\0") else b"DIB "
    main = struct.pack("<14I", 40_000, size * 25, 0, 0x10, n, 0, 1, size, width, height, 0, 0, 0, 0)
    figures = struct.pack(
        "<IHHIIIIIIII4H", 0, 0, 0, 0, 1, 25, 0, n, size, 0, 0, 0, 0, width, height
    )
    stream = b"vids" + handler + figures
    form = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, bits, code, size, 0, 0, 0, 0)
    track = _chunk(b"LIST", b"strl" + _chunk(b"strh", stream) + _chunk(b"strf", form))
    head = b"hdrl" + _chunk(b"avih", main) + track
    frames = [_chunk(b"00db", bytes([at * 20 % 256]) * size) for at in range(n)]
    places = b"".join(
        b"00db" + struct.pack("<III", 0x10, 4 + at * len(frames[0]), size) for at in range(n)
    )
    movie = _chunk(b"LIST", b"movi" + b"".join(frames))
    body = b"AVI " + _chunk(b"LIST", head) + movie + _chunk(b"idx1", places)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def _box(kind: bytes, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return struct.pack(">I", len(data) + 8) + kind + data


def av1_mp4(path: Path, n: int = 3) -> Path:
    """A well-formed MP4 with one track of AV1 that no decoder without a graphics card takes."""
    # an OBU with a sequence header of 64 x 48
    sequence = bytes.fromhex("0a0b00000004a6afec2fbfb9a02020")
    sample = bytes.fromhex("1200") + sequence + bytes.fromhex("320c") + bytes(12)
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    entry = _box(
        b"av01", bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", 64,
        48) + struct.pack(">II", 0x480000, 0x480000)
        + bytes(4) + struct.pack(">H", 1) + bytes(32) + struct.pack(">Hh", 24, -1),
        _box(b"av1C", bytes.fromhex("81000c00") + sequence),
    )  # fmt: skip
    ftyp = _box(b"ftyp", b"isom", bytes(4), b"isomav01")

    def moov(offset: int) -> bytes:
        tables = _box(
            b"stbl", _box(b"stsd", bytes(4), struct.pack(">I", 1), entry),
            _box(b"stts", bytes(4), struct.pack(">III", 1, n, 1000)),
            _box(b"stsc", bytes(4), struct.pack(">IIII", 1, 1, n, 1)),
            _box(b"stsz", bytes(4), struct.pack(">II", 0, n), struct.pack(">I", len(sample)) * n),
            _box(b"stco", bytes(4), struct.pack(">II", 1, offset)),
        )  # fmt: skip
        ends = _box(b"dref", bytes(4), struct.pack(">I", 1), _box(b"url ", b"\0\0\0\1"))
        links = _box(b"dinf", ends)
        media = _box(
            b"mdia", _box(b"mdhd", bytes(12), struct.pack(">II", 25_000, n * 1000),
            b"\x55\xc4\0\0"),
            _box(b"hdlr", bytes(8), b"vide", bytes(13)),
                _box(b"minf", _box(b"vmhd", b"\0\0\0\1", bytes(8)), links, tables),
        )  # fmt: skip
        head = _box(
            b"tkhd", b"\0\0\0\7", bytes(8), struct.pack(">I", 1), bytes(4),
            struct.pack(">I", n * 40), bytes(16), matrix,
            struct.pack(">II", 64 << 16, 48 << 16),
        )  # fmt: skip
        whole = _box(
            b"mvhd", bytes(12), struct.pack(">IIIH", 1000, n * 40, 0x10000, 0x100), bytes(10),
            matrix, bytes(24), b"\0\0\0\2",
        )  # fmt: skip
        return _box(b"moov", whole, _box(b"trak", head, media))

    start = len(ftyp) + len(moov(0)) + 8
    path.write_bytes(ftyp + moov(start) + _box(b"mdat", sample * n))
    return path
