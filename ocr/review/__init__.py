"""Who has the last word on a field."""
