"""Kept records at work: reused, ended, replaced, packed, exported."""
