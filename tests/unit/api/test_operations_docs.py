"""Every metric that the alerting rules name exists, and the rules are well-formed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

from api.watch import measures
from api.watch.figures import Believed, Figures
from api.watch.metrics import Place as PlaceMetrics
from api.watch.metrics import text
from storage.preservation import Place, Tally
from storage.watching import DiskSample

RULES = Path(__file__).resolve().parents[3] / "docs" / "operations" / "alerts.yml"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NAME = re.compile(r"\bsohoa_[a-z_]+")


class Told(Believed):
    """Figures of which none is missing."""

    def __init__(self) -> None:
        self._told = Figures(
            now=NOW, queue=(), failed=(), workers=(), jobs=(), outbox=0, outbox_since=None, anchored_at=NOW - timedelta(hours=5),
            objects=Tally(Place.MAIN, 0, 0, 0, 0, 0, None), copies=None, disk=DiskSample(NOW, 1, 2), days_left=3.0,
        )  # fmt: skip

    def figures(self) -> Figures:
        return replace(self._told)


def exported() -> set[str]:
    """Names of all metrics, with the endings a rule may use."""
    place = PlaceMetrics(Told(), lambda: (("database", True, 0.1),), 45)
    measures.STEP_SECONDS.labels("read").observe(1)
    found = set()
    for family in text_string_to_metric_families(text(place).decode()):
        endings = {"histogram": ("_bucket", "_count", "_sum"), "counter": ("_total",)}.get(family.type, ("",))
        found |= {family.name + ending for ending in endings}
    return found


def test_rules_name_metrics_that_exist() -> None:
    rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    known = exported()
    assert {name for rule in rules for name in NAME.findall(rule["expr"])} <= known
    assert all({"alert", "expr", "labels", "annotations"} <= set(rule) for rule in rules)
    assert len({rule["alert"] for rule in rules}) == len(rules)


def test_the_page_names_metrics_that_exist() -> None:
    words = set(NAME.findall((RULES.parent / "watching.md").read_text()))
    known = exported()
    assert {word for word in words if not word.endswith("_") and word not in known} == set()
