"""Everything a run needs, standing: servers, proxy, time-stamp authority, data folder, web and worker processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from api.demo.tokens import ensure_tokens
from api.settings import Settings
from api.wiring import Sohoa, build
from scripts.soak.faults import World
from scripts.soak.plan import Options
from scripts.soak.processes import Keeper, Service
from scripts.soak.proxy import Proxy
from scripts.soak.servers import Broker, Postgres, Server, free_port
from scripts.soak.time_stamps import MoodyAuthority
from storage.registers import RegisterKind
from tests.world.fresh import bucket_on, database_on
from tests.world.timestamp_site import running

DISK_MIB = 96
READY_SECONDS = 300.0
GIVEN_STORE = "SOHOA_TEST_S3_URL"
"""A living S3 store to use instead of starting one (as the tests do); the proxy stands before it all the same."""
UNIT, SIGN = "H00.DEMO", "SCTĐT/BS"


@dataclass(frozen=True)
class Stage:
    """A run's surroundings."""

    world: World
    sohoa: Sohoa
    """Joined to the same database and, past the proxy, to the same store."""
    tokens: dict[str, str]
    addresses: tuple[str, ...]
    hot: Path
    logs: Path
    keeper: Keeper
    started_s: float


@contextmanager
def standing(options: Options, logs: Path) -> Iterator[Stage]:
    """Start everything; end everything after the block. Raises ServerMissing."""
    begun = time.monotonic()
    with ExitStack() as stack:
        database, broker, store_url = _servers(options, stack)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sohoa-soak-")))
        data, disk = folder / "data", _mounted(folder / "data", stack)
        own_database = stack.enter_context(database_on(database.url))
        direct = bucket_on(_without_bucket(store_url))
        proxy = Proxy(store_url, options.seed)
        stack.callback(proxy.close)
        sohoa = build(Settings(data_dir=data, database_url=own_database, broker_url=broker.url, objects_url=direct, unit=UNIT))
        stack.callback(sohoa.close)
        with sohoa.database.transaction() as uow:
            uow.registers.open(UNIT, RegisterKind.ELECTRONIC, SIGN, "van-thu")
        tokens = ensure_tokens(sohoa)
        authority = stack.enter_context(running(MoodyAuthority(sohoa.signatories.demo)))
        hot = folder / "hot"
        hot.mkdir()
        environment = _environment(sohoa, _through(direct, proxy.port), authority.url(), hot)
        ports = [free_port() for _ in range(options.web)]
        web, workers = _services(options, environment, ports, logs)
        keeper = Keeper((*web, *workers))
        keeper.start()
        stack.callback(keeper.close)
        addresses = tuple(f"http://127.0.0.1:{port}" for port in ports)
        world = World(
            web=web, workers=workers, database=database, broker=broker, store=proxy, authority=authority, disk=disk,
            clock_file=folder / "clock",
        )  # fmt: skip
        stack.callback(world.heal)
        _wait_ready(addresses, logs)
        yield Stage(world, sohoa, tokens, addresses, hot, logs, keeper, time.monotonic() - begun)


def _servers(options: Options, stack: ExitStack) -> tuple[Postgres, Broker, str]:
    """Started side by side; the store is that of the environment where one is named."""
    database, broker = Postgres("postgres"), Broker(options.broker_kind)
    store = None if os.environ.get(GIVEN_STORE) else Server("ceph")
    failed: list[Exception] = []

    def start(server: Server) -> None:
        try:
            server.start()
        except Exception as error:  # noqa: BLE001 - told by the caller's thread
            failed.append(error)

    servers = [server for server in (database, broker, store) if server is not None]
    threads = [threading.Thread(target=start, args=(server,)) for server in servers]
    for server, thread in zip(servers, threads, strict=True):
        stack.callback(server.close)
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return database, broker, store.url if store else os.environ[GIVEN_STORE]


def _mounted(folder: Path, stack: ExitStack) -> Path | None:
    """A small file system in memory at `folder`, or None where mounting is not allowed."""
    folder.mkdir()
    options = f"size={DISK_MIB}m,mode=700"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "sohoa-soak", folder], capture_output=True, check=False)
    if done.returncode:
        return None
    stack.callback(subprocess.run, ["umount", "-l", folder], capture_output=True, check=False)
    return folder


def _without_bucket(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=""))


def _through(url: str, port: int) -> str:
    """The same bucket, reached by the proxy."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}"))


def _environment(sohoa: Sohoa, objects_url: str, authority: str, hot: Path) -> dict[str, str]:
    """The product's settings: impatient, so that a short run sees leases run out and claims taken over."""
    settings = sohoa.settings
    ours = {
        "DATA_DIR": settings.data_dir, "DATABASE_URL": settings.database_url, "BROKER_URL": settings.broker_url,
        "OBJECTS_URL": objects_url, "UNIT": settings.unit, "LOG__LEVEL": "INFO", "BOX__WORKERS": 2, "BOX__SECONDS": 60,
        "PIPELINE__LEASE_SECONDS": 5, "PIPELINE__SWEEP_SECONDS": 1, "PIPELINE__BACKOFF_SECONDS": 0.5,
        "TSA__URLS": json.dumps([authority]), "TSA__REST_SECONDS": 2, "TSA__MOST_REQUESTS": 1_000_000,
        "REVIEW__AUTOMATIC": "true", "QUOTA__FREE_BYTES": 8 * 1024**2,
        "HOT__FOLDER": hot, "HOT__POLL_SECONDS": 1, "HOT__STABLE_SECONDS": 1, "HOT__DEAD_SECONDS": 8,
        "CERTIFICATION__AGENCY_NAME": "UBND xã Tân Phước", "CERTIFICATION__PUBLIC_BASE": "https://sohoa.example",
    }  # fmt: skip
    # compiled modules are kept where the environment forbids it, too: processes start all the time
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("SOHOA_", "PYTHONDONTWRITEBYTECODE"))}
    return inherited | {"PYTHONFAULTHANDLER": "1"} | {f"SOHOA_{name}": str(value) for name, value in ours.items()}


def _services(
    options: Options, environment: dict[str, str], ports: list[int], logs: Path
) -> tuple[tuple[Service, ...], tuple[Service, ...]]:
    web = tuple(
        Service(f"web-{place}", ("serve", "--port", str(port)), environment, logs / f"web-{place}.log", options.planted)
        for place, port in enumerate(ports)
    )
    workers = tuple(
        Service(f"worker-{place}", ("worker", "--concurrency", "2"), environment, logs / f"worker-{place}.log", options.planted)
        for place in range(options.workers)
    )
    return web, workers


def _wait_ready(addresses: tuple[str, ...], logs: Path) -> None:
    """Until every web process says that work can be done. Raises TimeoutError with the end of the logs."""
    ends = time.monotonic() + READY_SECONDS
    for address in addresses:
        while not _is_ready(address):
            if time.monotonic() > ends:
                told = "\n".join(path.read_text(errors="replace")[-1500:] for path in sorted(logs.glob("*.log")))
                raise TimeoutError(f"{address} is not ready\n{told}")
            time.sleep(0.3)


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def keep_logs(logs: Path, to: Path) -> None:
    """Copy the logs of a run that failed to where they can be read."""
    shutil.copytree(logs, to, dirs_exist_ok=True)
