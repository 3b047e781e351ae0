"""Spoils painted pages the way paper, scanners and phones do; boxes move with their words."""
