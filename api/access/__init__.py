"""Who is at the door and what they may do: tokens, roles, permissions, protection of browser sessions.

Knows no web framework; `api.rest.identity` and `api.web` apply it.
"""
