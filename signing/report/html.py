"""The report as one HTML file: nothing loaded from anywhere, no script, a style that its own policy allows by hash."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from signing.model import Indication
from signing.report.catalogue import label
from signing.report.outline import Outline

_TEMPLATES = Path(__file__).with_name("templates")
_TONES = {Indication.PASSED: "passed", Indication.INDETERMINATE: "undecided", Indication.FAILED: "failed"}
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def page(report: Outline, version: str) -> str:
    """The HTML document; `version` is that of the program."""
    style = _environment().get_template("report.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    tool = label("made_with", report.language, version=version)
    template = _environment().get_template("report.html")
    rendered = template.render(report=report, style_hash=digest, tone=_TONES.__getitem__, visible=visible, tool=tool)
    return str(rendered)


def visible(text: str) -> str:
    """`text` with every character spelled out that hides from the eye, such as `[U+202E]`: it could turn a name round."""
    return "".join(f"[U+{ord(one):04X}]" if unicodedata.category(one) in _UNSEEN else one for one in text)


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
