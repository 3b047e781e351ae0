"""How the service does, in figures."""
