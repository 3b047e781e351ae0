"""PDF revisions written by hand, byte for byte, so that no signing library's habits shape what the verifier is tried on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO

import pikepdf

Cms = Callable[[bytes], bytes]
"""From the signed bytes to the CMS over them."""


@dataclass(frozen=True)
class Dictionary:
    """How a signature dictionary is written."""

    subfilter: str = "/ETSI.CAdES.detached"
    field: bytes = b"(Sig1)"
    rect: str = "0 0 0 0"
    time: bytes = b""
    """`/M`, with its delimiters; absent when empty."""
    extra: bytes = b""
    docmdp: int = 0
    type: str = "/Sig"
    reserve: int = 12_000
    widget_apart: bool = False
    """Field and widget as two objects, the type on the field alone."""
    literal: bool = False
    gap: bytes = b""
    """White space excluded from the signed bytes beside the value."""
    page: int = 0
    drop: tuple[str, ...] = ()
    contents_first: bool = False


@dataclass
class Paper:
    """A PDF that grows by revisions. `xref` is `table` or `stream`."""

    data: bytes
    xref: str = "table"
    shift: int = 0
    """What offsets count from (bytes before the header when a tool counts from there)."""
    root: int = 0
    next: int = 0
    at: dict[int, dict[str, bytes]] = field(default_factory=dict)
    """Entries of catalogue and pages as they stand now."""
    pages: list[int] = field(default_factory=list)
    fields: list[bytes] = field(default_factory=list)
    signatures: list[int] = field(default_factory=list)
    info: int = 0

    def __post_init__(self) -> None:
        with pikepdf.open(BytesIO(self.data)) as pdf:
            self.root = pdf.Root.objgen[0]
            self.next = max(int(pdf.trailer.Size), len(pdf.objects) + 1)
            self.pages = [page.obj.objgen[0] for page in pdf.pages]
            self.info = pdf.trailer["/Info"].objgen[0] if "/Info" in pdf.trailer else 0
            self.at[self.root] = _entries(pdf.Root)
            for number, page in zip(self.pages, pdf.pages, strict=True):
                self.at[number] = _entries(page.obj)
            if "/AcroForm" in pdf.Root:
                self.fields = [_plain(one) for one in pdf.Root.AcroForm.Fields]

    # -- writing ---------------------------------------------------------------------------------------------------------

    def number(self) -> int:
        """A fresh object number."""
        self.next += 1
        return self.next - 1

    def entry(self, number: int, key: str, value: bytes) -> None:
        """Set an entry of the catalogue or of a page; it is written with the next revision that names it."""
        self.at[number][key] = value

    def startxref(self) -> int:
        """The last pointer written."""
        return int(re.findall(rb"startxref\s+(\d+)", self.data)[-1])

    def update(
        self,
        objects: dict[int, bytes],
        *,
        free: Iterable[int] = (),
        size: int | None = None,
        trailer: bytes = b"",
        end: bytes = b"%%EOF\n",
        offsets: dict[int, int] | None = None,
        prev: int | None = None,
        keep_xref: bool = True,
        root: int | None = None,
    ) -> Paper:
        """One incremental revision."""
        if not self.data.endswith((b"\n", b"\r")):
            self.data += b"\n"
        previous = self.startxref() if prev is None else prev
        body, places = bytearray(), dict(offsets or {})
        for number, value in objects.items():
            places.setdefault(number, len(self.data) + len(body) - self.shift)
            body += b"%d 0 obj\n%s\nendobj\n" % (number, value)
        here = len(self.data) + len(body) - self.shift
        self.data += bytes(body)
        common = b"/Root %d 0 R /Prev %d %s" % (root or self.root, previous, trailer)
        if self.info:
            common += b" /Info %d 0 R" % self.info
        if not keep_xref:
            return self
        if self.xref == "stream":
            self.data += self._stream(here, places, free, common)
        else:
            rows = [b"%d 1\n%010d 00000 n \n" % one for one in sorted(places.items())]
            rows += [b"%d 1\n0000000000 00001 f \n" % one for one in free]
            self.data += b"xref\n%strailer\n<< /Size %d %s >>\n" % (b"".join(rows), size or self.next, common)
        self.data += b"startxref\n%d\n%s" % (here, end)
        return self

    def _stream(self, here: int, places: dict[int, int], free: Iterable[int], common: bytes) -> bytes:
        own = self.number()
        rows = sorted([*((n, 1, p) for n, p in places.items()), (own, 1, here), *((n, 0, 0) for n in free)])
        index = b" ".join(b"%d 1" % one[0] for one in rows)
        table = b"".join(bytes([kind]) + place.to_bytes(4, "big") + b"\0\0" for _, kind, place in rows)
        head = b"<< /Type /XRef /W [1 4 2] /Index [%s] /Size %d /Length %d %s >>" % (index, self.next, len(table), common)
        return b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (own, head, table)

    def dump(self, number: int) -> bytes:
        """Catalogue or page as it would be written now."""
        return b"<< " + b" ".join(key.encode() + b" " + value for key, value in self.at[number].items()) + b" >>"

    def stream(self, data: bytes, head: bytes = b"") -> bytes:
        """The body of a stream object."""
        return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), head, data)

    # -- signing ----------------------------------------------------------------------------------------------------------

    def sign(self, cms: Cms, how: Dictionary | None = None, more: dict[int, bytes] | None = None, **update: object) -> Paper:
        """A revision with one more signature; `more` are other objects of the same revision."""
        how = how or Dictionary()
        value, widget = self.number(), self.number()
        objects = {value: self._value(how), **(more or {})}
        page = self.pages[how.page]
        annotation = b"/Type /Annot /Subtype /Widget /Rect [%s] /F 132 /P %d 0 R" % (how.rect.encode(), page)
        if how.rect != "0 0 0 0":
            shown = self.number()
            objects[shown] = self.stream(b"0 0 1 rg 0 0 9 9 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 50 20]")
            annotation += b" /AP << /N %d 0 R >>" % shown
        entries = b"/FT /Sig /T %s /V %d 0 R" % (how.field, value)
        holder = self.number() if how.widget_apart else widget
        if how.widget_apart:
            objects[holder] = b"<< %s /Kids [%d 0 R] >>" % (entries, widget)
            objects[widget] = b"<< %s /Parent %d 0 R >>" % (annotation, holder)
        else:
            objects[widget] = b"<< %s %s >>" % (entries, annotation)
        self.fields.append(b"%d 0 R" % holder)
        self.entry(self.root, "/AcroForm", b"<< /SigFlags 3 /Fields [%s] >>" % b" ".join(self.fields))
        old = self.at[page].get("/Annots", b"[]").strip()[1:-1]
        self.entry(page, "/Annots", b"[%s %d 0 R]" % (old, widget))
        if how.docmdp:
            self.entry(self.root, "/Perms", b"<< /DocMDP %d 0 R >>" % value)
        objects |= {self.root: self.dump(self.root), page: self.dump(page)}
        self.signatures.append(value)
        self.update(objects, **update)  # type: ignore[arg-type]
        return self.fill(cms, how)

    def _value(self, how: Dictionary) -> bytes:
        parts = {
            "/Type": how.type.encode(),
            "/Filter": b"/Adobe.PPKLite",
            "/SubFilter": how.subfilter.encode(),
            "/ByteRange": b"[0 \xff\xff\xff\xff\xff\xff\xff\xff\xff \xff\xff\xff\xff\xff\xff\xff\xff\xff "
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff]",
            "/Contents": how.gap + (b"(" if how.literal else b"<") + b"0" * how.reserve + (b")" if how.literal else b">"),
            "/M": how.time,
        }
        if how.docmdp:
            parts["/Reference"] = (
                b"[<< /Type /SigRef /TransformMethod /DocMDP /TransformParams "
                b"<< /Type /TransformParams /P %d /V /1.2 >> >>]" % how.docmdp
            )
        order = sorted(parts, key=lambda one: one != "/Contents") if how.contents_first else list(parts)
        kept = [one.encode() + b" " + parts[one] for one in order if parts[one] and one not in how.drop]
        return b"<< " + b" ".join(kept) + b" " + how.extra + b" >>"

    def fill(self, cms: Cms, how: Dictionary) -> Paper:
        """Byte range and CMS written into the space left for them."""
        mark = (b"(" if how.literal else b"<") + b"0" * how.reserve
        first = self.data.rindex(b" " + how.gap + mark) + 1
        second = first + len(how.gap) + how.reserve + 2
        old = re.search(rb"\[0 \xff+ \xff+ \xff+\]", self.data)
        if old:
            new = b"[0 %d %d %d]" % (first, second, len(self.data) - second)
            self.data = self.data[: old.start()] + new.ljust(len(old[0])) + self.data[old.end() :]
        value = cms(self.data[:first] + self.data[second:])
        written = b"".join(b"\\%03o" % one for one in value) if how.literal else value.hex().encode()
        room = self.data[first + len(how.gap) + 1 : second - 1]
        assert len(written) <= len(room), (len(written), len(room))
        padded = written.ljust(len(room), b" " if how.literal else b"0")
        self.data = self.data[: first + len(how.gap) + 1] + padded + self.data[second - 1 :]
        return self


def _entries(entry: pikepdf.Object) -> dict[str, bytes]:
    return {key: _plain(value) for key, value in entry.items()}


def _plain(value: object) -> bytes:
    return value.unparse() if isinstance(value, pikepdf.Object) else str(value).encode()


def base(xref: str = "table", *, pages: int = 1, rotate: int = 0, leading: bytes = b"", **save: object) -> Paper:
    """A page with text and image, saved by qpdf in one of its ways."""
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        for number in range(pages):
            pdf.add_blank_page(page_size=(200, 200))
            image = pdf.make_stream(
                bytes(range(48)), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=4, Height=4,
                ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8,
            )  # fmt: skip
            page = pdf.pages[number]
            page.contents_add(b"BT /F1 18 Tf 20 100 Td (SO %d) Tj ET q 40 0 0 40 9 9 cm /Im0 Do Q" % number)
            page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font), XObject=pikepdf.Dictionary(Im0=image))
            if rotate:
                page.obj.Rotate = rotate
        pdf.docinfo["/Title"] = "Giấy tờ"
        with pdf.open_metadata() as meta:
            meta["dc:title"] = "Giấy tờ"
        out = BytesIO()
        if xref == "stream":
            save.setdefault("object_stream_mode", pikepdf.ObjectStreamMode.generate)
        pdf.save(out, **save)  # type: ignore[arg-type]
    data = out.getvalue()
    return Paper(data, xref=xref) if not leading else _led(data, leading, xref)


def _led(data: bytes, leading: bytes, xref: str) -> Paper:
    """Bytes before the header, with offsets that count them."""
    assert xref == "table"
    paper = Paper(data)
    start = paper.startxref()
    rows = re.sub(rb"(\d{10}) (\d{5}) n", lambda row: b"%010d %s n" % (int(row[1]) + len(leading), row[2]), data[start:])
    rows = re.sub(rb"startxref\s+\d+", b"startxref\n%d" % (start + len(leading)), rows)
    paper.data = leading + data[:start] + rows
    return paper
