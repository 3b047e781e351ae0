"""Server-rendered pages for clerk, officer and auditor."""
