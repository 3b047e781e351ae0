"""The data files of the report: labels in both languages, and the clause each finding rests on."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from signing.model import Topic
from signing.report.words import language

_DATA = Path(__file__).with_name("data")


@cache
def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))


def label(name: str, lang: str, /, **values: object) -> str:
    """The words called `name`, such as `file` or `topics.time`, with `values` filled in."""
    found: Any = _file("labels.toml")[language(lang)]
    for part in name.split("."):
        found = found[part]
    return str(found).format(**values)


def clause(topic: Topic, code: str) -> str:
    """Where it is written what a finding of this code rests on; empty when nowhere."""
    clauses = _file("clauses.toml")
    return str(clauses["codes"].get(code, clauses["topics"][topic.value]))


def basis(lang: str) -> str:
    """What verification as a whole rests on: standards and law."""
    return str(_file("clauses.toml")["basis"][language(lang)])
