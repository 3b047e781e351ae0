"""A document in its final form up to the signature value: what must be kept until the signature comes. Facts, no I/O."""

from __future__ import annotations

from dataclasses import dataclass

from signing.model import Place


@dataclass(frozen=True, slots=True)
class Prepared:
    """What must be kept between the phases, beside the document."""

    attributes: bytes
    """CMS signed attributes, DER (RFC 5652 §5.4): what the key signs, hashed with `digest`."""
    digest: str
    document_digest: bytes
    """Over the byte range, with `digest`."""
    sha256: str
    """Of the whole prepared document, lower-case hex."""
    hole_start: int
    hole_end: int
    """Where the signature goes, delimiters included; byte offsets."""
    tail_start: int
    """Length of the source: everything before is the source, byte for byte."""
    field_name: str
    place: Place | None = None
    """Where its mark stands."""
    mark_left_out: bool = False
