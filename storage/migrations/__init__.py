"""The history of the tables, run from code (`Database.migrate`)."""
