"""Languages: sentences, plural rules and number formats."""
