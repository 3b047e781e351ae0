"""A small layout builder: lines of text at places of an A4 page become a PageText, every word with its box."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ocr.model import Box, Code2D, Line, PageText, TextSource, Word

WIDTH, HEIGHT, DPI = 1654, 2339, 200.0
LETTER, TALL, SPACE = 15.0, 28.0, 9.0


@dataclass
class Paper:
    """Collects lines; `page()` gives the PageText in reading order."""

    lines: list[Line] = field(default_factory=list)
    codes: list[Code2D] = field(default_factory=list)
    confidence: float = 0.97
    letter: float = LETTER

    def put(self, text: str, *, x: float | None = None, mid: float | None = None, y: float, sure: float | None = None) -> Paper:
        """A line from x on, or centred at mid (shares of the page), at height y (share)."""
        words = text.split()
        width = sum(len(word) * self.letter for word in words) + SPACE * (len(words) - 1)
        at = x * WIDTH if x is not None else (mid if mid is not None else 0.5) * WIDTH - width / 2
        made = []
        for word in words:
            box = Box(at, y * HEIGHT, at + len(word) * self.letter, y * HEIGHT + TALL)
            made.append(Word(word, box, self.confidence if sure is None else sure))
            at = box.x1 + SPACE
        self.lines.append(_line(made))
        return self

    def word(self, text: str, *, sure: float, tall: float = 1.0) -> Paper:
        """Another word at the end of the last line, as handwriting is: taller, unsure."""
        last = self.lines[-1].words[-1].box
        box = Box(last.x1 + SPACE, last.y1 - TALL * tall, last.x1 + SPACE + len(text) * self.letter, last.y1)
        self.lines[-1] = _line([*self.lines[-1].words, Word(text, box, sure)])
        return self

    def join(self) -> Paper:
        """The last two lines as one, as engines do with the two columns of the head."""
        right, left = self.lines.pop(), self.lines.pop()
        self.lines.append(_line([*left.words, *right.words]))
        return self

    def qr(self, text: str) -> Paper:
        """A QR code in the top right corner."""
        self.codes.append(Code2D(text, Box(1300, 60, 1500, 260)))
        return self

    def page(self, *, turn: int = 0) -> PageText:
        """The page, stored turned by `turn` degrees against upright if wanted."""
        upright = PageText(WIDTH, HEIGHT, DPI, tuple(self.lines), TextSource.OCR, "builder", codes=tuple(self.codes))
        return turned(upright, turn) if turn else upright


def decision() -> Paper:
    """The head of a decision and the start of its body."""
    return (
        Paper()
        .put("UBND TỈNH THANH HÓA", mid=0.27, y=0.06)
        .put("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", mid=0.68, y=0.06)
        .join()
        .put("SỞ TƯ PHÁP", mid=0.27, y=0.08)
        .put("Độc lập - Tự do - Hạnh phúc", mid=0.68, y=0.08)
        .join()
        .put("Số: 125/QĐ-STP", mid=0.27, y=0.11)
        .put("Thanh Hóa, ngày 05 tháng 3 năm 2024", mid=0.68, y=0.11)
        .join()
        .put("QUYẾT ĐỊNH", mid=0.5, y=0.15)
        .put("Về việc cấp lại giấy phép hành nghề", mid=0.5, y=0.172)
        .put("cho các văn phòng công chứng", mid=0.5, y=0.19)
        .put("GIÁM ĐỐC SỞ TƯ PHÁP", mid=0.5, y=0.225)
        .put("Căn cứ Luật Công chứng số 53/2014/QH13 ngày 20 tháng 6 năm 2014;", x=0.16, y=0.26)
        .put("Điều 2. Quyết định này có hiệu lực kể từ ngày ký.", x=0.16, y=0.30)
    )


def foot(paper: Paper, y: float = 0.6) -> Paper:
    """Recipients left, signing block right, one line each row as engines read them."""
    return (
        paper.put("Nơi nhận:", x=0.14, y=y)
        .put("KT. GIÁM ĐỐC", mid=0.72, y=y)
        .join()
        .put("- Như Điều 3;", x=0.14, y=y + 0.018)
        .put("PHÓ GIÁM ĐỐC", mid=0.72, y=y + 0.018)
        .join()
        .put("- Lưu: VT, BTTP.", x=0.14, y=y + 0.036)
        .put("Nguyễn Thị Minh Hằng", mid=0.72, y=y + 0.13)
    )


def letter() -> Paper:
    """A công văn: no kind, V/v in the left column."""
    return (
        Paper()
        .put("ỦY BAN NHÂN DÂN", mid=0.27, y=0.06)
        .put("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", mid=0.68, y=0.06)
        .put("TỈNH THANH HÓA", mid=0.27, y=0.08)
        .put("Độc lập - Tự do - Hạnh phúc", mid=0.68, y=0.08)
        .put("Số: 4521/UBND-KSTTHC", mid=0.27, y=0.11)
        .put("Thanh Hóa, ngày 15 tháng 10 năm 2023", mid=0.68, y=0.11)
        .put("V/v rà soát thủ tục hành chính", mid=0.27, y=0.13)
        .put("năm 2023", mid=0.27, y=0.146)
        .put("Kính gửi: Các sở, ban, ngành.", mid=0.5, y=0.19)
        .put("Thực hiện Kế hoạch số 18/KH-UBND ngày 02/02/2023 của UBND tỉnh,", x=0.16, y=0.22)
    )


def turned(page: PageText, turn: int) -> PageText:
    """The page as stored when a clockwise turn by `turn` makes it upright."""
    width, height = page.width_px, page.height_px

    def stored(box: Box) -> Box:
        if turn == 90:
            return Box(box.y0, width - box.x1, box.y1, width - box.x0)
        if turn == 180:
            return Box(width - box.x1, height - box.y1, width - box.x0, height - box.y0)
        return Box(height - box.y1, box.x0, height - box.y0, box.x1)

    lines = tuple(
        Line(tuple(replace(word, box=stored(word.box)) for word in line.words), stored(line.box)) for line in page.lines
    )
    size = (height, width) if turn % 180 == 90 else (width, height)
    return replace(page, width_px=size[0], height_px=size[1], lines=lines, turn_deg=turn)


def _line(words: list[Word]) -> Line:
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    return Line(tuple(words), box)
