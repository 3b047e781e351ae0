"""Processes that do the steps: in process, or Celery workers of their own."""
