"""Paints sample papers with the truth about every word, and spoils them the way scanners and phones do."""
