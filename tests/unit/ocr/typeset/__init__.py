"""Tests of pages for print."""
