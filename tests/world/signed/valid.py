"""Signed files that nobody tampered with, in the shapes that different makers write. Each with the exact verdict expected.

All signers lead to the trusted root of the test world, so what does not pass is doubted for the reason named, never failed.
"""

from __future__ import annotations

from collections.abc import Callable

import pikepdf

from tests.unit.signing.world import NOW, World, authority
from tests.world.signed.hands import Hand
from tests.world.signed.locked import encrypted
from tests.world.signed.paper import Dictionary, Paper, base

ADBE = "/adbe.pkcs7.detached"
Make = Callable[[World], bytes]
PASSED, DOUBT = ("TOTAL-PASSED", ""), "INDETERMINATE"
VALID: dict[str, tuple[Make, tuple[str, str]]] = {}


def _row(name: str, make: Make, sub: str = "") -> None:
    assert name not in VALID
    VALID[name] = (make, (DOUBT, sub) if sub else PASSED)


def signed(
    world: World, paper: Paper | None = None, how: Dictionary | None = None, *, stamped: bool = True, **hand: object
) -> Paper:
    """A paper with one signature."""
    stamper = world.stamper if stamped else None
    return (paper or base()).sign(Hand(world.issuing, stamper=stamper, **hand), how)  # type: ignore[arg-type]


# --- cryptography

for _name, _hand, _sub in [
    ("RSA-2048, SHA-256, PAdES", {}, ""),
    ("SHA-384", {"digest": "sha384"}, ""),
    ("SHA-512", {"digest": "sha512"}, ""),
    ("SHA-1", {"digest": "sha1"}, "CRYPTO_CONSTRAINTS_FAILURE"),
    ("RSA-PSS", {"pss": True}, ""),
    ("RSA-PSS with SHA-512", {"pss": True, "digest": "sha512"}, ""),
    ("ECDSA P-256", {"kind": "p256"}, ""),
    ("ECDSA P-384 with SHA-384", {"kind": "p384", "digest": "sha384"}, ""),
    ("ECDSA P-521 with SHA-512", {"kind": "p521", "digest": "sha512"}, ""),
    ("Ed25519", {"kind": "ed25519", "digest": "sha512"}, ""),
    ("RSA-1024", {"kind": "rsa1024"}, "CRYPTO_CONSTRAINTS_FAILURE"),
    ("leaf certificate only", {"leaf_only": True}, ""),
    ("issuer before signer in the CMS", {"order": True}, ""),
    ("signer known by key identifier", {"by_key_id": True}, ""),
    ("BER with indefinite lengths", {"ber": True}, ""),
    ("no certificate in the CMS", {"certificates": False}, "NO_SIGNING_CERTIFICATE_FOUND"),
    ("no time-stamp", {"stamped": False}, ""),
    ("signing-certificate attribute of version 1", {"named": 1}, ""),
    ("claimed time only", {"stamped": False, "time": NOW}, ""),
]:
    _row(_name, lambda world, hand=_hand: signed(world, **hand).data, _sub)
_row(
    "archived with SHA-1",
    lambda world: (
        signed(world)
        .sign(
            Hand(world.issuing, stamper=world.stamper, embedded="token", digest="sha1"),
            Dictionary("/ETSI.RFC3161", field=b"(Archive)", type="/DocTimeStamp"),
        )
        .data
    ),
    "CRYPTO_CONSTRAINTS_FAILURE",
)

for _name, _how, _hand, _sub in [
    ("adbe.pkcs7.detached", {}, {"named": 0}, ""),
    ("adbe.pkcs7.detached with SHA-1", {}, {"named": 0, "digest": "sha1"}, "CRYPTO_CONSTRAINTS_FAILURE"),
    ("adbe.pkcs7.detached, leaf only, no time-stamp", {}, {"named": 0, "leaf_only": True, "stamped": False}, ""),
    ("adbe.pkcs7.detached without signed attributes", {}, {"attributes": False}, "SIG_CONSTRAINTS_FAILURE"),
    ("adbe.pkcs7.sha1", {"subfilter": "/adbe.pkcs7.sha1"}, {"embedded": "sha1", "digest": "sha1"}, "FORMAT_FAILURE"),
    ("adbe.x509.rsa_sha1", {"subfilter": "/adbe.x509.rsa_sha1"}, {"digest": "sha1"}, "FORMAT_FAILURE"),
]:
    _row(
        _name, lambda world, hand=_hand, how=_how: signed(world, how=Dictionary(**({"subfilter": ADBE} | how)), **hand).data, _sub
    )

