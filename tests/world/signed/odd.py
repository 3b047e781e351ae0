"""Odd but honest: shapes that few makers write, or that our parser was not made for. None is forged, so none may be failed."""

from __future__ import annotations

import re
from collections.abc import Callable

from asn1crypto import cms, core
from cryptography.hazmat.primitives.asymmetric import ec

from tests.unit.signing.world import World
from tests.world.signed import hands
from tests.world.signed.hands import Hand
from tests.world.signed.paper import Dictionary, Paper, base
from tests.world.signed.valid import archived, signed

Make = Callable[[World], bytes]
ODD: dict[str, Make] = {}


def _odd(name: str) -> Callable[[Make], Make]:
    def keep(make: Make) -> Make:
        ODD[name] = make
        return make

    return keep


@_odd("fourteen signers")
def _many(world: World) -> bytes:
    paper = base()
    for number in range(14):
        signed(world, paper, Dictionary(field=b"(S%d)" % number), kind=("rsa", "p256")[number % 2])
    return paper.data


@_odd("fifteen updates before signing")
def _updates(world: World) -> bytes:
    paper = base()
    for _ in range(15):
        paper.update({paper.number(): b"(still being written)"})
    return signed(world, paper).data


@_odd("nine archive time-stamps")
def _archived(world: World) -> bytes:
    paper = signed(world)
    for number in range(9):
        stamp = Dictionary("/ETSI.RFC3161", field=b"(T%d)" % number, type="/DocTimeStamp")
        paper.sign(Hand(world.issuing, stamper=world.stamper, embedded="token"), stamp)
    return paper.data


def _rewritten(how: Callable[[bytes], bytes], **dictionary: object) -> Make:
    """Signed after the revision was changed: what is signed is the odd shape."""

    def make(world: World) -> bytes:
        paper = base()
        fill = paper.fill

        def odd(cms_: Callable[[bytes], bytes], how_: Dictionary) -> Paper:
            start = paper.startxref()
            before = len(paper.data)
            paper.data = how(paper.data)
            moved = len(paper.data) - before
            paper.data = paper.data.replace(b"startxref\n%d\n" % start, b"startxref\n%d\n" % (start + moved))
            return fill(cms_, how_)

        paper.fill = odd  # type: ignore[method-assign]
        return signed(world, paper, Dictionary(**dictionary)).data  # type: ignore[arg-type]

    return make


ODD["no /Filter"] = _rewritten(lambda data: data.replace(b"/Filter /Adobe.PPKLite", b"%18s" % b" ".ljust(22)))
ODD["an unknown /Filter"] = _rewritten(lambda data: data.replace(b"/Filter /Adobe.PPKLite", b"/Filter /VGCA.Signer01"))
ODD["a field name in Vietnamese"] = lambda w: signed(w, how=Dictionary(field="(﻿Ký số)".encode())).data
ODD["an empty field name"] = lambda w: signed(w, how=Dictionary(field=b"()")).data
ODD["a reason in UTF-16"] = lambda w: signed(w, how=Dictionary(extra=b"/Reason <FEFF1EA1> /Location (x\\)y)")).data
ODD["a signature that builds on another"] = lambda w: signed(w, archived(w), Dictionary(field=b"(After)")).data
ODD["an XFA form beside"] = lambda w: _form_entry(w, b"/XFA [(template) (x)]")
ODD["appearances asked for"] = lambda w: _form_entry(w, b"/NeedAppearances true")


def _form_entry(world: World, entry: bytes) -> bytes:
    paper = base()
    paper.entry(paper.root, "/AcroForm", b"<< /Fields [] %s >>" % entry)
    paper.update({paper.root: paper.dump(paper.root)})
    original = paper.entry

    def keeping(number: int, key: str, value: bytes) -> None:
        original(number, key, value.replace(b">>", entry + b" >>") if key == "/AcroForm" else value)

    paper.entry = keeping  # type: ignore[method-assign]
    return signed(world, paper).data


@_odd("a field within a field")
def _nested(world: World) -> bytes:
    paper = base()
    parent = paper.number()
    original = paper.entry

    def nested(number: int, key: str, value: bytes) -> None:
        original(number, key, b"<< /SigFlags 3 /Fields [%d 0 R] >>" % parent if key == "/AcroForm" else value)

    paper.entry = nested  # type: ignore[method-assign]
    child = parent + 2
    paper.update({parent: b"<< /T (Cha) /Kids [%d 0 R] >>" % child})
    return signed(world, paper).data


@_odd("usage rights of another maker")
def _usage_rights(world: World) -> bytes:
    paper = base()
    rights = paper.number()
    paper.entry(paper.root, "/Perms", b"<< /UR3 %d 0 R >>" % rights)
    value = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Contents <00> >>"
    paper.update({rights: value, paper.root: paper.dump(paper.root)})
    return signed(world, paper).data


# --- the CMS


def _hand(**how: object) -> Callable[[World], Hand]:
    return lambda world: Hand(world.issuing, stamper=world.stamper, **how)  # type: ignore[arg-type]


def _changed(change: Callable[[cms.SignedData], None]) -> Make:
    """Parts that no signature covers, written as some makers do."""

    def make(world: World) -> bytes:
        hand = _hand()(world)

        def other(data: bytes) -> bytes:
            before = hand(data)
            content = cms.ContentInfo.load(before)["content"]
            change(content)
            after = bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())
            assert after != before
            return after

        return base().sign(other).data

    return make


def _unknown_attribute(data: cms.SignedData) -> None:
    signer = data["signer_infos"][0]
    unknown = cms.CMSAttribute({"type": "1.3.6.1.4.1.99999.7", "values": [core.UTF8String("x")]})
    signer["unsigned_attrs"] = [*signer["unsigned_attrs"], unknown]


def _twice_the_same(data: cms.SignedData) -> None:
    data["certificates"] = [*data["certificates"], data["certificates"][0]]


ODD["an unknown unsigned attribute"] = _changed(_unknown_attribute)
ODD["a certificate carried twice"] = _changed(_twice_the_same)
ODD["hexadecimal in capitals"] = lambda w: _recoded(w, bytes.upper)
ODD["an odd number of digits"] = lambda w: _recoded(w, lambda value: value[:-1] + b" ")


def _recoded(world: World, how: Callable[[bytes], bytes]) -> bytes:
    data = signed(world).data
    return re.sub(rb"(?<=/Contents <)[0-9a-f]+", lambda found: how(found[0]), data)


for _name, _key in (
    ("brainpool P-256", ec.BrainpoolP256R1),
    ("brainpool P-384", ec.BrainpoolP384R1),
    ("secp256k1", ec.SECP256K1),
):
    hands._CURVES[_name] = _key  # type: ignore[assignment]
    ODD[_name] = lambda w, kind=_name: signed(w, kind=kind).data
for _name in ("sha3_256", "sha224", "sha512"):
    ODD[f"digest {_name}"] = lambda w, digest=_name: signed(w, digest=digest, stamped=True).data
