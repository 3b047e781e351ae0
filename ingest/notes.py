"""One sentence for every note code, in Vietnamese and English."""

from __future__ import annotations

from ingest.coded import Param
from ingest.model import Note

SENTENCES: dict[str, tuple[str, str]] = {
    # the file
    "wrong_extension": (
        "Tên tệp có đuôi “{extension}” nhưng nội dung là {kind}; đã xử lý theo nội dung.",
        "The name ends in “{extension}” but the content is {kind}; it was treated by its content.",
    ),
    "pdf_leading_bytes": (
        "Trước phần PDF có {bytes} byte thừa; tệp vẫn đọc được.",
        "There are {bytes} stray bytes before the PDF; it can be read all the same.",
    ),
    "pdf_repaired": (
        "Cấu trúc tệp PDF bị lỗi nhưng đã đọc lại được đủ các trang. Nên so với bản giấy.",
        "The structure of the PDF was damaged, but all pages could be read. Compare with the paper.",
    ),
    "pdf_restricted": (
        "Tệp PDF đặt hạn chế in hoặc sao chép nhưng mở được không cần mật khẩu.",
        "The PDF restricts printing or copying but opens without a password.",
    ),
    "active_content": (
        "Tệp PDF có nội dung chủ động ({what}); nội dung này không được chạy.",
        "The PDF carries active content ({what}), which was not run.",
    ),
    "only_first_frame": (
        "Tệp ảnh có {frames} khung hình; chỉ lấy khung đầu tiên.",
        "The image has {frames} frames; only the first one was taken.",
    ),
    # the page
    "mirrored": (
        "Ảnh được lưu ngược gương; đã lật lại cho đúng chiều.",
        "The image was stored mirrored; it was flipped back.",
    ),
    "bitonal_page": (
        "Trang được quét đen trắng; bản số hóa theo quy định phải là ảnh màu.",
        "The page was scanned in black and white; a digitised copy has to be in colour.",
    ),
    "below_min_dpi": (
        "Độ phân giải {dpi} dpi thấp hơn mức tối thiểu {limit} dpi. Nên quét lại.",
        "The resolution of {dpi} dpi is below the legal minimum of {limit} dpi. Scan again.",
    ),
    "below_target_dpi": (
        "Độ phân giải {dpi} dpi thấp hơn mức khuyến nghị {limit} dpi.",
        "The resolution of {dpi} dpi is below the recommended {limit} dpi.",
    ),
    "blank_page": (
        "Trang trắng, không có nội dung.",
        "The page is blank.",
    ),
    "blurred": (
        "Trang bị mờ (độ nét {sharpness}). Nên quét lại.",
        "The page is blurred (sharpness {sharpness}). Scan again.",
    ),
    "skewed": (
        "Trang bị nghiêng {degrees} độ.",
        "The page is skewed by {degrees} degrees.",
    ),
    "cut_off": (
        "Nội dung chạm mép trang, có thể bị cắt mất. Nên đặt lại giấy và quét lại.",
        "The content runs across the edge of the page and may be cut off. Place the paper again and scan again.",
    ),
    "folded_corner": (
        "Có góc giấy bị gấp. Nên vuốt phẳng và quét lại nếu che mất nội dung.",
        "A corner of the paper is folded. Straighten it and scan again if it hides something.",
    ),
    "shadow": (
        "Có ngón tay hoặc bóng che ở mép trang. Nên quét lại.",
        "A finger or a shadow covers part of the page. Scan again.",
    ),
    "double_feed": (
        "Trang dài hơn các trang khác {percent} %: có thể máy kéo hai tờ một lúc. Hãy kiểm tra số tờ và quét lại.",
        "The page is {percent} % longer than the others: two sheets may have been fed at once. Count the sheets and scan again.",
    ),
    "black_border": (
        "Mép trang có viền đen. Nên đặt giấy sát mép và đậy nắp máy quét.",
        "The page has a black border. Align the paper and close the scanner's lid.",
    ),
}


class _Lenient(dict[str, Param]):
    def __missing__(self, key: str) -> str:
        return "?"


def sentence(note: Note, lang: str) -> str:
    """The note as one plain sentence (`lang` `vi` or `en`); an unknown code shows as itself."""
    pair = SENTENCES.get(note.code)
    if pair is None:
        return note.code
    return pair[0 if lang == "vi" else 1].format_map(_Lenient(note.params))
