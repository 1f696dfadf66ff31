"""What is said of a camera: which one it is, what it delivers, what is kept of that."""

from __future__ import annotations

from fieldcheck.words.language import plural, text
from fieldcheck.words.remedies import typed


def listed(n: int, industrial: bool) -> str:
    """The sentence under the list of cameras."""
    if n == 0:
        said = text("No camera found. Plug one in, or name an address (http://…, rtsp://…), a video or a folder of pictures.")
    else:
        said = plural("{n} camera. It was not opened.", "{n} cameras. None was opened.", n).format(n=n)
    if industrial:
        return said
    return (
        said
        + " "
        + text("Industrial cameras are not looked for: the extra “gige” adds them{pip}.").format(pip=typed("pip install fieldcheck[gige]"))
    )


def password_wanted() -> str:
    """What a terminal asks."""
    return text("Password of the camera")


def line(name: str, identity: str, path: str, busy: bool) -> str:
    """One camera on a terminal."""
    said = text("{name}: --source {id} (now at {path})").format(name=name, id=identity, path=path)
    return text("{camera}, in use by another program").format(camera=said) if busy else said
