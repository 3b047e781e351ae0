"""Where we may fetch from at the word of a certificate: not into our own network, unless the administrator named the host.

An address in a certificate is chosen by whoever made the certificate; without this, an authority that is not even accepted
could have us call services behind the firewall. Hosts of addresses in the settings are the administrator's own word.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from ingest.addresses import masked_url
from signing.trust_errors import FetchFailed


def hosts_of(urls: Iterable[str]) -> frozenset[str]:
    """The `host:port` of each address, as `refuse_private_target` takes them."""
    return frozenset(_place(url) for url in urls)


def refuse_private_target(url: str, listed: frozenset[str]) -> None:
    """Nothing if `url` leads to a public address or a host that is `listed`; a name nobody knows is left to the request.

    Raises:
        FetchFailed: it leads to this machine, the local network or another address of no public meaning (RFC 6890).
    """
    try:
        if _place(url) in listed:
            return
        parts = urlsplit(url)
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return
    if any(_private(str(one[4][0])) for one in found):
        raise FetchFailed(url=masked_url(url), why="private address")


def _private(address: str) -> bool:
    one = ip_address(address.partition("%")[0])
    mapped = getattr(one, "ipv4_mapped", None)
    return not (mapped or one).is_global or one.is_multicast


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
