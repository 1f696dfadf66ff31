"""Knows both doors and opens the one that was asked for."""

from __future__ import annotations

import sys


def main() -> int:
    """The program: a command on the terminal."""
    from fieldcheck.cli.main import main as terminal

    return terminal(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
