"""Decoders of model outputs, one module a kind."""
