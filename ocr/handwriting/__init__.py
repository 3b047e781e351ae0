"""Digits written by hand into the gaps of printed lines: found, read as far as possible, never silently believed."""
