"""The pages, one module per person at work."""
