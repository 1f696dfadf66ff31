"""Evidence: packs made, opened and verified, the seal before the first label, and labels of two people brought together."""
