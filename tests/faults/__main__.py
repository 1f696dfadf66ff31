"""Prints the table of faults: `python -m tests.faults`."""

import sys

from tests.faults.table import page

sys.stdout.write(page())
