"""`make sbom`: what an installation consists of, as CycloneDX, from requirements/run.lock and the Debian packages beside it.

Python packages come with the hashes that the lock allows; Debian packages with the versions of this machine (a name that is
not installed here has none). Written to build/sbom.cdx.json.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).parents[1]


def python_packages() -> str:
    """The lock as CycloneDX, by cyclonedx-bom."""
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", "requirements/run.lock", "--pyproject", "pyproject.toml"]
    command += ["--output-reproducible", "--sv", "1.6", "--no-validate", "-o", "-"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def debian_packages() -> Iterator[Component]:
    """What `scripts/setup.sh run` installs; the first alternative that is installed stands for its line."""
    for line in Path(ROOT, "requirements", "apt-run.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        names = line.split("|")
        known = [(name, version) for name in names if (version := installed(name))]
        name, version = known[0] if known else (names[0], "")
        purl = PackageURL("deb", "debian", name, version or None)
        yield Component(name=name, version=version or None, type=ComponentType.LIBRARY, purl=purl, bom_ref=str(purl))


def installed(name: str) -> str:
    """The version of a Debian package on this machine, or nothing."""
    try:
        asked = subprocess.run(["dpkg-query", "-W", "-f=${Version}", name], check=False, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def made(python: str) -> str:
    """The whole bill of materials as JSON."""
    bom = Bom.from_json(data=json.loads(python))
    for component in bom.components:
        component.description = None  # the lock's lines over again
    bom.components.update(debian_packages())
    return JsonV1Dot6(bom).output_as_string(indent=1)


def main() -> int:
    """Write the file and say what is in it."""
    text = made(python_packages())
    target = ROOT / "build" / "sbom.cdx.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
    purls = [component.get("purl", "") for component in json.loads(text)["components"]]
    counted = {kind: sum(purl.startswith(f"pkg:{kind}/") for purl in purls) for kind in ("pypi", "deb")}
    print(f"{target.relative_to(ROOT)}: {counted['pypi']} Python packages, {counted['deb']} Debian packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
