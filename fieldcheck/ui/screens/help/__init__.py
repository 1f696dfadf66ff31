"""Help: a page for each screen, what the numbers mean, the words, the keys. It needs no network."""
