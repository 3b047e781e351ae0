"""Serving the web pages from this process: a socket opened before anything is promised, and a clean end on a signal."""

from __future__ import annotations

import signal
import socket
from types import FrameType

import uvicorn

from api.cli.errors import PortTaken
from api.rest.app import create_app
from api.wiring import Sohoa

GRACE_SECONDS = 5
"""How long open downloads and event streams may go on after a signal."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 lets the system choose. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise PortTaken(host=host, port=port, why=error.strerror or type(error).__name__) from error
    return opened


def address(opened: socket.socket) -> str:
    """The address to type into a browser."""
    host, port = opened.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - shown, not bound to
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def configured(sohoa: Sohoa) -> uvicorn.Config:
    """How the server runs; the visitor's address is what a trusted proxy says, else that of the connection."""
    return uvicorn.Config(
        create_app(sohoa), log_level="warning", timeout_graceful_shutdown=GRACE_SECONDS,
        forwarded_allow_ips=list(sohoa.settings.web.trusted_proxies),
    )  # fmt: skip


def serve(sohoa: Sohoa, opened: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM; open requests get a few seconds, then it returns normally."""
    config = configured(sohoa)
    # uvicorn raises the signal again after it has stopped; ours lets the caller close everything first.
    before = {one: signal.signal(one, _already_stopping) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        uvicorn.Server(config).run(sockets=[opened])
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _already_stopping(_signal: int, _frame: FrameType | None) -> None:
    """The server has stopped because of this signal; nothing is left to do."""
