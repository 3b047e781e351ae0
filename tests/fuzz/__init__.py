"""Hostile bytes, made by a fuzzer that watches the code (atheris), against everything that reads what strangers send."""
