"""How fast, measured against a peer or a limit in the same run; each script prints one row."""
