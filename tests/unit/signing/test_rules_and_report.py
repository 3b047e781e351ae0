from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from signing import findings, preflight, report
from signing.demo_pki import DemoPki
from signing.model import Finding, Severity, Topic
from signing.policy import Policy, Profile
from signing.preflight import Layout, Seen
from signing.trust import TrustStore
from signing.verify import p7_strict_parse, p16_hybrid, verify
from tests.unit.signing.world import World, forge, sign_unchecked

SOUND = Layout(
    size=1000,
    header_at=0,
    eof_ends=(400, 1000),
    trailing=b"\n",
    trailing_is_padding=True,
    startxref=900,
    startxref_is_section=True,
    byte_ranges=1,
)
SEEN = Seen(signatures=1, covered_until=1000, revisions_after=0, strict=True)


def test_a_sound_layout_has_no_findings() -> None:
    assert preflight.findings(SOUND, SEEN) == []


@pytest.mark.parametrize(
    ("rule", "layout", "seen", "code"),
    [
        (preflight.p1_header, {"header_at": 7}, {}, "HEADER_NOT_AT_START"),
        (preflight.p2_trailing, {"trailing": b"\n\n\n", "size": 1003}, {}, "BYTES_AFTER_END"),
        (preflight.p2_trailing, {"trailing": b"x", "trailing_is_padding": False}, {"covered_until": 900}, "BYTES_AFTER_END"),
        (preflight.p3_startxref, {"startxref": 100}, {}, "STARTXREF_ASTRAY"),
        (preflight.p3_startxref, {"startxref_is_section": False}, {}, "STARTXREF_ASTRAY"),
        (preflight.p4_revisions, {"eof_ends": (400, 1000, 1200)}, {}, "HIDDEN_REVISION"),
        (preflight.p4_revisions, {}, {"revisions_after": 1}, "HIDDEN_REVISION"),
        (preflight.p5_byte_ranges, {"byte_ranges": 2}, {}, "SIGNATURE_HIDDEN"),
        (preflight.p5_byte_ranges, {"byte_ranges": 0}, {}, "SIGNATURE_HIDDEN"),
    ],
)
def test_byte_rules(rule: object, layout: dict[str, object], seen: dict[str, object], code: str) -> None:
    strict = replace(SEEN, **seen)  # type: ignore[arg-type]
    bad = replace(SOUND, **layout)  # type: ignore[arg-type]
    assert callable(rule)
    found = rule(bad, strict)
    assert found is not None
    assert (found.code, found.severity) == (code, Severity.FAILURE)
    mild = rule(bad, replace(strict, strict=False))
    assert mild is not None
    assert [found] == [one for one in preflight.findings(bad, strict) if one.code == code]


def test_padding_in_a_foreign_file_is_style() -> None:
    padded = replace(SOUND, trailing=b"\n\n\x00\x00", size=1004)
    (found,) = preflight.findings(padded, replace(SEEN, strict=False))
    assert found.severity is Severity.WARNING


def test_the_outline_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"%PDF-1.7\n/ByteRange /ByteRangeX\nxref\n0 0\nstartxref\n32\n%%EOF\ntail")
    layout = preflight.scan(path)
    assert (layout.header_at, layout.byte_ranges, layout.startxref, layout.startxref_is_section) == (0, 1, 32, True)
    assert (layout.trailing, layout.trailing_is_padding, len(layout.eof_ends)) == (b"\ntail", False, 1)


@pytest.mark.parametrize("shift", range(-12, 13))
def test_marks_on_the_border_of_two_blocks_are_counted_once(tmp_path: Path, shift: int) -> None:
    path = tmp_path / "x"
    mark = b"/ByteRange %%EOF"
    border = (1 << 20) + shift
    path.write_bytes(b"%PDF-1.7\n".ljust(border, b" ") + mark + b" " * ((1 << 20) - shift - len(mark)))
    layout = preflight.scan(path)
    assert (layout.byte_ranges, layout.eof_ends, layout.size) == (1, (border + len(mark),), 2 << 20)


