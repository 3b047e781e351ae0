"""Dossiers at the counter: opened, filled with papers or reasons, told to the portal, ended."""
