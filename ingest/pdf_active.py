"""Active content in a PDF: what could run, fetch or hide something. It is found and named, never executed.

Every object of the file is looked at, reachable or not: a reader with other ideas of what is reachable may exist.
"""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf

_ACTIONS = {
    "/JavaScript": "JavaScript",
    "/Launch": "Launch",
    "/ImportData": "ImportData",
    "/GoToE": "GoToE",
    "/Rendition": "Rendition",
    "/Movie": "Movie",
    "/Sound": "Sound",
    "/RichMediaExecute": "RichMedia",
}
"""Action types (ISO 32000-1, 12.6.4) that run or fetch something; links to places and addresses are harmless."""
_ANNOTATIONS = {
    "/FileAttachment": "EmbeddedFile",
    "/RichMedia": "RichMedia",
    "/Movie": "Movie",
    "/Sound": "Sound",
    "/Screen": "Screen",
    "/3D": "3D",
}
_DEPTH = 64


def found(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """The kinds of active content in the file, sorted; empty for a plain document."""
    kinds: set[str] = set()
    for thing in pdf.objects:
        for dictionary in _dictionaries(thing, 0):
            kinds.update(_in_dictionary(dictionary))
    return tuple(sorted(kinds))


def _dictionaries(thing: object, depth: int) -> Iterator[pikepdf.Object]:
    """The dictionaries of one object, direct children included; references are their own objects."""
    if depth > _DEPTH:
        return
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        yield thing
        for value in dict(thing.items()).values():
            if not getattr(value, "is_indirect", False):
                yield from _dictionaries(value, depth + 1)
    elif isinstance(thing, pikepdf.Array):
        for value in list(thing):
            if not getattr(value, "is_indirect", False):
                yield from _dictionaries(value, depth + 1)


def _in_dictionary(dictionary: pikepdf.Object) -> Iterator[str]:
    keys = dictionary.keys()
    if "/S" in keys:
        yield from _named(dictionary["/S"], _ACTIONS)
    if "/Subtype" in keys:
        yield from _named(dictionary["/Subtype"], _ANNOTATIONS)
    if "/JS" in keys:
        yield "JavaScript"
    if "/EF" in keys or "/EmbeddedFiles" in keys:
        yield "EmbeddedFile"
    if "/XFA" in keys:
        yield "XFA"


def _named(value: object, table: dict[str, str]) -> Iterator[str]:
    if isinstance(value, pikepdf.Name) and str(value) in table:
        yield table[str(value)]
