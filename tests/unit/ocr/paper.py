"""Paints pages whose every word box is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ingest.model import ColourMode, DpiSource, PageImage, PageOrigin
from ocr.model import Box, Line, PageText, TextSource, Word

FONT = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"
PARAGRAPH = (
    "Thực hiện Công văn số 2003/UBND-VP ngày 01/11/2024 của Ủy ban nhân dân",
    "tỉnh về việc tổ chức hội nghị đánh giá chương trình mục tiêu quốc gia phát",
    "triển kinh tế, xã hội vùng đồng bào dân tộc thiểu số và miền núi giai đoạn",
    "mới, Sở Nội vụ đề nghị các cơ quan, đơn vị cử người tham dự đúng thành",
    "phần, gửi danh sách đại biểu trước ngày 07/11/2024 để tổng hợp, báo cáo.",
    "Đề nghị thủ trưởng các đơn vị nghiêm túc phối hợp thực hiện những nội",
    "dung nêu trên; trong quá trình thực hiện nếu có vướng mắc thì phản ánh",
    "kịp thời về văn phòng để được hướng dẫn, giải quyết theo quy định.",
)


@dataclass(frozen=True)
class Painted:
    picture: Image.Image
    words: tuple[tuple[str, Box], ...]
    lines: tuple[str, ...]
    dpi: float

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def saved(self, path: Path, *, exif_turn_deg: int = 0, has_text_layer: bool = False) -> PageImage:
        return page_image(self.picture, path, self.dpi, exif_turn_deg=exif_turn_deg, has_text_layer=has_text_layer)

    def page_text(self, turn_deg: int = 0) -> PageText:
        """The truth as if it had been read."""
        words = iter(self.words)
        lines = []
        for line in self.lines:
            found = tuple(Word(text, box, 1.0) for text, box in (next(words) for _ in line.split()))
            box = found[0].box
            for word in found:
                box = box.union(word.box)
            lines.append(Line(found, box))
        return PageText(*self.picture.size, self.dpi, tuple(lines), TextSource.OCR, "truth", turn_deg)


def painted(lines: tuple[str, ...] = PARAGRAPH, dpi: float = 200, mode: str = "L", top_in: float = 1.0) -> Painted:
    """An A5-wide sheet with `lines` in 13 pt."""
    width, height = round(7.5 * dpi), round((top_in + 0.32 * len(lines) + 1.0) * dpi)
    picture = Image.new(mode, (width, height), "white")
    font = ImageFont.truetype(FONT, round(13 * dpi / 72))
    draw = ImageDraw.Draw(picture)
    draw.fontmode = "1" if mode == "1" else "L"
    words = []
    for number, line in enumerate(lines):
        x, y = 0.9 * dpi, (top_in + 0.32 * number) * dpi
        for word in line.split():
            words.append((word, Box(*(float(side) for side in draw.textbbox((x, y), word, font=font)))))
            draw.text((x, y), word, font=font, fill=0 if mode in "1L" else (0, 0, 0))
            x += draw.textlength(word + " ", font=font)
    return Painted(picture, tuple(words), lines, dpi)


def page_image(
    picture: Image.Image, path: Path, dpi: float, *, exif_turn_deg: int = 0, has_text_layer: bool = False
) -> PageImage:
    """`picture` on disk as a page; the format follows the suffix of `path`."""
    picture.save(path, quality=92) if path.suffix == ".jpg" else picture.save(path)
    colour = {"1": ColourMode.BITONAL, "L": ColourMode.GREY}.get(picture.mode, ColourMode.COLOUR)
    media = {".jpg": "image/jpeg", ".png": "image/png", ".tif": "image/tiff"}[path.suffix]
    return PageImage(
        0, str(path), media, *picture.size, dpi, DpiSource.TAG, colour, PageOrigin.IMAGE, exif_turn_deg, has_text_layer
    )
