"""Knows both doors and opens the one that was asked for."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """The program: a command on the terminal."""
    try:
        from fieldcheck.cli.main import main as terminal
    except KeyboardInterrupt:  # Ctrl-C while the program was still loading: nothing has begun
        return INTERRUPTED
    return terminal(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
