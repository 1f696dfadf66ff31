"""What a person can ask for: one file a verb, the only code that window and terminal share."""
