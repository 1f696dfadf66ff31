"""Seals: sealed archives, chains of hashes and signatures, over bytes alone."""
