"""Video files of others: index, reading and decoding."""
