"""Draws one page image for the eye. Runs in a child process, so it imports next to nothing."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from api.errors import ApiError

JPEG_QUALITY = 82
_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
"""Clockwise turn → Pillow's counter-clockwise operation."""


class PageNotShown(ApiError):
    """The image of a page cannot be drawn for the browser; the stored bytes are untouched."""

    code = "api.page_not_shown"
    vi = "Không hiển thị được ảnh của trang này; tệp gốc vẫn nguyên vẹn, có thể tải về."
    en = "The image of this page cannot be shown; the original is untouched and can be downloaded."


def draw_file(path: str, turn_deg: int, width_px: int, max_pixels: int) -> bytes:
    """The image at `path` turned upright, at most `width_px` wide, as JPEG bytes. Runs in the box."""
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        with Image.open(path) as stored:
            wide_side = stored.height if turn_deg in {90, 270} else stored.width
            scale = min(1.0, width_px / wide_side)
            size = (max(1, round(stored.width * scale)), max(1, round(stored.height * scale)))
            stored.draft("RGB", size)
            shown = stored.convert("L" if stored.mode in {"1", "L"} else "RGB").resize(size, Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise PageNotShown from error
    if turn_deg in _TURNS:
        shown = shown.transpose(_TURNS[turn_deg])
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
