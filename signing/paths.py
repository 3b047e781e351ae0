"""By which paths the objects of a PDF are reached: what a changed object means depends on everything that uses it.

The same answer as pyHanko's, without copying every object for every revision: what did not change between two revisions is
looked at once. Files with a structure tree or encryption are left to pyHanko's own way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError

Place = tuple[int, int]
"""Number and generation of an object."""
Path = tuple[str | int, ...]
Children = dict[Place, list[tuple[Path, generic.Reference]]]
Look = Callable[[generic.Reference], tuple[Any, bool]]
"""The object behind a reference in some revision, and whether it is the same in the newest one."""
_MOST_STEPS = 1 << 21
_MOST_DEPTH = 512


def usages(trailer: generic.DictionaryObject, look: Look, known: Children) -> dict[Place, set[Path]]:
    """The paths from the trailer to every object, as often as it is reached; the tree of pages is entered from its root only.

    Args:
        trailer: of the revision.
        look: how to see an object of the revision.
        known: what unchanged objects refer to; filled as they are met.

    Raises:
        PdfReadError: the tree of pages goes in circles, or there are more paths than any sound file has.
    """
    pages = _page_tree(trailer, look)
    found: dict[Place, set[Path]] = defaultdict(set)
    waiting: list[tuple[generic.Reference, Path, tuple[Place, ...]]] = [(ref, path, ()) for path, ref in _refers(trailer)]
    steps = 0
    while waiting:
        ref, path, above = waiting.pop()
        place = (ref.idnum, ref.generation)
        if place in above:
            continue
        steps += 1
        if steps > _MOST_STEPS:
            raise PdfReadError("Too many paths")
        found[place].add(path)
        value, unchanged = look(ref)
        if pages.get(place, path) != path:
            continue
        below = known.get(place) if unchanged else None
        if below is None:
            below = list(_refers(value))
            if unchanged:
                known[place] = below
        trail = (*above, place)
        waiting += [(child, path + more, trail) for more, child in below]
    return found


def _refers(value: Any, path: Path = ()) -> Iterator[tuple[Path, generic.Reference]]:
    """The references in an object, with the way to each; the way up is left out."""
    if len(path) > _MOST_DEPTH:
        raise PdfReadError("Nested too deeply")
    if isinstance(value, generic.IndirectObject):
        yield path, value.reference
    elif isinstance(value, generic.DictionaryObject):
        for key in value:
            if key != "/Parent":
                yield from _refers(value.raw_get(key), (*path, key))
    elif isinstance(value, generic.ArrayObject):
        for index in range(len(value)):
            yield from _refers(value.raw_get(index), (*path, index))


def _page_tree(trailer: generic.DictionaryObject, look: Look) -> dict[Place, Path]:
    """The way to each page through the tree of pages."""
    root = _seen(trailer.raw_get("/Root"), look)
    first = root.raw_get("/Pages")
    start: Path = ("/Root", "/Pages")
    tree: dict[Place, Path] = {}
    if isinstance(first, generic.IndirectObject):
        tree[first.idnum, first.generation] = start
    waiting = [(_seen(first, look), start)]
    while waiting:
        node, path = waiting.pop()
        kids = _seen(node.raw_get("/Kids"), look)
        for index in range(len(kids)):
            kid, way = kids.raw_get(index), (*path, "/Kids", index)
            if isinstance(kid, generic.IndirectObject):
                place = (kid.idnum, kid.generation)
                if place in tree:
                    raise PdfReadError("The tree of pages goes in circles")
                tree[place] = way
            entry = _seen(kid, look)
            kind = _seen(entry.raw_get("/Type"), look) if "/Type" in entry else None
            if kind == "/Pages":
                waiting.append((entry, way))
    return tree


def _seen(value: Any, look: Look) -> Any:
    """What stands behind a reference or behind a chain of them."""
    for _ in range(_MOST_DEPTH):
        if not isinstance(value, generic.IndirectObject):
            return value
        value = look(value.reference)[0]
    raise PdfReadError("References in circles")
