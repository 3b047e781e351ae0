"""The bill of materials has every locked package; an audit that could not ask never says that all is well."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scripts import audit, sbom

ROOT = Path(__file__).resolve().parents[2]


def test_every_locked_package_and_debian_package_is_in_the_bill() -> None:
    told = json.loads(sbom.made(sbom.python_packages()))
    locked = {
        tuple(found) for found in re.findall(r"^([\w.-]+)==([^ ;]+)", (ROOT / "requirements/run.lock").read_text(), re.MULTILINE)
    }
    assert locked
    assert {(one["name"], one["version"]) for one in told["components"] if one["purl"].startswith("pkg:pypi/")} == locked
    assert any(one["name"] == "tesseract-ocr" and one["purl"].startswith("pkg:deb/") for one in told["components"])
    assert told["metadata"]["component"]["name"] == "sohoa"
    hashed = [one for one in told["components"] if one["name"] == "cryptography"]
    assert hashed[0]["externalReferences"][0]["hashes"][0]["alg"] == "SHA-256"


WELL = {"name": "a", "version": "1", "vulns": []}
WEAK = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([WELL], 0, "1 packages, no known weakness"),
        ([WELL, WEAK], 1, "b 2: PYSEC-1, mended in 3"),
        ([WELL, SKIPPED], 3, "1 of 2 packages could not be asked about"),
        ([WEAK, SKIPPED], 1, "b 2: PYSEC-1"),
        ([], 3, "no package was looked at"),
    ],
)
def test_an_audit_says_what_is_known(packages: list[object], code: int, said: str) -> None:
    judged, lines = audit.judged(json.dumps({"dependencies": packages}))
    assert judged == code
    assert said in lines[0]


@pytest.mark.parametrize("answer", ["", "[]", "not json"])
def test_no_answer_is_not_a_good_one(answer: str) -> None:
    assert audit.judged(answer)[0] == 3
