"""Every question to the database, one file a table; rows become dataclasses at once."""
