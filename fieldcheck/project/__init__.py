"""MEMORY: the project folder and its database, one writer, durable edits, lock, backups and
checks."""
