"""Tables and the unit of work: the database is the truth."""
