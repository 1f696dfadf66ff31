"""What a door prints of an error: the message that it carries, or that of a bug; and of a command
that was stopped."""

from __future__ import annotations

import re

from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.message_format import to_one_line
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number


def format_error(error: BaseException) -> str:
    """Formats an error in the language that is spoken: one of ours by its own message, every other
    as a bug."""
    return error.format_message() if isinstance(error, FieldcheckError) else describe_bug(error)


MEMORY_SPENT = re.compile(
    r"cannot allocate memory|failed to map segment|insufficient memory|bad_alloc"
    r"|can't start new thread",
    re.IGNORECASE,
)
# commands that go on where they were stopped
GO_ON = frozenset({"import", "run", "embed", "stress", "probe", "flicker"})


def describe_stop(command: str, done: int, total: int | None) -> str:
    """Stop by Ctrl-C: what is kept of a command, and how it goes on; empty where nothing was begun
    that could be kept."""
    if command == "pick":
        return tr(
            "Stopped before any frame was picked. Measurements are saved; run the same "
            "command to continue."
        )
    if command not in GO_ON:
        return ""
    if not total:
        return tr("Stopped. Finished work is saved; run the same command to continue.")
    text = tr(
        "Stopped at {done} of {total}. Finished work is saved; run the same command to continue."
    )
    return text.format(done=format_number(done), total=format_number(total))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that this computer's memory is used up: Python's own, the system's, or
    a library's, which has only words."""
    return isinstance(error, MemoryError) or (
        isinstance(error, Exception) and MEMORY_SPENT.search(str(error)) is not None
    )


def describe_bug(error: BaseException) -> str:
    """Sentence about an error that nobody expected. Memory that is used up is no bug, and is told
    as what it is."""
    if is_out_of_memory(error):
        return tr(
            "Out of memory. Data saved before is safe. Close other programs or work in "
            "smaller parts, then try again."
        )
    return tr(
        "Unexpected error ({what}). Data saved before is safe. Send the log file with a "
        "description of your last steps.",
        what=to_one_line(type(error).__name__),
    )
