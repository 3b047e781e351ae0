"""Every door, and the only place where parts are joined."""
