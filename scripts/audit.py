"""`make audit`: known weaknesses of the locked Python packages, by pip-audit.

It needs the package index's advisory service. Where that is not reached pip-audit merely skips and says that nothing was found;
here a package that could not be asked about is an answer of its own. Exit codes: 0 no known weakness, 1 weaknesses,
3 cannot be concluded.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ASK = ["-m", "pip_audit", "-r", "requirements/run.lock", "--require-hashes", "--disable-pip", "--progress-spinner", "off"]


def judged(answer: str) -> tuple[int, list[str]]:
    """Exit code and lines for what pip-audit says as JSON ('' or anything else: it did not come to an answer)."""
    try:
        packages: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return 3, ["pip-audit gave no answer: the advisory service was not reached. Nothing is known about the packages."]
    weak = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in packages
        for hole in one.get("vulns", ())
    ]
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    if skipped:
        weak.append(
            f"{len(skipped)} of {len(packages)} packages could not be asked about (is the advisory service reached?): "
            + ", ".join(skipped)
        )
    if len(weak) > bool(skipped):
        return 1, weak
    if skipped or not packages:
        return 3, weak or ["no package was looked at"]
    return 0, [f"{len(packages)} packages, no known weakness"]


def main() -> int:
    """Ask, and say what is known."""
    asked = subprocess.run([sys.executable, *ASK, "-f", "json"], cwd=ROOT, check=False, capture_output=True, text=True)
    code, lines = judged(asked.stdout)
    print("\n".join(lines), file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
