"""Immutable, content-addressed bytes in a folder or an S3 store."""
