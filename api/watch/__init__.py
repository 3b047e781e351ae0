"""Watching a deployment: metrics, heartbeats, logs, the state in words."""
