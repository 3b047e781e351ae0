"""Reading engines behind one protocol."""
