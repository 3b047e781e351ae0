"""Paper straight from a scanner at the counter."""
