"""Follows a PDF content stream just far enough to know whether one image is all that shows (ISO 32000-1, clause 8).

Text in render mode 3 (the scanner's invisible text layer) and whatever lies under a later full-page image do not show.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pikepdf

Matrix = tuple[float, float, float, float, float, float]
Rectangle = tuple[float, float, float, float]

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_PAINTING = {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "INLINE IMAGE"}
_SHOWING = {"Tj", "TJ", "'", '"'}
_CURVES = {"m", "l", "c", "v", "y"}
_INVISIBLE = 3
_FORM_DEPTH = 8
_INSTRUCTIONS = 20_000
"""A scanned page has tens; its text layer thousands. Beyond this, rendering is the honest answer."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An image and the matrix that maps its unit square to the page."""

    stream: pikepdf.Stream
    matrix: Matrix

    @property
    def sides(self) -> tuple[float, float]:
        """Lengths of the image's width and height on the page, user space units."""
        a, b, c, d = self.matrix[:4]
        return (a * a + b * b) ** 0.5, (c * c + d * d) ** 0.5

    @property
    def rectangle(self) -> Rectangle:
        """The axis-parallel rectangle around it."""
        a, b, c, d, e, f = self.matrix
        xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True, slots=True)
class _State:
    matrix: Matrix = _IDENTITY
    text_mode: int = 0
    clipped: bool = False
    """True if a clip path hides part of the page."""
    odd: bool = False
    """True under transparency or a blend mode: what is drawn then is no plain picture."""


def _times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


class Canvas:
    """What would show on the page, reduced to: the last full-page image, and whether anything shows besides it."""

    def __init__(self, page: Rectangle, margin: float) -> None:
        self._page = page
        self._margin = margin
        self._image: Placed | None = None
        self._besides = False
        self._left = _INSTRUCTIONS
        self._state = _State()
        self._stack: list[_State] = []
        self._path: list[Rectangle | None] = []
        self._clip_pending = False

    def sole(self) -> Placed | None:
        """The image that fills the page if nothing shows besides it."""
        return None if self._besides else self._image

    def run(self, content: pikepdf.Object, resources: pikepdf.Object, depth: int) -> None:
        """Follow one content stream (page or form)."""
        for instruction in pikepdf.parse_content_stream(content):
            self._left -= 1
            if self._left < 0:
                self._besides = True
                return
            self._step(str(instruction.operator), list(instruction.operands), resources, depth)

    def _step(self, operator: str, operands: list[pikepdf.Object], resources: pikepdf.Object, depth: int) -> None:
        if operator == "q":
            self._stack.append(self._state)
        elif operator == "Q":
            self._state = self._stack.pop() if self._stack else self._state
        elif operator == "cm":
            self._state = replace(self._state, matrix=_times(_matrix(operands), self._state.matrix))
        elif operator == "Tr":
            self._state = replace(self._state, text_mode=int(operands[0]))
        elif operator == "gs":
            self._graphics_state(resources, operands)
        elif operator == "Do":
            self._draw(resources, operands, depth)
        elif operator in _SHOWING:
            self._besides = self._besides or self._state.text_mode != _INVISIBLE
        elif operator in {"BDC", "BMC"}:
            # a layer may be switched off
            self._besides = self._besides or str(operands[0]) == "/OC"
        else:
            self._path_step(operator, operands)

    def _path_step(self, operator: str, operands: list[pikepdf.Object]) -> None:
        if operator == "re":
            x, y, w, h = (float(value) for value in operands)
            self._path.append(Placed(pikepdf.Stream, _times((w, 0, 0, h, x, y), self._state.matrix)).rectangle)  # type: ignore[arg-type]
        elif operator in _CURVES:
            self._path.append(None)
        elif operator in {"W", "W*"}:
            self._clip_pending = True
        elif operator in _PAINTING or operator == "n":
            if self._clip_pending and not (len(self._path) == 1 and self._path[0] and self._fills(self._path[0], over=1e9)):
                self._state = replace(self._state, clipped=True)
            self._besides = self._besides or operator != "n"
            self._path, self._clip_pending = [], False

    def _graphics_state(self, resources: pikepdf.Object, operands: list[pikepdf.Object]) -> None:
        state = _resource(resources, "/ExtGState", operands)
        if not isinstance(state, pikepdf.Dictionary):
            return
        opaque = all(float(state.get(key, 1.0)) >= 1.0 for key in ("/ca", "/CA"))
        normal = str(state.get("/BM", "/Normal")) in {"/Normal", "/Compatible"}
        plain = str(state.get("/SMask", "/None")) == "/None"
        self._state = replace(self._state, odd=not (opaque and normal and plain))

    def _draw(self, resources: pikepdf.Object, operands: list[pikepdf.Object], depth: int) -> None:
        thing = _resource(resources, "/XObject", operands)
        if not isinstance(thing, pikepdf.Stream):
            return
        if str(thing.get("/Subtype")) == "/Form" and depth < _FORM_DEPTH and "/OC" not in thing:
            self._draw_form(thing, resources, depth)
            return
        placed = Placed(thing, self._state.matrix)
        whole = str(thing.get("/Subtype")) == "/Image" and self._fills(placed.rectangle, over=self._margin)
        if whole and not self._state.clipped and not self._state.odd:
            self._image, self._besides = placed, False
        else:
            self._besides = True

    def _draw_form(self, form: pikepdf.Stream, resources: pikepdf.Object, depth: int) -> None:
        state, stack = self._state, self._stack
        inner = _matrix(list(form.get("/Matrix", []))) if "/Matrix" in form else _IDENTITY
        self._state, self._stack = replace(state, matrix=_times(inner, state.matrix)), []
        box = form.get("/BBox")
        if isinstance(box, pikepdf.Array) and len(box) == 4:
            x0, y0, x1, y1 = (float(value) for value in box)
            placed = Placed(form, _times((x1 - x0, 0, 0, y1 - y0, x0, y0), self._state.matrix))
            if not self._fills(placed.rectangle, over=1e9):
                self._state = replace(self._state, clipped=True)
        self.run(form, form.get("/Resources", resources), depth + 1)
        self._state, self._stack = state, stack

    def _fills(self, rectangle: Rectangle, over: float) -> bool:
        """Whether the rectangle reaches all sides of the page within the margin, and passes none by more than `over`."""
        x0, y0, x1, y1 = self._page
        wide, high = x1 - x0, y1 - y0
        beyond = (
            (x0 - rectangle[0]) / wide,
            (y0 - rectangle[1]) / high,
            (rectangle[2] - x1) / wide,
            (rectangle[3] - y1) / high,
        )
        return all(-self._margin <= side <= over for side in beyond)


def _matrix(operands: list[pikepdf.Object]) -> Matrix:
    a, b, c, d, e, f = (float(value) for value in operands)
    return a, b, c, d, e, f


def _resource(resources: pikepdf.Object, kind: str, operands: list[pikepdf.Object]) -> pikepdf.Object | None:
    if not isinstance(resources, pikepdf.Dictionary) or not operands:
        return None
    table = resources.get(kind)
    return table.get(str(operands[0])) if isinstance(table, pikepdf.Dictionary) else None
