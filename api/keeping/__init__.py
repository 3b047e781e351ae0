"""Nothing is lost and nothing kept too long: fixity, second copy, renewal, backup, retention, disposal."""
