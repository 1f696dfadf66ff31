"""Sentences: everything a person reads, in the language that is spoken; codes and figures come in, words go out."""
