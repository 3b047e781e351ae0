"""What an S3 store refuses comes out as an error of ours."""

from __future__ import annotations

import contextlib
import hashlib
import socket
from urllib.parse import urlsplit

import pytest

from ingest.model import Sha256
from storage.errors import BadStoreUrl, StoreUnavailable
from storage.objects import open_store
from storage.options import StoreOptions

NAME = Sha256(hashlib.sha256(b"x").hexdigest())


def test_a_wrong_secret_is_unavailable_with_the_reason_and_without_the_secret(s3_url: str) -> None:
    wrong = open_store(s3_url.replace("testsecret", "wr0ng"))
    with pytest.raises(StoreUnavailable) as caught:
        wrong.put_bytes(b"x", "text/plain")
    assert "wr0ng" not in str(caught.value)
    with pytest.raises(StoreUnavailable):
        wrong.size(NAME)


def test_a_new_bucket_of_a_name_that_is_not_allowed_any_more_is_said_as_that(s3_url: str) -> None:
    parts = urlsplit(s3_url)
    wrong = open_store(parts._replace(path="/Ho_So").geturl())
    with pytest.raises(BadStoreUrl, match="Ho_So"):
        wrong.put_bytes(b"x", "text/plain")


def test_a_store_that_says_nothing_is_unavailable_after_its_tries() -> None:
    options = StoreOptions(tries=2, read_seconds=0.05)
    with socket.create_server(("127.0.0.1", 0), backlog=16) as silent:  # connections stand, and nobody reads them
        silent.settimeout(0)
        mute = open_store(f"s3://k:s@127.0.0.1:{silent.getsockname()[1]}/box?secure=0&region=r", options=options)
        with pytest.raises(StoreUnavailable):
            mute.size(NAME)
        asked = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                silent.accept()[0].close()
                asked += 1
    assert asked == options.tries


def test_a_store_that_is_not_there_is_unavailable_soon() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    gone = open_store(f"s3://k:s@127.0.0.1:{port}/box?secure=0", options=StoreOptions(tries=1, connect_seconds=1))
    for use in (gone.size, gone.read_bytes, gone.open_range):
        with pytest.raises(StoreUnavailable):
            use(NAME)
    with pytest.raises(StoreUnavailable):
        gone.put_bytes(b"x", "text/plain")