# --- the signature dictionary

for _name, _how, _hand, _sub in [
    ("with a time", {"time": b"(D:20261101120000+07'00')"}, {"time": NOW}, ""),
    ("local time written as UTC", {"time": b"(D:" + NOW.strftime("%Y%m%d%H%M%SZ").encode() + b")"}, {"time": NOW}, ""),
    ("a time nobody can read", {"time": b"(ngay 5 thang 11)"}, {"time": NOW}, ""),
    ("a field name in UTF-16", {"field": b"<FEFF0043006800EF1EEF0020006B00FD>"}, {}, ""),
    ("visible, with an appearance", {"rect": "10 10 60 30"}, {}, ""),
    ("field and widget apart", {"rect": "10 10 60 30", "widget_apart": True}, {}, ""),
    ("contents before the byte range", {"contents_first": True}, {}, ""),
    ("no /Type", {"drop": ("/Type",)}, {}, ""),
    ("maker's properties", {"extra": b"/Prop_Build << /App << /Name /Maker >> >> /Reason (x) /ContactInfo (y)"}, {}, ""),
    ("certified, nothing may change", {"docmdp": 1}, {}, ""),
    ("certified, forms may be filled", {"docmdp": 2}, {}, ""),
    ("certified, notes may be added", {"docmdp": 3}, {}, ""),
    ("white space left out beside the value", {"gap": b"  "}, {}, "FORMAT_FAILURE"),
    ("contents as a literal string", {"literal": True, "reserve": 40_000}, {}, "FORMAT_FAILURE"),
]:
    _row(_name, lambda world, hand=_hand, how=_how: signed(world, how=Dictionary(**how), **hand).data, _sub)

# --- the file below the signature

GENERATE = pikepdf.ObjectStreamMode.generate
for _name, _base, _sub in [
    ("reference streams and object streams", {"xref": "stream"}, ""),
    ("linearised", {"linearize": True}, ""),
    ("linearised with reference streams", {"xref": "stream", "linearize": True}, ""),
    ("PDF 2.0", {"force_version": "2.0"}, ""),
    ("PDF 1.3", {"force_version": "1.3"}, ""),
    ("a turned page", {"rotate": 90}, ""),
    ("twelve pages", {"pages": 12}, ""),
    ("bytes before the header", {"leading": b"\n\n"}, ""),
    ("written for people to read", {"qdf": True}, ""),
]:
    _row(_name, lambda world, base_=_base: signed(world, base(**base_), Dictionary(rect="10 10 60 30")).data, _sub)


def _updated_before(world: World, **update: object) -> Paper:
    paper = base()
    return signed(world, paper.update({paper.number(): b"(an orphan)"}, **update))  # type: ignore[arg-type]


_row("an update before signing", lambda world: _updated_before(world).data)
_row("objects freed before signing", lambda world: _updated_before(world, free=[9]).data)
_row("a wrong size in the trailer before signing", lambda world: _updated_before(world, size=4).data)


def _wrong_size(world: World) -> bytes:
    return base().sign(Hand(world.issuing, stamper=world.stamper), size=3).data


_row("a wrong size in the last trailer", _wrong_size)
for _name, _end, _sub in [
    ("no line end at the end", b"%%EOF", ""),
    ("CR LF at the end", b"%%EOF\r\n", ""),
    ("blank lines at the end, signed", b"%%EOF\n\n\n", ""),
    ("zero bytes at the end, signed", b"%%EOF\n" + bytes(300), ""),
]:
    _row(_name, lambda world, end=_end: base().sign(Hand(world.issuing, stamper=world.stamper), end=end).data, _sub)


def _hybrid(world: World) -> bytes:
    """A table with a stream beside it, as word processors write it, then signed."""
    paper = base()
    hidden, own = paper.number(), paper.number()
    at, here = len(paper.data) + 1, len(paper.data) + 1
    table = b"\1" + at.to_bytes(4, "big") + b"\0\0"
    stream = b"<< /Type /XRef /W [1 4 2] /Index [%d 1] /Size %d /Root %d 0 R" % (hidden, paper.next, paper.root)
    paper.update({hidden: b"(beside)", own: paper.stream(table, stream[2:])}, trailer=b"/XRefStm %d" % here)
    place = paper.data.rindex(b"%d 0 obj" % own)
    paper.data = paper.data.replace(b"/XRefStm %d" % here, b"/XRefStm %d" % place)
    return signed(world, paper).data


