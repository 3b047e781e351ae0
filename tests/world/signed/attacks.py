"""What forgers do to signed files, each with the exact verdict expected. All signers are trusted; only the forgery is wrong.

The base is a certified or plainly signed page with text, font and image, as other makers write it; attacks on our own sealed
files stand in `tests/unit/signing/test_attacks.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.unit.signing.world import World, authority
from tests.world.signed.hands import Hand
from tests.world.signed.paper import Dictionary, Paper, base
from tests.world.signed.rewriting import byte_range, contents_as, spoofed
from tests.world.signed.valid import annotated, appearance, archived, certified, form, noted, several, signed, stored, text_field

Make = Callable[[World], bytes]
FAILED, DOUBT = "TOTAL-FAILED", "INDETERMINATE"
ATTACKS: dict[str, tuple[Make, tuple[str, str]]] = {}
BODY = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"


def _row(name: str, make: Make, indication: str, sub: str = "FORMAT_FAILURE") -> None:
    assert name not in ATTACKS
    ATTACKS[name] = (make, (indication, sub))


def _contents(paper: Paper) -> int:
    found = re.search(rb"(\d+) 0 R", paper.at[paper.pages[0]]["/Contents"])
    assert found
    return int(found[1])


def _forged(paper: Paper) -> bytes:
    return paper.stream(b"BT /F1 18 Tf 20 100 Td (SO 99) Tj ET")


def _replaced(paper: Paper, **update: object) -> Paper:
    """The content of the page under its old number."""
    return paper.update({_contents(paper): _forged(paper)}, **update)  # type: ignore[arg-type]


def _page(paper: Paper, key: str, value: bytes, more: dict[int, bytes] | None = None) -> Paper:
    paper.entry(paper.pages[0], key, value)
    return paper.update({paper.pages[0]: paper.dump(paper.pages[0]), **(more or {})})


def _root(paper: Paper, key: str, value: bytes, more: dict[int, bytes] | None = None) -> Paper:
    paper.entry(paper.root, key, value)
    return paper.update({paper.root: paper.dump(paper.root), **(more or {})})


# --- incremental saving, with every kind of cross-references


def _other_pages(world: World) -> bytes:
    paper = signed(world)
    tree, page = paper.number(), paper.number()
    objects = {
        tree: b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % page,
        page: b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 200 200] >>" % tree,
    }
    return _root(paper, "/Pages", b"%d 0 R" % tree, objects).data


def _by(world: World, name: str) -> Paper:
    return base().sign(Hand(authority(name), stamper=world.stamper))


def _stranger(world: World) -> bytes:
    """Signed over the forgery by an authority with the names of the real one."""
    real = authority("Test Issuing", world.root)
    fake = type(real)(world.issuing.certificate, authority("Giả").key)
    return base().sign(Hand(fake, kind="p521", digest="sha512", stamper=world.stamper)).data


def _transplanted(world: World) -> bytes:
    """The value of one file put into another."""
    kept: list[bytes] = []

    def keep(data: bytes) -> bytes:
        kept.append(Hand(world.issuing, stamper=world.stamper)(data))
        return kept[0]

    base().sign(keep)
    return base(pages=2).sign(lambda _: kept[0]).data


def _resource(paper: Paper, kind: bytes) -> int:
    """The number of the first font or image of the page."""
    found = re.search(kind + rb" (\d+) 0 R", paper.at[paper.pages[0]]["/Resources"])
    assert found
    return int(found[1])


def _covering(paper: Paper, kind: bytes, flags: bytes = b"") -> Paper:
    shown = paper.number()
    paper.update({shown: paper.stream(b"1 g 0 0 200 60 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 200 60]")})
    return noted(paper, b"/Subtype %s /Rect [0 80 200 140] /AP << /N %d 0 R >> %s" % (kind, shown, flags))


_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>"
_ENCODED = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [48 /nine /eight] >> >>"
_IMAGE = b"/Type /XObject /Subtype /Image /Width 4 /Height 4 /ColorSpace /DeviceRGB /BitsPerComponent 8"

_row("content under its old number", lambda w: _replaced(signed(w)).data, FAILED)
_row("content under its old number, reference stream", lambda w: _replaced(signed(w, base("stream"))).data, FAILED)
_row("content in a new object", lambda w: _new_content(signed(w)), FAILED)
_row("a font swapped", lambda w: (p := signed(w)).update({_resource(p, b"/F1"): _FONT}).data, FAILED)
_row("an encoding swapped", lambda w: (p := signed(w)).update({_resource(p, b"/F1"): _ENCODED}).data, FAILED)
_row("an image swapped", lambda w: (p := signed(w)).update({_resource(p, b"/Im0"): p.stream(bytes(48), _IMAGE)}).data, FAILED)
_row("the page made smaller", lambda w: _page(signed(w), "/MediaBox", b"[0 0 200 60]").data, FAILED)
_row("the page turned", lambda w: _page(signed(w), "/Rotate", b"180").data, FAILED)
_row("another page tree", _other_pages, FAILED)
_row("a stamp over the page", lambda w: _covering(signed(w), b"/Stamp").data, FAILED)
_row("free text over the page", lambda w: _covering(signed(w), b"/FreeText").data, FAILED)
_row("a square over the page", lambda w: _covering(signed(w), b"/Square").data, FAILED)
_row("a redaction over the page", lambda w: _covering(signed(w), b"/Redact").data, FAILED)
_row("metadata edited", lambda w: (p := signed(w)).update({p.info: b"<< /Title (khac) >>"}).data, DOUBT, "GENERIC")
_row("a script added", lambda w: _root(signed(w), "/OpenAction", b"<< /S /JavaScript /JS (x) >>").data, DOUBT, "GENERIC")
_row(
    "layers hidden by the catalogue",
    lambda w: _root(signed(w), "/OCProperties", b"<< /OCGs [] /D << >> >>").data,
    DOUBT,
    "GENERIC",
)


def _new_content(paper: Paper) -> bytes:
    fresh = paper.number()
    return _page(paper, "/Contents", b"%d 0 R" % fresh, {fresh: _forged(paper)}).data


def _tail(tail: Callable[[bytes], bytes]) -> Make:
    return lambda world: (data := signed(world).data) + tail(data)


def _last(data: bytes) -> int:
    return int(re.findall(rb"startxref\s+(\d+)", data)[-1])


for _name, _make in [
    ("a body without references", lambda data: BODY),
    ("a body with an end mark only", lambda data: BODY + b"%%EOF\n"),
    ("a body with an empty table", lambda data: BODY + b"xref\n0 0\ntrailer\n<< /Root 1 0 R /Size 3 >>\n"),
    ("a body and the old pointer", lambda data: BODY + b"startxref\n%d\n%%%%EOF\n" % _last(data)),
    ("a body and a pointer to nowhere", lambda data: BODY + b"startxref\n%d\n%%%%EOF\n" % (len(data) * 2)),
    ("a body and a pointer to zero", lambda data: BODY + b"startxref\n0\n%%EOF\n"),
    ("a trailer only", lambda data: b"trailer\n<< /Root 1 0 R >>\n"),
    ("text behind", lambda data: b"<script>"),
    ("an archive behind", lambda data: b"PK\x05\x06" + bytes(18)),
]:  # fmt: skip
    _row(_name, _tail(_make), FAILED)

_row("another whole file behind", lambda w: signed(w).data + base().data, DOUBT, "NO_SIGNATURE_FOUND")

# --- the signature itself


def _written(change: Callable[[bytes], bytes], **how: object) -> Make:
    def make(world: World) -> bytes:
        data = signed(world, how=Dictionary(**how)).data  # type: ignore[arg-type]
        bad = change(data)
        assert bad != data
        return bad

    return make


_row("no byte range", _written(byte_range(b"/ByteRangeX []")), FAILED)
_row("an empty byte range", _written(byte_range(b"/ByteRange []")), FAILED)
_row("a byte range of null", _written(byte_range(b"/ByteRange null")), FAILED)
_row("a byte range of nothing", _written(byte_range(b"/ByteRange [0 0 0 0]")), FAILED, "HASH_FAILURE")
_row("a negative byte range", _written(byte_range(b"/ByteRange [0 -1 %d %d]")), FAILED)
_row("a name in the byte range", _written(byte_range(b"/ByteRange [/A %d %d %d]")), FAILED)
_row("a byte range far beyond", _written(byte_range(b"/ByteRange [0 %d %d 999]")), FAILED, "HASH_FAILURE")
_row("a gap that begins earlier", _written(spoofed), FAILED, "HASH_FAILURE")
_row("contents of zeros", _written(contents_as(b"<00>")), FAILED)
_row("contents of null", _written(contents_as(b"null")), FAILED)
_row("no contents", _written(lambda data: data.replace(b"/Contents <", b"/Xontents <")), FAILED)
_row("one letter of the page", _written(lambda data: data.replace(b"/MediaBox", b"/MediaBux")), FAILED, "HASH_FAILURE")
_row("cut short", lambda w: signed(w).data[:-400], FAILED)
_row("an unknown kind", lambda w: signed(w, how=Dictionary("/x.nobody")).data, DOUBT)
_row("signed with another key", lambda w: signed(w, wrong_key=True).data, FAILED, "SIG_CRYPTO_FAILURE")
_row("over another digest", lambda w: signed(w, digest_of=b"\1" * 32).data, FAILED, "HASH_FAILURE")
_row("another certificate named", lambda w: signed(w, names_other=True).data, DOUBT, "NO_SIGNING_CERTIFICATE_FOUND")
_row(
    "two signers in one value",
    lambda w: signed(w, how=Dictionary(reserve=30_000), twice=True).data,
    DOUBT,
    "NO_SIGNING_CERTIFICATE_FOUND",
)
_row("bytes behind the value", lambda w: signed(w, tail=b"beside").data, DOUBT)
_row("a self-made authority", _stranger, DOUBT, "NO_CERTIFICATE_CHAIN_FOUND")
_row("the value of another file", _transplanted, FAILED, "HASH_FAILURE")
_row("a header before the header", lambda w: b"%PDF-1.4\n" + signed(w).data, FAILED)
_row("another kind of file before", lambda w: b"GIF89a" + signed(w).data, DOUBT)
_row("a whole file before", lambda w: base().data + signed(w).data, FAILED)
_row("a stranger's time-stamp", lambda w: archived(w, _by(w, "Kẻ Lạ")).data, DOUBT, "NO_CERTIFICATE_CHAIN_FOUND")


# --- certification, forms, stores


def _stripped(world: World, fields: bytes) -> bytes:
    return _root(signed(world), "/AcroForm", b"<< /SigFlags 3 /Fields [%s] >>" % fields).data


def _first_gone(world: World) -> bytes:
    """The first of two signatures taken out of the form."""
    paper = several(world)
    return _root(paper, "/AcroForm", b"<< /SigFlags 3 /Fields [%s] >>" % paper.fields[1]).data


def _retyped(world: World) -> bytes:
    paper = signed(world)
    number = int(paper.fields[0].split()[0])
    return paper.update({number: b"<< /FT /Tx /T (Sig1) /V (da ky) /Type /Annot /Subtype /Widget /Rect [0 0 0 0] >>"}).data


def _shadow(world: World, *, hide: bool, swap: bool) -> bytes:
    """Hidden under a cover when it was signed, shown afterwards (or another object put in its place)."""
    paper = base()
    below = paper.number()
    content = _contents(paper)
    objects = {below: _forged(paper)}
    _page(paper, "/Contents", b"[%d 0 R %d 0 R]" % (content, below), objects)
    if hide:
        _covering(paper, b"/Square")
    signed(world, paper)
    if hide:
        annotations = paper.at[paper.pages[0]]["/Annots"].strip()[1:-1].split(b" R")
        _page(paper, "/Annots", b"[%s R]" % annotations[1].strip())
    return (paper.update({below: paper.stream(b"0 g 0 0 9 9 re f")}) if swap else paper).data


def _amount(world: World, permission: int) -> bytes:
    """The filled value of a signed form changed, as the author forbade."""
    paper, text, shown = form(world, permission)
    return paper.update({text: text_field(shown, b"9000"), shown: appearance(paper, b"9000")}).data


def _covering_field(world: World) -> bytes:
    """An empty signature field whose appearance covers the page."""
    paper = signed(world)
    shown, widget = paper.number(), paper.number()
    objects = {
        shown: paper.stream(b"1 g 0 0 200 60 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 200 60]"),
        widget: b"<< /FT /Sig /T (Next) /Type /Annot /Subtype /Widget /F 4 /Rect [0 80 200 140] /AP << /N %d 0 R >> >>" % shown,
    }
    paper.fields.append(b"%d 0 R" % widget)
    paper.entry(paper.root, "/AcroForm", b"<< /SigFlags 3 /Fields [%s] >>" % b" ".join(paper.fields))
    _page(paper, "/Annots", b"[%s]" % b" ".join(paper.fields), {**objects, paper.root: paper.dump(paper.root)})
    return paper.data


_row("all signatures taken out", lambda w: _stripped(w, b""), DOUBT, "NO_SIGNATURE_FOUND")
_row("the first of two taken out", _first_gone, DOUBT, "GENERIC")
_row("a signature field made a text field", _retyped, DOUBT, "NO_SIGNATURE_FOUND")
_row("shadow: replace", lambda w: _shadow(w, hide=False, swap=True), FAILED)
_row("shadow: hide", lambda w: _shadow(w, hide=True, swap=False), FAILED)
_row("shadow: hide and replace", lambda w: _shadow(w, hide=True, swap=True), FAILED)
_row("certified without changes, a form filled", lambda w: _amount(w, 1), FAILED)
_row("certified for forms, a note added", lambda w: annotated(w, 2).data, FAILED)
_row(
    "certified for forms, a stamp over the page", lambda w: _covering(signed(w, how=Dictionary(docmdp=2)), b"/Stamp").data, FAILED
)
_row(
    "certified for notes, a stamp over the page",
    lambda w: _covering(signed(w, how=Dictionary(docmdp=3)), b"/Stamp").data,
    DOUBT,
    "GENERIC",
)
_row("certified for notes, the content replaced", lambda w: _replaced(signed(w, how=Dictionary(docmdp=3))).data, FAILED)
_row("certified and approved, the content replaced", lambda w: _replaced(certified(w)).data, FAILED)
_row("certified without changes, signed again", lambda w: certified(w, permission=1).data, DOUBT, "GENERIC")
_row("an empty field that covers the page", _covering_field, DOUBT)
_row("the content replaced, then archived", lambda w: archived(w, _replaced(signed(w))).data, FAILED)
_row(
    "the content replaced, then signed by another",
    lambda w: signed(w, _replaced(signed(w)), Dictionary(field=b"(B)")).data,
    FAILED,
)
_row(
    "between two signatures, a stamp", lambda w: signed(w, _covering(signed(w), b"/Stamp"), Dictionary(field=b"(B)")).data, FAILED
)
_row("a store with junk in it", lambda w: stored(w, body=b"junk").data, DOUBT)
