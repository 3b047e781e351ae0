"""What is shipped for deploying names only settings that exist, pins every version, checks every service's health."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings import load
from storage.options import StoreOptions

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("sohoa*.[stm]*"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NAME = re.compile(r"\bSOHOA_[A-Z_]+")
ONLY_OURS = {"SOHOA_PUBLIC_HOST"}
"""A name of the compose file itself."""
HOST_NAME = re.compile(r"^[\w-]+\.[\w.-]+/|:\d+/")


def values(text: str) -> dict[str, str]:
    """The environment a unit or an env file gives, specifiers filled in."""
    lines = [line.removeprefix("Environment=") for line in text.splitlines() if not line.startswith(("#", "EnvironmentFile"))]
    pairs = [pair for line in lines if line.startswith("SOHOA_") for pair in (line.split(" ") if " SOHOA_" in line else [line])]
    return dict(pair.replace("%i", "8001").split("=", 1) for pair in pairs)


def filled(value: str) -> str:
    """A value of the compose file as a person would fill it in."""
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda found: {"SOHOA_UNIT": "H00.DEMO"}.get(found[1], "x1"), value)


def accepted(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SOHOA_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    load()


@pytest.mark.parametrize("service", ["web", "worker"])
def test_what_the_compose_file_sets_is_accepted(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = SERVICES[service]["environment"]
    assert "SOHOA_DATABASE_URL" in environment
    accepted({name: filled(value) for name, value in environment.items()}, monkeypatch)


def test_what_the_units_set_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [values(path.read_text()) for path in (*UNITS, DEPLOY / "systemd" / "sohoa.env.example")]
    assert sum(map(len, told)) > 10
    accepted({name: value for one in told for name, value in one.items()}, monkeypatch)


def test_every_setting_that_a_guide_or_file_names_exists() -> None:
    known = set(NAME.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))
    files = [path for path in (*DEPLOY.rglob("*"), *(ROOT / "docs" / "operations").glob("*.md")) if path.is_file()]
    named = {(path.name, name) for path in files for name in NAME.findall(path.read_text(encoding="utf-8"))}
    assert {(file, name) for file, name in named if name not in known | ONLY_OURS and not name.endswith("_")} == set()


def test_a_setting_that_does_not_exist_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Exception, match="SOHOA_BROKER_ULR"):
        accepted({"SOHOA_BROKER_ULR": "x"}, monkeypatch)


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_pinned_limited_and_looked_after(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[\w/-]+:\d+(\.\d+){1,2}", service["image"]), "an exact version, no registry's host"
    assert not HOST_NAME.search(service["image"])
    health = service["healthcheck"]
    assert {"test", "interval", "timeout", "retries"} <= set(health)
    assert health["test"][0] == "CMD"
    assert service["mem_limit"]
    assert service["restart"] == "unless-stopped"
    for other, how in service.get("depends_on", {}).items():
        assert other in SERVICES
        assert how == {"condition": "service_healthy"}
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert source in COMPOSE["volumes"] or (DEPLOY / source).exists() or (DEPLOY / f"{source}.example").exists(), volume


def test_no_secret_is_in_the_files() -> None:
    told = (DEPLOY / "env.example").read_text()
    wanted = set(re.findall(r"\$\{(\w+):\?\}", (DEPLOY / "compose.yml").read_text()))
    assert wanted == set(re.findall(r"^(\w+)=", told, re.MULTILINE))
    assert re.findall(r"^(?:\w*PASSWORD|S3_\w+)=(.+)$", told, re.MULTILINE) == []
    assert json.loads((DEPLOY / "seaweedfs-s3.json.example").read_text())["identities"]


def test_the_image_installs_what_setup_installs() -> None:
    told = (DEPLOY / "Dockerfile").read_text()
    assert re.search(r"^FROM [a-z]+:\d+\.\d+-slim$", told, re.MULTILINE)
    assert "--require-hashes --no-deps -r /tmp/requirements/run.lock" in told
    assert "apt-run.txt" in told


def test_a_silent_store_holds_no_step_longer_than_a_worker_may_take_to_stop() -> None:
    unit = (DEPLOY / "systemd" / "sohoa-worker@.service").read_text()
    stops = re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert stops
    graces = [int(str(one["stop_grace_period"]).removesuffix("s")) for name, one in SERVICES.items() if "worker" in name]
    assert graces
    assert StoreOptions().silence_seconds < min(int(stops[1]), *graces) - 30, "half a minute for what is left of the step"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text().replace("/opt/sohoa/bin/sohoa", "/bin/true")
        (tmp_path / path.name).write_text(text)
    names = [path.name.replace("@.", "@8001.") for path in UNITS]
    assert len(names) == 5
    asked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *(str(tmp_path / name) for name in names)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in asked.stderr.splitlines() if "sohoa" in line]
    assert (asked.returncode, ours) == (0, [])
