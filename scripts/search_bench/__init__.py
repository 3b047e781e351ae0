"""Measures searching: generated records, a named list of questions, and PostgreSQL's plain set-up beside ours."""
