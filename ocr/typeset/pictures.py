"""Pictures as they are printed: without transparency, losslessly."""

from __future__ import annotations

import io

from PIL import Image

from ocr.typeset.model import Picture


def flattened(picture: Picture) -> tuple[io.BytesIO, float]:
    """The picture laid on white as a PNG, and its height in millimetres."""
    data = io.BytesIO()
    with Image.open(io.BytesIO(picture.data)) as image:
        height = picture.width_mm * image.height / image.width
        if image.mode in {"1", "L", "RGB"}:
            image.save(data, "PNG")
        else:
            coloured = image.convert("RGBA")
            Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured).convert("RGB").save(data, "PNG")
    data.seek(0)
    return data, height