_row("hybrid references", _hybrid)

# --- several hands


def several(world: World, count: int = 2, **how: object) -> Paper:
    """Signed by several people, one after the other."""
    paper = base()
    for number in range(count):
        where = f"{10 + 60 * number} 10 {60 + 60 * number} 30"
        signed(world, paper, Dictionary(field=b"(S%d)" % number, rect=where, **how), kind=("rsa", "p256", "p384")[number % 3])  # type: ignore[arg-type]
    return paper


def as_government_files(world: World, subfilter: str) -> bytes:
    """All habits of the seven real files at once, under a root that we do trust: who signs, then the agency."""
    paper, local = base(), b"(D:" + NOW.strftime("%Y%m%d%H%M%SZ").encode() + b")"
    for number, kind in enumerate(("rsa", "p256")):
        how = Dictionary(
            field=b"(S%d)" % number, rect=f"{10 + 60 * number} 10 {60 + 60 * number} 30", subfilter=subfilter, time=local
        )
        signed(world, paper, how, stamped=False, leaf_only=True, named=0, time=NOW, kind=kind)
    return paper.data


_row("as the Government CA's files are, adbe.pkcs7.detached", lambda world: as_government_files(world, ADBE))


def certified(world: World, permission: int = 2, approvals: int = 1) -> Paper:
    """Certified by its author, then approved."""
    paper = signed(world, how=Dictionary(field=b"(Author)", docmdp=permission))
    for number in range(approvals):
        signed(world, paper, Dictionary(field=b"(A%d)" % number), kind="p256")
    return paper


def archived(world: World, paper: Paper | None = None, field: bytes = b"(Stamp)") -> Paper:
    """With a document time-stamp at the end."""
    stamp = Dictionary("/ETSI.RFC3161", field=field, type="/DocTimeStamp")
    return (paper or signed(world)).sign(Hand(world.issuing, stamper=world.stamper, embedded="token"), stamp)


def stored(world: World, paper: Paper | None = None, body: bytes | None = None) -> Paper:
    """With a security store added after signing."""
    paper = paper or signed(world)
    crl, dss = paper.number(), paper.number()
    paper.entry(paper.root, "/DSS", b"%d 0 R" % dss)
    content = world.issuing.crl() if body is None else body
    objects = {crl: paper.stream(content), dss: b"<< /Type /DSS /CRLs [%d 0 R] >>" % crl}
    return paper.update({**objects, paper.root: paper.dump(paper.root)})


def signed_stamp_twice(world: World) -> Paper:
    """Archived and archived again."""
    return archived(world, archived(world), b"(Again)")


def info_changed_between_stamps(world: World) -> Paper:
    """Two document time-stamps, nobody's signature, and document information rewritten before the second."""
    paper = archived(world, base())
    return archived(world, paper.update({paper.info: b"<< /Title (khac) >>"}), b"(Again)")


# --- permitted or harmless changes after signing


def form(world: World, permission: int = 0) -> tuple[Paper, int, int]:
    """A form with one text field, signed; the numbers of the field and of its appearance."""
    paper = base()
    text, shown = paper.number(), paper.number()
    paper.fields.append(b"%d 0 R" % text)
    paper.entry(paper.root, "/AcroForm", b"<< /Fields [%d 0 R] >>" % text)
    paper.entry(paper.pages[0], "/Annots", b"[%d 0 R]" % text)
    objects = {text: text_field(shown, b""), shown: appearance(paper, b"")}
    paper.update({**objects, paper.root: paper.dump(paper.root), paper.pages[0]: paper.dump(paper.pages[0])})
    return signed(world, paper, Dictionary(docmdp=permission)), text, shown


def text_field(shown: int, value: bytes) -> bytes:
    """A text field that is its own widget."""
    return (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (Name) /V (%s) /DA (/Helv 9 Tf 0 g) /Rect [10 60 90 80] /F 4 "
        b"/AP << /N %d 0 R >> >>" % (value, shown)
    )


def appearance(paper: Paper, text: bytes) -> bytes:
    """What such a field shows."""
    return paper.stream(b"/Tx BMC BT 2 2 Td (%s) Tj ET EMC" % text, b"/Type /XObject /Subtype /Form /BBox [0 0 80 20]")


