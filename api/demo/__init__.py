"""Demonstration: painted sample papers, demo tokens, first start."""
