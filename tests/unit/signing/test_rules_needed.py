"""Every rule of a verdict is necessary: with the rule taken away, a case gets through that it holds back."""

from __future__ import annotations

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
from tests.world.signed.paper import Dictionary
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


POINTERS = _both(_without_byte_rule("p3_startxref"), _without_byte_rule("p4_revisions"))
COVERAGE = _both(_nothing(changes, "p8_coverage", answer=FINE), _nothing(integrity, "padding", answer=[]), AFTER)

# rule, what is taken away, what then gets through, how it is judged
RULES: list[tuple[str, Callable[[Patch], None], Case, Profile]] = [
    ("P1", _without_byte_rule("p1_header"), _of(VALID, "bytes before the header"), Profile.AGENCY),
    ("P2", _without_byte_rule("p2_trailing"), _of(ATTACKS, "text behind"), Profile.FOREIGN),
    ("P3, P4", POINTERS, _of(ATTACKS, "a body and the old pointer"), Profile.FOREIGN),
    ("P5", _both(_without_byte_rule("p5_byte_ranges"), AFTER), _of(ATTACKS, "the first of two taken out"), Profile.FOREIGN),
    ("P6, P9, P10", AFTER, _of(ATTACKS, "content under its old number"), Profile.FOREIGN),
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
