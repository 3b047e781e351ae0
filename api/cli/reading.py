"""What was read, as JSON: file → papers → pages → lines → words, with boxes in pixels of the stored page (see `ocr.model`)."""

from __future__ import annotations

from api.reader import ReadPaper, ReadResult
from api.views.base import NoteView
from api.views.papers import FieldView
from ingest.model import PageImage
from ocr.fields.types import paper_type
from ocr.model import Box, Line, PageText, Word


def file_json(result: ReadResult, lang: str) -> dict[str, object]:
    """One file."""
    return {
        "name": result.name,
        "kind": result.file.kind.value,
        "pages": result.file.pages,
        "signatures": result.file.signatures,
        "notes": [NoteView.of(note, lang).model_dump() for note in result.file.notes],
        "papers": [_paper(paper, lang) for paper in result.papers],
    }


def _paper(paper: ReadPaper, lang: str) -> dict[str, object]:
    kind = paper_type(paper.classification.paper_type)
    fields = []
    for field in paper.fields:
        spec = kind.spec(field.name)
        view = FieldView.of(field.name, field, label=spec.label(lang) if spec else "", required=bool(spec and spec.required))
        fields.append(view.model_dump(mode="json", exclude={"decision", "current"}))
    return {
        "classification": {
            "paper_type": kind.code,
            "name": kind.name(lang),
            "confidence": round(paper.classification.confidence, 4),
        },
        "fields": fields,
        "pages": [_page(image, text, lang) for image, text in paper.pages],
    }


def _page(image: PageImage, text: PageText, lang: str) -> dict[str, object]:
    return {
        "index": image.index,
        "width_px": text.width_px,
        "height_px": text.height_px,
        "dpi": text.dpi,
        "colour": image.colour.value,
        "origin": image.origin.value,
        "turn_deg": text.turn_deg,
        "skew_deg": round(text.skew_deg, 3),
        "confidence": round(text.confidence, 4),
        "source": text.source.value,
        "engine": text.engine,
        "notes": [NoteView.of(note, lang).model_dump() for note in image.quality.notes],
        "codes": [{"format": code.format, "text": code.text, "box": _box(code.box)} for code in text.codes],
        "text": text.text,
        "lines": [_line(line) for line in text.lines],
    }


def _line(line: Line) -> dict[str, object]:
    return {"text": line.text, "box": _box(line.box), "words": [_word(word) for word in line.words]}


def _word(word: Word) -> dict[str, object]:
    return {"text": word.text, "box": _box(word.box), "confidence": round(word.confidence, 4)}


def _box(box: Box) -> list[float]:
    """[x0, y0, x1, y1]."""
    return [round(side, 1) for side in (box.x0, box.y0, box.x1, box.y1)]
