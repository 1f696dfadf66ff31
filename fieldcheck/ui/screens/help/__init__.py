"""Help: a page for each screen, the numbers, the glossary, the keys. It needs no network."""
