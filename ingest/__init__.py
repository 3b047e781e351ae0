"""A batch arrives; every scan becomes identified pages.

Does: say what a file really is, refuse what cannot be taken, cut documents into page images, measure whether a
scan is fit. Does not: read text, sign, or know where anything is stored (see `ports.py` for what it asks for).
"""
