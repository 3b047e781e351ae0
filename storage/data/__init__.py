"""Data files of keeping."""
