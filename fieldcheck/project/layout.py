"""How a project folder is laid out: its databases and folders by name. Light: a recent project is
found before the library is loaded."""

from __future__ import annotations

from fieldcheck.files import PROJECT_DATABASE

DATABASE = PROJECT_DATABASE
CACHE = "cache.db"
RECORDINGS, FRAMES, MODELS, BENCHMARK, BACKUPS = (
    "recordings",
    "frames",
    "models",
    "benchmark",
    "backups",
)
TRASH, REPORTS, EXPORTS = "trash", "reports", "exports"
# how the names of folders begin that no kill should leave behind
UNFINISHED_REPORT = ".fieldcheck-"
FOLDERS = (RECORDINGS, FRAMES, MODELS, BENCHMARK, REPORTS, BACKUPS)
"""Every folder that a project is made with."""
