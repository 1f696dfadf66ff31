"""Evidence that re-proves itself: seals, packs, signatures and merged labels."""
