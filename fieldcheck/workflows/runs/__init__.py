"""Stored runs: listed, repeated digit by digit, and written for MLflow."""
