"""What is missing or misconfigured here, and the command that mends it."""
