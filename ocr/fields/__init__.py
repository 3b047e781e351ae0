"""Paper types as data; values found, checked, never invented."""
