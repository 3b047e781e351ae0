"""Every rule of a verdict is necessary: with the rule taken away, a case gets through that it holds back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from signing import ades, chain, changes, integrity, preflight
from signing import verify as judging
from signing.model import Finding, Indication, Severity, Topic
from signing.policy import Policy, Profile
from signing.verify import verify
from tests.unit.signing.world import DAY, NOW, World, paint, sign_unchecked
from tests.world.signed.attacks import ATTACKS
from tests.world.signed.hands import Hand
from tests.world.signed.paper import Dictionary, Paper, base
from tests.world.signed.valid import VALID, signed

Patch = pytest.MonkeyPatch
FINE = Finding(Topic.CHANGES, "ONLY_EVIDENCE_ADDED", Severity.OK)


def _without_byte_rule(name: str) -> Callable[[Patch], None]:
    def remove(patch: Patch) -> None:
        patch.setattr(preflight, "RULES", tuple(one for one in preflight.RULES if one.__name__ != name))

    return remove


def _nothing(module: object, *names: str, answer: object = None) -> Callable[[Patch], None]:
    def remove(patch: Patch) -> None:
        for name in names:
            patch.setattr(module, name, lambda *_, **__: answer)

    return remove


def _both(*removals: Callable[[Patch], None]) -> Callable[[Patch], None]:
    def remove(patch: Patch) -> None:
        for one in removals:
            one(patch)

    return remove


async def _passed(*_: object, **__: object) -> str:
    return ""


def _without_process(patch: Patch) -> None:
    patch.setattr(ades, "_process", _passed)


def _without_own_chain(patch: Patch) -> None:
    """The certificate is not asked whether it holds at the time of signing."""
    _without_process(patch)
    patch.setattr(ades, "p13_time", lambda *_, **__: None)
    patch.setattr(ades, "_own", lambda *_: "")
    patch.setattr(ades, "_chain_finding", lambda *_: FINE)


def _without_usage(patch: Patch) -> None:
    class Any:
        def __init__(self, **_: object) -> None:
            """Nothing is asked."""

        def validate(self, _: object) -> None:
            """Everything is right."""

    patch.setattr(chain, "KeyUsageConstraints", Any)
    _without_process(patch)


def _first_counts(patch: Patch) -> None:
    whole = judging._worst
    patch.setattr(judging, "_worst", lambda signatures, findings: whole(signatures[:1], findings))


def _certificate(world: World, tmp: Path, **how: object) -> bytes:
    key = world.key(f"Luật {sorted(how)}", **how)
    return sign_unchecked(paint(tmp / "p.pdf"), tmp / "s.pdf", key, world.stamper).read_bytes()


Case = Callable[[World, Path], bytes]
AFTER = _both(_nothing(changes, "p6_last_revision", "p10_after_last_signature"), _nothing(changes, "p9_changes", answer=FINE))


def _of(table: dict[str, tuple[Callable[[World], bytes], tuple[str, str]]], name: str) -> Case:
    return lambda world, _: table[name][0](world)


def _two(world: World, _: Path) -> bytes:
    paper = signed(world)
    return signed(world, paper, Dictionary(field=b"(B)"), digest="sha1").data


def _pointing_before(world: World, _: Path) -> bytes:
    """The last pointer leads to the line end before the cross-references; the signature covers it so."""
    paper = base()
    fill = paper.fill

    def astray(cms: object, how: Dictionary) -> Paper:
        at = paper.startxref()
        paper.data = paper.data.replace(b"startxref\n%d\n" % at, b"startxref\n%d\n" % (at - 1))
        return fill(cms, how)  # type: ignore[arg-type]

    paper.fill = astray  # type: ignore[method-assign]
    return signed(world, paper).data


def _skipped(world: World, _: Path) -> bytes:
    """A forged revision that the cross-references of the next one pass over."""
    paper = signed(world)
    before = paper.startxref()
    found = re.search(rb"(\d+) 0 R", paper.at[paper.pages[0]]["/Contents"])
    assert found
    paper.update({int(found[1]): paper.stream(b"BT /F1 18 Tf 20 100 Td (SO 99) Tj ET")})
    crl, dss = paper.number(), paper.number()
    paper.entry(paper.root, "/DSS", b"%d 0 R" % dss)
    store = {crl: paper.stream(world.issuing.crl()), dss: b"<< /Type /DSS /CRLs [%d 0 R] >>" % crl}
    return paper.update({**store, paper.root: paper.dump(paper.root)}, prev=before).data


UNTYPED = Dictionary("/ETSI.RFC3161", field=b"(Stamp)", drop=("/Type",))


def _stamped(world: World, paper: Paper) -> Paper:
    """A time-stamp that does not say it is one."""
    return paper.sign(Hand(world.issuing, stamper=world.stamper, embedded="token"), UNTYPED)


def _more_than_evidence(world: World, _: Path) -> bytes:
    return _stamped(world, signed(world)).data


REPLACED = "the content replaced, then signed by another"
COVERAGE = _both(_nothing(changes, "p8_coverage", answer=FINE), _nothing(integrity, "padding", answer=[]), AFTER)

# rule, what is taken away, what then gets through, how it is judged
RULES: list[tuple[str, Callable[[Patch], None], Case, Profile]] = [
    ("P1", _without_byte_rule("p1_header"), _of(VALID, "bytes before the header"), Profile.AGENCY),
    ("P2", _without_byte_rule("p2_trailing"), _of(ATTACKS, "text behind"), Profile.FOREIGN),
    ("P3", _without_byte_rule("p3_startxref"), _pointing_before, Profile.AGENCY),
    ("P4", _without_byte_rule("p4_revisions"), _skipped, Profile.FOREIGN),
    ("P5", _both(_without_byte_rule("p5_byte_ranges"), AFTER), _of(ATTACKS, "the first of two taken out"), Profile.FOREIGN),
    ("P9", _nothing(changes, "p9_changes", answer=FINE), _of(ATTACKS, REPLACED), Profile.FOREIGN),
    ("P10", _nothing(changes, "p10_after_last_signature"), _more_than_evidence, Profile.FOREIGN),
    ("P7", _nothing(judging, "p7_strict_parse"), _of(VALID, "a wrong size in the last trailer"), Profile.AGENCY),
    ("P8", COVERAGE, _of(VALID, "white space left out beside the value"), Profile.AGENCY),
    ("P11", _first_counts, _two, Profile.FOREIGN),
    ("P12", _both(_without_process, _nothing(integrity, "strength", answer=[])), _of(VALID, "SHA-1"), Profile.FOREIGN),
    ("P13", _without_own_chain, lambda w, tmp: _certificate(w, tmp, start=NOW - 50 * DAY, end=NOW - DAY), Profile.FOREIGN),
    ("P14", _without_usage, lambda w, tmp: _certificate(w, tmp, purpose="encrypt"), Profile.FOREIGN),
    ("P15", _nothing(integrity, "p15_attributes", answer=[]), _of(VALID, "adbe.pkcs7.detached"), Profile.AGENCY),
    ("P16", _nothing(judging, "p16_hybrid"), _of(VALID, "hybrid references"), Profile.AGENCY),
]


@pytest.mark.parametrize(("rule", "remove", "make", "profile"), RULES, ids=[one[0] for one in RULES])
def test_each_rule_is_needed(
    tmp_path: Path,
    world: World,
    monkeypatch: Patch,
    rule: str,
    remove: Callable[[Patch], None],
    make: Case,
    profile: Profile,
) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(make(world, tmp_path))
    policy = Policy(profile=profile)
    assert verify(path, world.trust, policy).indication is not Indication.PASSED
    remove(monkeypatch)
    after = verify(path, world.trust, policy)
    assert after.indication is Indication.PASSED, (rule, after.sub_indication, after.findings)


def test_p6_holds_where_p9_is_blind(tmp_path: Path, world: World, monkeypatch: Patch) -> None:
    """P9 refuses whatever P6 does, as long as it knows every change; P6 asks without knowing any."""
    path = tmp_path / "x.pdf"
    paper = _stamped(world, base())
    path.write_bytes(paper.update({paper.pages[0]: paper.dump(paper.pages[0]).replace(b"200 200", b"200 90")}).data)
    _nothing(changes, "p9_changes", answer=FINE)(monkeypatch)
    assert verify(path, world.trust).indication is not Indication.PASSED
    _nothing(changes, "p6_last_revision")(monkeypatch)
    assert verify(path, world.trust).indication is Indication.PASSED
