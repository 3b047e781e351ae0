"""Dictionaries read in one go are the dictionaries pyHanko reads, and what it refuses is refused."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from asn1crypto import cms, x509
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader

from signing import parsed, plain
from signing.demo_pki import DemoPki
from signing.embedded import HOSTILE
from tests.world.told_objects import told

NAMES = ["/Type", "/Type", "/A", "/Length", "/B#20c", "/", "/Ấ", "/x.y-z"]
VALUES = [
    *(
        "1",
        "-1",
        "+7",
        "0",
        "00012",
        "1.5",
        "-.5",
        "5.",
        "--3",
        "1,2",
        "9" * 14,
        "true",
        "false",
        "truely",
        "null",
        "% c\n4",
        "",
        "x",
    ),
    *("1 0 R", "0 0 R", "12  0 R", "3 0 Rx", "3 0 R(", "01 0 R", "1234567890 0 R", "/Name"),
    *("(text)", "(a\\)b)", "(a(b)c)", "(\r\n)", "<48e9>", "<48e>", "<fEfF1E>", "<4 8>"),
    *(
        "[]",
        "[1 0 R 2 0 R]",
        "[1 2 /N (s) <00>]",
        "[[1] [2]]",
        "[1",
        "<<>>",
        "<< /A 1 >>",
        "<< /A 1 >x",
        "<</A<</B[<</C 2>>]>>>>",
    ),
]
SPACES = [" ", "", "\n", "\r\n", "\x00", "\x0b", "%comment\n", "  "]
ENDS = [
    ">>",
    ">>\n",
    ">>\nendobj",
    ">> endobj\n",
    ">x",
    ">",
    "",
    ">>\nstream\nab\nendstream",
    ">>\nstream\nabc\nendstream endobj",
    ">>%\n",
]


class _Handler:
    def __init__(self, *, strict: bool) -> None:
        self.strict = strict


def _outcome(way: object, data: bytes, handler: _Handler) -> tuple[object, ...]:
    stream, holder = BytesIO(data), generic.Reference(7, 0, handler)
    try:
        found = way(stream, holder)  # type: ignore[operator]
    except HOSTILE as error:
        return (type(error),)
    return told(found), stream.tell()


@given(
    st.lists(st.tuples(*map(st.sampled_from, (NAMES, SPACES, VALUES, SPACES))), max_size=4), st.sampled_from(ENDS), st.booleans()
)
def test_dictionaries_are_read_as_pyhanko_reads_them(parts: list[tuple[str, ...]], end: str, strict: bool) -> None:
    data = ("<<" + "".join(map("".join, parts)) + end).encode()
    handler = _Handler(strict=strict)
    ours, theirs = (_outcome(way, data, handler) for way in (plain.dictionary, plain.by_byte))
    assert ours == theirs


HEADS = [
    "7 0 obj\n",
    "7 0 obj",
    "07 0 obj ",
    " 7 0 obj",
    "7 0 obj%c\n",
    "7  0 obj\n",
    "8 0 obj\n",
    "7 1 obj\n",
    "7 0 xyz\n",
    "7 0 obj\n7",
]
BODIES = [
    "<</A 1>>",
    "<</Length 3>>",
    "<</Length 4>>",
    "<</Length -3>>",
    "<</Length 3.0>>",
    "<</Length 9 0 R>>",
    "<<>>",
    "<</A",
    "[1]",
]
DATA = ["", "stream\nabc", "stream\r\nabc\n", " stream\rabc", "stream \nabc\r\n", "stream\nab%c", "strea\nabc"]
CLOSES = [
    "endstream\nendobj\n8 0 obj",
    "endobj\n8 0 obj",
    "\nendobj\nxref",
    "endobj",
    "endobj\n",
    "endobj%\n8",
    "endob",
    "endstream endobj x",
    "",
]


@given(*map(st.sampled_from, (HEADS, BODIES, SPACES, DATA, SPACES, CLOSES)), st.booleans())
def test_whole_objects_are_read_as_pyhanko_reads_them(
    head: str, body: str, space: str, data: str, gap: str, close: str, strict: bool
) -> None:
    """What is read in one go is read the same byte by byte; whatever is odd is left alone."""
    written = f"{head}{body}{space}{data}{gap}{close}".encode()
    with pikepdf.new() as pdf:
        pdf.save(made := BytesIO())
    reader = PdfFileReader(made, strict=strict)
    reader.stream = BytesIO(written)
    ref = generic.Reference(7, 0, reader)
    ours = plain.indirect(reader.stream, 0, ref, 10, generic.StreamObject)
    if ours is not None:
        assert told(ours) == told(reader._read_object(ref, 0))


def test_whole_objects_that_are_plain_are_read_in_one_go() -> None:
    ref = generic.Reference(7, 0, _Handler(strict=True))
    for data in (b"<< /A 1 >>\n", b"<< /Length 3 >>\nstream\nabc\nendstream\n"):
        stream = BytesIO(b"..7 0 obj\n" + data + b"endobj\n8 0 obj")
        assert plain.indirect(stream, 2, ref, 10, generic.StreamObject) is not None
        assert plain.indirect(stream, 2, generic.Reference(8, 0, None), 10, generic.StreamObject) is None


def test_plain_ones_never_go_the_slow_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "by_byte", None)
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(made := BytesIO())
    reader = PdfFileReader(made)
    assert reader.root["/Pages"]["/Kids"][0]["/MediaBox"] == [0, 0, 612, 792]


def test_a_key_that_stands_twice_is_refused() -> None:
    holder = generic.Reference(7, 0, _Handler(strict=True))
    with pytest.raises(PdfStrictReadError):
        plain.dictionary(BytesIO(b"<< /Contents 1 0 R /Contents 2 0 R >>"), holder)


def test_a_certificate_in_many_signatures_is_one_object(pki: DemoPki) -> None:
    der = pki.clerk().certificate
    choices = [cms.CertificateChoices({"certificate": x509.Certificate.load(der)}) for _ in range(2)]
    one, other = (cms.CertificateChoices.load(choice.dump()).chosen.untag() for choice in choices)
    assert one is other is parsed.certificate(der)
    tagged = x509.Certificate.load(der).retag({"implicit": 3})
    assert tagged.untag().dump() == der


def test_names_are_told_apart_by_what_is_written() -> None:
    one, other = (x509.Name.build({"common_name": name, "organization_name": "Sở"}) for name in ("Văn thư", "Văn thu"))
    again = x509.Name.load(one.dump())
    assert parsed.same_name(one, again)
    assert not parsed.same_name(again, x509.Name.load(other.dump()))
    assert not parsed.same_name(one, other)
