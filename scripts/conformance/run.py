"""`make conformance`: our verdicts beside those of outside judges, on the same files; writes docs/conformance.md.

Fails when a judge of cryptography or pdfium contradicts us, when a valid file is called failed or an attack passed, or when EU
DSS disagrees and `explained.toml` does not say why. Without Maven's registry, DSS is left out and the page stays as it was.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from scripts.conformance import corpus, judges
from scripts.conformance.corpus import Sample
from signing.model import FileVerdict, Indication
from signing.verify import verify

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "var" / "conformance"
PAGE = ROOT / "docs" / "conformance.md"
SHORT = {Indication.PASSED: "passed", Indication.INDETERMINATE: "doubt", Indication.FAILED: "failed"}
_WORST = (("TOTAL_FAILED", "failed"), ("INDETERMINATE", "doubt"), ("TOTAL_PASSED", "passed"), ("=PASSED", "passed"))


@dataclass(frozen=True)
class Row:
    """One file before all judges."""

    sample: Sample
    ours: FileVerdict
    dss: str
    openssl: dict[str, bool]
    pdfsig: list[str]
    qpdf: str
    seen: str

    @property
    def of_dss(self) -> str:
        """DSS's worst indication in our words; `none` where it saw no signature, `refused` where it did not take the file."""
        if self.dss.startswith("!"):
            return "refused"
        return next((short for long, short in _WORST if long in self.dss), "none")

    @property
    def agrees(self) -> bool:
        """Whether DSS says the same; a file without reachable signature is none for it, and never passed for us."""
        return self.of_dss == SHORT[self.ours.indication] or (
            self.of_dss == "none" and self.ours.indication is not Indication.PASSED
        )


def judged(sample: Sample, found: corpus.Corpus, dss: dict[str, str]) -> Row:
    """One file before all judges."""
    path = sample.path
    return Row(
        sample,
        verify(path, found.trust),
        dss.get(path.name, ""),
        judges.openssl(path, found.trust),
        judges.pdfsig(path),
        judges.qpdf(path),
        judges.seen(path),
    )


def contradictions(row: Row) -> list[str]:
    """What must not be, in words."""
    told = []
    intact = {one.field_name: one.intact for one in row.ours.signatures}
    told += [f"openssl says {right} of {name}" for name, right in row.openssl.items() if intact.get(name) is not right]
    if row.seen == "changed" and row.ours.indication is Indication.PASSED:
        told.append("pdfium shows a change")
    if row.sample.kind != "attack" and row.ours.indication is Indication.FAILED:
        told.append("a valid file failed")
    if row.sample.kind == "attack" and row.ours.indication is Indication.PASSED:
        told.append("an attack passed")
    if row.sample.kind == "sealed" and (
        row.ours.indication is not Indication.PASSED or "invalid" in row.pdfsig or row.qpdf != "ok"
    ):
        told.append(f"our own file: {row.ours.indication}, pdfsig {row.pdfsig}, qpdf {row.qpdf}")
    return [f"{row.sample.kind} “{row.sample.name}”: {one}" for one in told]


def page(rows: list[Row], explained: dict[str, str]) -> str:
    """docs/conformance.md."""
    lines = ["# Conformance", "", *INTRODUCTION.strip().splitlines(), ""]
    lines += ["| files | ours: passed | doubt | failed | EU DSS says the same |", "|---|---|---|---|---|"]
    for kind, words in (("sealed", "sealed by us"), ("valid", "valid, of many makers"), ("attack", "attacks")):
        those = [row for row in rows if row.sample.kind == kind]
        count = Counter(SHORT[row.ours.indication] for row in those)
        same = sum(row.agrees for row in those)
        lines.append(f"| {words} ({len(those)}) | {count['passed']} | {count['doubt']} | {count['failed']} | {same} |")
    signatures = sum(len(row.openssl) for row in rows)
    changed = [row for row in rows if row.seen == "changed"]
    unseen = sum(row.ours.indication is Indication.PASSED for row in changed)
    own = [row for row in rows if row.sample.kind == "sealed"]
    sound = sum(row.qpdf == "ok" and "invalid" not in row.pdfsig for row in own)
    lines += [
        "",
        f"- `openssl cms -verify` and `openssl ts -verify` find intact what we do: {signatures} signatures and time-stamps.",
    ]
    lines += [f"- pdfium shows another page than the one signed in {len(changed)} files; we pass {unseen} of them."]
    lines += [f"- `qpdf --check` and `pdfsig` find nothing wrong in {sound} of our own {len(own)} files."]
    lines += ["", "## Where EU DSS says something else", "", "| file | ours | EU DSS | why |", "|---|---|---|---|"]
    for row in rows:
        if not row.agrees:
            why = explained.get(row.sample.name, "?")
            ours = f"{row.ours.indication.value} {row.ours.sub_indication}".strip()
            lines.append(f"| {row.sample.kind}: {row.sample.name} | {ours} | {_told(row)} | {why} |")
    return "\n".join(lines) + "\n"


def _told(row: Row) -> str:
    said = list(dict.fromkeys(one.split("=", 1)[-1].strip("/") for one in row.dss.split()))
    return ", ".join(said) or row.of_dss


INTRODUCTION = """
`make conformance` judges the test table (`tests/world/signed`) and files sealed by ourselves with our verifier and with outside
judges: EU DSS 6.4, OpenSSL, poppler's `pdfsig`, qpdf, and pdfium drawing each signed revision beside the final one. All of them
trust the same roots, offline. DSS runs with its own policy; a missing claimed time is told instead of failed (half of our makers
write none), and its findings on changed pages and undefined changes fail instead of being told. That command writes this page.
"""


def main() -> None:
    """Judge, compare, write the page."""
    found = corpus.make(BUILD / "files")
    dss = judges.dss(BUILD / "files", corpus.write_trust(found.trust, BUILD / "trust"), BUILD / "dss")
    rows = [judged(sample, found, dss) for sample in found.samples]
    wrong = [told for row in rows for told in contradictions(row)]
    explained: dict[str, str] = tomllib.loads(Path(__file__).with_name("explained.toml").read_text(encoding="utf-8"))
    if dss:
        groups = {name: entry["why"] for entry in explained["group"] for name in entry["files"]}  # type: ignore[index,union-attr]
        open_ones = [row for row in rows if not row.agrees and row.sample.name not in groups]
        wrong += [
            f"not explained: {row.sample.kind} “{row.sample.name}”: {row.ours.indication}, DSS {row.dss}" for row in open_ones
        ]
        PAGE.write_text(page(rows, groups), encoding="utf-8")
        print(f"EU DSS agrees on {sum(row.agrees for row in rows)} of {len(rows)} files; see docs/conformance.md")
    else:
        print("Maven or its registry is out of reach: EU DSS was not asked.")
    for one in wrong:
        print(one, file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