def filled(world: World, permission: int = 0, *, again: bool = False) -> bytes:
    """Filled in after signing, and perhaps signed once more after that."""
    paper, text, shown = form(world, permission)
    paper.update({text: text_field(shown, b"An"), shown: appearance(paper, b"An")})
    return (signed(world, paper, Dictionary(field=b"(Second)")) if again else paper).data


def annotated(world: World, permission: int) -> Paper:
    """A note added after signing."""
    paper = signed(world, how=Dictionary(docmdp=permission))
    return noted(paper)


def noted(paper: Paper, annotation: bytes = b"/Subtype /Text /Rect [150 150 170 170] /Contents (xem)") -> Paper:
    """The same paper with an annotation on its first page."""
    note, page = paper.number(), paper.pages[0]
    old = paper.at[page].get("/Annots", b"[]").strip()[1:-1]
    paper.entry(page, "/Annots", b"[%s %d 0 R]" % (old, note))
    return paper.update({note: b"<< /Type /Annot /F 4 %s >>" % annotation, page: paper.dump(page)})


def info_changed(world: World, *, confirmed: bool) -> bytes:
    """Document information rewritten, as many tools do with every save; perhaps together with a second signature."""
    paper = signed(world)
    new = {paper.info: b"<< /Title (Giay to) /Producer (Another Tool 9) /ModDate (D:20261123) >>"}
    second = Hand(world.issuing, "p256", stamper=world.stamper)
    return (paper.sign(second, Dictionary(field=b"(B)", rect="9 9 60 30"), more=new) if confirmed else paper.update(new)).data


def info_changed_then_archived(world: World, *, confirmed: bool) -> bytes:
    """The same with a security store and a document time-stamp behind it, which agree to nothing."""
    return archived(world, stored(world, Paper(info_changed(world, confirmed=confirmed)))).data


def _orphaned(world: World) -> bytes:
    paper = signed(world)
    return paper.update({paper.number(): b"(left behind)"}).data


def _rewritten(world: World) -> bytes:
    paper = signed(world)
    return paper.update({paper.root: paper.dump(paper.root)}).data


def _freed(world: World) -> bytes:
    paper = base()
    orphan = paper.number()
    paper.update({orphan: b"(of no use)"})
    return signed(world, paper).update({}, free=[orphan]).data


_row("two signers", lambda world: several(world).data)
_row("three signers", lambda world: several(world, 3).data)
_row("two signers, fields and widgets apart", lambda world: several(world, widget_apart=True).data)
_row(
    "two signers in reference streams", lambda world: signed(world, signed(world, base("stream")), Dictionary(field=b"(B)")).data
)
_row("certified, then approved", lambda world: certified(world).data)
_row("certified, then approved twice", lambda world: certified(world, approvals=2).data)
_row("a document time-stamp", lambda world: archived(world).data)
_row("a document time-stamp alone", lambda world: archived(world, base()).data)
_row("two document time-stamps", lambda world: signed_stamp_twice(world).data)
_row("a security store", lambda world: stored(world).data)
_row("a store with a list of no use", lambda world: stored(world, body=authority("Ở xa").crl()).data)
_row("a security store and a time-stamp", lambda world: archived(world, stored(world)).data)
_row("a form filled in after signing", filled, "GENERIC")
_row("a certified form filled in as permitted", lambda world: filled(world, 2), "GENERIC")
_row("a certified form filled in and signed again", lambda world: filled(world, 2, again=True), "GENERIC")
_row("a note where notes are permitted", lambda world: annotated(world, 3).data, "GENERIC")
_row("document information rewritten", lambda world: info_changed(world, confirmed=False), "GENERIC")
_row("document information rewritten by the second signer", lambda world: info_changed(world, confirmed=True))
_row("document information rewritten, then archived", lambda world: info_changed_then_archived(world, confirmed=False), "GENERIC")
_row("document information rewritten between two time-stamps", lambda world: info_changed_between_stamps(world).data, "GENERIC")
_row(
    "document information rewritten by the second signer, then archived",
    lambda world: info_changed_then_archived(world, confirmed=True),
)
_row("an orphan left behind", _orphaned, "GENERIC")
_row("the catalogue rewritten as it was", _rewritten, "")
_row("objects freed after signing", _freed, "GENERIC")
_row("encrypted with RC4, no password", lambda world: encrypted(world, R=3, aes=False, metadata=False), "")
_row("encrypted with AES-128, no password", lambda world: encrypted(world, R=4), "")
_row("encrypted with AES-256, no password", lambda world: encrypted(world, R=6), "")
