"""Where a visitor comes from: what is counted where tries are limited."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from fastapi import Request


def address_of(request: Request) -> str:
    """The visitor's address: that of the connection, or what a trusted proxy (`SOHOA_WEB__TRUSTED_PROXIES`) says.

    One household has a whole IPv6 network of 64 bits: it counts as one.
    """
    told = request.client.host if request.client else ""
    try:
        known = ip_address(told)
    except ValueError:
        return told
    return str(ip_network(f"{known}/64", strict=False)) if known.version == 6 else told