def test_strict_parse_and_hybrid_rules(tmp_path: Path, world: World, plain: Path) -> None:
    """P7 and P16: our own files fail, foreign ones are told."""
    from signing.embedded import open_pdf

    path = sign_unchecked(plain, tmp_path / "s.pdf", world.clerk)
    with path.open("rb") as handle:
        opened = open_pdf(handle)
        assert opened is not None
        assert p7_strict_parse(opened, strict=True) is None
        assert p16_hybrid(opened, strict=True) is None
        for strict, severity in ((True, Severity.FAILURE), (False, Severity.WARNING)):
            loose, hybrid = replace(opened, strict_parse=False), replace(opened, hybrid=True)
            assert p7_strict_parse(loose, strict=strict) == Finding(Topic.INTEGRITY, "STRICT_PARSE_FAILED", severity)
            assert p16_hybrid(hybrid, strict=strict) == Finding(Topic.INTEGRITY, "HYBRID_REFERENCES", severity)


def test_a_real_hybrid_file_is_refused_as_ours(tmp_path: Path, world: World, plain: Path) -> None:
    """A table with an `/XRefStm` beside it, then signed: programs may choose different objects."""
    data = plain.read_bytes()
    start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    stream_at = len(data)
    size = int(re.findall(rb"/Size (\d+)", data)[-1])
    number, root = size, re.findall(rb"/Root (\d+ \d+ R)", data)[-1]
    stream = b"%d 0 obj\n<< /Type /XRef /W [1 4 1] /Index [0 0] /Size %d /Length 0 /Root %s >>\nstream\n\nendstream\nendobj\n" % (
        number,
        size + 1,
        root,
    )
    table_at = stream_at + len(stream)
    table = b"xref\n0 0\ntrailer\n<< /Size %d /Root %s /Prev %d /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        size + 1,
        root,
        start,
        stream_at,
        table_at,
    )
    hybrid = tmp_path / "hybrid.pdf"
    hybrid.write_bytes(data + stream + table)
    signed = forge(hybrid, tmp_path / "updated.pdf", lambda writer: writer.add_object(writer.root["/Pages"]["/Count"]))
    ours = verify(signed, world.trust, Policy(profile=Profile.AGENCY))
    foreign = verify(signed, world.trust, Policy(profile=Profile.FOREIGN))
    severities = [one.severity for verdict in (ours, foreign) for one in verdict.findings if one.code == "HYBRID_REFERENCES"]
    assert severities == [Severity.FAILURE, Severity.WARNING]


# --- words ---------------------------------------------------------------------------------------------------------------------


def test_every_code_has_sentences_in_both_languages() -> None:
    source = "".join(path.read_text() for path in Path(findings.__file__).parent.glob("*.py"))
    used = set(re.findall(r'Finding\(\s*Topic\.\w+,\s*"([A-Z_]+)"', source)) | set(re.findall(r'_finding\("([A-Z_]+)"', source))
    assert used
    assert used <= set(findings.CATALOGUE)
    for code, wording in findings.CATALOGUE.items():
        assert wording.vi.endswith("."), code
        assert wording.en.endswith("."), code
        assert set(re.findall(r"{(\w+)}", wording.vi)) == set(re.findall(r"{(\w+)}", wording.en)), code


def test_the_first_line_is_the_verdict(sealed: Path, plain: Path, pki: DemoPki, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(sealed.read_bytes() + b"more")
    lines = [report.sentences(verify(path, pki.trust())) for path in (sealed, plain, tmp_path / "bad.pdf")]
    assert [one[0] for one in lines] == ["Hợp lệ", "Không thể kết luận", "Không hợp lệ"]
    assert report.sentences(verify(sealed, pki.trust()), "en")[0] == "Valid"
    assert any("+07:00" in line for line in lines[0])


def test_topics_come_in_their_fixed_order(sealed: Path, pki: DemoPki) -> None:
    (signature,) = verify(sealed, pki.trust()).signatures
    order = [list(Topic).index(one.topic) for one in signature.findings]
    assert order == sorted(order)
    assert {Topic.INTEGRITY, Topic.SIGNER, Topic.TIME, Topic.REVOCATION, Topic.CHANGES} <= {
        one.topic for one in signature.findings
    }


def test_the_report_is_plain_json(sealed: Path, pki: DemoPki) -> None:
    for trust in (pki.trust(), TrustStore()):
        told = report.as_json(verify(sealed, trust))
        again = json.loads(json.dumps(told, ensure_ascii=False))
        assert again == told
        assert again["signatures"][0]["intact"] is True
        assert again["signatures"][0]["findings"][0]["message"]
