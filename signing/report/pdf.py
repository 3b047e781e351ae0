"""The report as PDF/A-2b with real text: one A4 page for the usual file."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.typeset import build
from ocr.typeset.model import Banner, Block, Colour, Columns, Facts, Family, Gap, Rule, Sheet, Style, Text, Together
from signing.model import Indication, Severity
from signing.report.catalogue import label
from signing.report.outline import Line, Outline, Section

_FILLS: dict[Indication, Colour] = {
    Indication.PASSED: (29, 107, 52),
    Indication.INDETERMINATE: (122, 82, 0),
    Indication.FAILED: (160, 28, 28),
}
_INK: dict[Severity, Colour] = {Severity.FAILURE: (160, 28, 28), Severity.DOUBT: (122, 82, 0)}
_SMALL_PT = 7.5


def document(report: Outline, version: str) -> bytes:
    """The PDF; equal input gives equal bytes. `version` is that of the program.

    Raises:
        PrintFontMissing: the Liberation fonts are not installed.
    """
    blocks: list[Block] = [
        Text(report.title, Style(9, colour=(70, 70, 70))),
        Gap(1),
        Banner(report.headline, _FILLS[report.indication], report.integrity, size_pt=17),
        Gap(1.5),
    ]
    if report.demo:
        blocks.append(Text(report.demo, Style(9, bold=True, colour=_FILLS[Indication.FAILED])))
    blocks.append(Facts(report.facts, label_mm=34, size_pt=8.5))
    if report.lines:
        blocks += [Rule(), Text(report.about_file, Style(9.5, bold=True)), *_findings(report.lines)]
    for section in report.sections:
        blocks += _section(section)
    blocks += [Rule(), *(Text(note, Style(7, colour=(70, 70, 70))) for note in report.notes)]
    foot = f"{label('made_with', report.language, version=version)} · {report.title}"
    return build(
        Sheet(
            title=f"{report.title} – {report.name}",
            blocks=tuple(blocks),
            created_at=report.checked_at,
            language=report.language,
            family=Family.SANS,
            margin_mm=13,
            footer=foot,
        )
    )


def _section(section: Section) -> list[Block]:
    heading = Text(f"{section.heading} – {section.verdict}", Style(9.5, bold=True, colour=_FILLS[section.indication]))
    facts = Facts(section.facts, label_mm=27, size_pt=_SMALL_PT)
    return [Together((Rule(), heading, Gap(0.8), Columns(((facts,), tuple(_findings(section.lines))), gap_mm=5)))]


def _findings(lines: Sequence[Line]) -> list[Block]:
    return [
        Text(
            f"{line.topic}: {line.text}" + (f" ({line.clause})" if line.clause else ""),
            Style(_SMALL_PT, colour=_INK.get(line.severity, (0, 0, 0))),
            indent_mm=3.5,
            hanging=line.mark,
        )
        for line in lines
    ]
