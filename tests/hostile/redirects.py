"""Redirects of cameras: the forms in which FFmpeg reads one, and where they lead."""

from collections.abc import Callable

STATUSES = {
    "301": b"RTSP/1.0 301 Moved", "302": b"RTSP/1.0 302 Found", "303": b"RTSP/1.0 303 See Other",
    "305": b"RTSP/1.0 305 Use Proxy", "307": b"RTSP/1.0 307 Temporary", "399": b"RTSP/1.0 399 ?",
    "without a reason": b"RTSP/1.0 302", "a version of no number": b"RTSP/x 302 Found",
    "no version": b"RTSP/ 302 Found", "a zero before": b"RTSP/1.0 0302 Found",
    "a sign before": b"RTSP/1.0 +302 Found", "a tab between": b"RTSP/1.0\t302\tFound",
    "many spaces": b"RTSP/1.0" + b" " * 3000 + b"302 Found",
    "a carriage return in it": b"RT\rSP/1.0 3\r0\r2 Found",
    "letters behind": b"RTSP/1.0 302x Found", "a figure behind its point": b"RTSP/1.0 302.5 Found",
    "beyond 32 bits": b"RTSP/1.0 4294967598 Found",
}  # fmt: skip
# What comes before it in the same answer: FFmpeg reads bodies by their length and skips pictures,
# so that it need not begin a line.
BEFORE = {
    "behind a body": b"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nPublic: DESCRIBE\r\nContent-Length: 3\r\n\r\nabc",
    "behind a picture": b"$\x00\x00\x04abcd",
    "behind a request": b"OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n",
}


def answer(status: bytes, location: str, before: bytes = b"") -> bytes:
    """An answer that redirects, of any request."""
    head = before + status + b"\r\nCSeq: {cseq}\r\nLocation: " + location.encode()
    return head + b"\r\nContent-Length: 0\r\n\r\n"


HTTP_STATUSES = (301, 302, 303, 307, 308)
# Where to, from the place of another camera (host:port) and of this one.
PLACES: dict[str, Callable[[str, str], str]] = {
    "another port": lambda other, own: f"http://{other}/video.mjpg",
    "without a scheme": lambda other, own: f"//{other}/video.mjpg",
    "a name before": lambda other, own: f"http://{own}@{other}/video.mjpg",
    "the own place as its name": lambda other, own: f"http://{own}:80@{other}/",
    "capital letters": lambda other, own: f"HTTP://{other}/video.mjpg",
    "a tab in it": lambda other, own: f"ht\ttp://{other}/video.mjpg",
    "localhost": lambda other, own: f"http://localhost:{other.partition(':')[2]}/video.mjpg",
    "another form of the host": lambda other, own: (
        f"http://127.1:{own.partition(':')[2]}/video.mjpg"
    ),
    "https": lambda other, own: f"https://{own}/video.mjpg",
    "RTSP": lambda other, own: f"rtsp://{other}/video",
    "a file": lambda other, own: "file:///etc/passwd",
    "FTP": lambda other, own: f"ftp://{other}/video.mjpg",
    "no address": lambda other, own: "http://[::1/x?token=s3cret",
    "a port that is none": lambda other, own: "http://127.0.0.1:99999/",
    "a parameter that is secret": lambda other, own: f"http://{other}/v?token=s3cret",
}
