"""Files and stacks come in: received, refused, and what a machine could not finish."""
