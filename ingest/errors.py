"""The error tree of `ingest`. Parameters never hold names or content: pages and members are told by their number.

The base of all packages' errors is offered here too (it stands in `ingest.coded`).
"""

from __future__ import annotations

from ingest.coded import CodedError as CodedError  # noqa: PLC0414 - offered here
from ingest.coded import NextStep as NextStep  # noqa: PLC0414 - offered here
from ingest.coded import Param as Param  # noqa: PLC0414 - offered here
from ingest.coded import error_from as error_from  # noqa: PLC0414 - offered here


class IngestError(CodedError):
    """Root of everything `ingest` refuses or fails at."""

    code = "ingest"
    vi = "Không tiếp nhận được tệp."
    en = "The file could not be taken in."


class FileEmpty(IngestError):
    """The file has no bytes: usually a copy or an upload that broke off."""

    code = "ingest.file_empty"
    vi = "Tệp rỗng (0 byte). Hãy quét hoặc sao chép lại tệp."
    en = "The file is empty (0 bytes). Scan or copy it again."


class FileTooLarge(IngestError):
    """The file has more bytes than `IntakeOptions.max_file_bytes`."""

    code = "ingest.file_too_large"
    vi = "Tệp nặng {size_mb} MB, vượt mức cho phép {limit_mb} MB. Hãy chia nhỏ tệp."
    en = "The file has {size_mb} MB; at most {limit_mb} MB are allowed. Split the file."


class FileUnreadable(IngestError):
    """The bytes could not be read from disk (gone, no permission, I/O error)."""

    code = "ingest.file_unreadable"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Không đọc được tệp từ ổ đĩa. Hãy thử lại."
    en = "The file could not be read from disk. Try again."


class ScratchFull(IngestError):
    """The machine's own disk is full or failed while the file was worked on (`why`, an errno name); not the file's fault."""

    code = "ingest.scratch_full"
    retryable = True
    environment = True
    next_step = NextStep.ADMIN
    vi = "Máy chủ hết chỗ trống hoặc ổ đĩa có lỗi khi xử lý tệp ({why}). Tệp không có lỗi; hãy báo quản trị viên rồi thử lại."
    en = "The server ran out of space or its disk failed while the file was processed ({why}). The file is not at fault."


class MachineShort(IngestError):
    """The machine had no handle or memory left for a file (`why`, an errno name). It may pass; it may be a monstrous file."""

    code = "ingest.machine_short"
    retryable = True
    next_step = NextStep.ADMIN
    vi = "Máy chủ thiếu tài nguyên khi xử lý tệp ({why}). Hãy thử lại; nếu vẫn vậy, hãy báo quản trị viên."
    en = "The server ran short of resources while the file was processed ({why}). Try again; then tell the administrator."


class TypeUnsupported(IngestError):
    """The file is of a known kind that is not a scan; `found` names it."""

    code = "ingest.type_unsupported"
    vi = "Đây là tệp {found}, không phải bản quét. Chỉ nhận PDF, TIFF, JPEG, PNG, WebP, HEIC hoặc ZIP chứa các tệp đó."
    en = "This is a {found} file, not a scan. PDF, TIFF, JPEG, PNG, WebP, HEIC or a ZIP of them are taken."


class TypeUnknown(IngestError):
    """The bytes are of no kind we know, whatever the name says."""

    code = "ingest.type_unknown"
    vi = "Không nhận ra định dạng của tệp. Hãy quét lại và lưu thành PDF, TIFF hoặc JPEG."
    en = "The format of the file is not known. Scan again and save as PDF, TIFF or JPEG."


class TypeAmbiguous(IngestError):
    """The file is two kinds at once (a polyglot), so that two programs would see different papers."""

    code = "ingest.type_ambiguous"
    vi = "Tệp vừa là {first} vừa là {second}, có dấu hiệu bị ghép. Hãy quét lại giấy tờ."
    en = "The file is {first} and {second} at once and may be forged. Scan the paper again."


class PdfDamaged(IngestError):
    """The PDF cannot be read, or repairing it would lose pages or parts of pages."""

    code = "ingest.pdf_damaged"
    vi = "Tệp PDF bị hỏng hoặc bị cắt cụt. Hãy quét lại hoặc sao chép lại tệp."
    en = "The PDF is damaged or cut off. Scan or copy it again."


class PdfEncrypted(IngestError):
    """The PDF needs a password to be opened."""

    code = "ingest.pdf_encrypted"
    vi = "Tệp PDF có mật khẩu nên không mở được. Hãy gỡ mật khẩu hoặc quét lại."
    en = "The PDF needs a password. Remove the password or scan again."


class PdfWithoutPages(IngestError):
    """The PDF has no page."""

    code = "ingest.pdf_without_pages"
    vi = "Tệp PDF không có trang nào. Hãy quét lại."
    en = "The PDF has no page. Scan again."


class PdfActiveContent(IngestError):
    """The PDF carries scripts, launch actions, embedded files or XFA forms (`what`), which are never executed here."""

    code = "ingest.pdf_active_content"
    vi = "Tệp PDF có nội dung chủ động ({what}), có thể gây hại. Hãy in ra PDF mới hoặc quét lại."
    en = "The PDF carries active content ({what}) that may do harm. Print it to a new PDF or scan again."


class TooManyPages(IngestError):
    """The file has more pages than `IntakeOptions.max_pages`."""

    code = "ingest.too_many_pages"
    vi = "Tệp có {pages} trang, vượt mức cho phép {limit} trang. Hãy chia nhỏ tệp."
    en = "The file has {pages} pages; at most {limit} are allowed. Split the file."


class PageTooLarge(IngestError):
    """A page has, or would have when rendered, more pixels than `IntakeOptions.max_page_pixels` (a pixel bomb)."""

    code = "ingest.page_too_large"
    vi = "Trang {page} có {megapixels} triệu điểm ảnh, vượt mức cho phép {limit_megapixels} triệu. Hãy quét lại ở 300 dpi."
    en = "Page {page} has {megapixels} megapixels; at most {limit_megapixels} are allowed. Scan again at 300 dpi."


class PageTooSmall(IngestError):
    """A page has a side shorter than `IntakeOptions.min_page_side_px`."""

    code = "ingest.page_too_small"
    vi = "Trang {page} chỉ có {width_px} × {height_px} điểm ảnh, không thể là một trang giấy. Hãy quét lại."
    en = "Page {page} has only {width_px} × {height_px} pixels and cannot be a page. Scan again."


class PageUnreadable(IngestError):
    """One page of an otherwise good file cannot be turned into pixels."""

    code = "ingest.page_unreadable"
    vi = "Không đọc được hình ảnh của trang {page}. Hãy quét lại trang này."
    en = "The image of page {page} cannot be read. Scan this page again."


class ImageDamaged(IngestError):
    """The image is cut off, contradicts itself, or cannot be decoded (`page` from 1)."""

    code = "ingest.image_damaged"
    vi = "Hình ảnh ở trang {page} bị hỏng hoặc bị cắt cụt. Hãy quét lại hoặc sao chép lại tệp."
    en = "The image of page {page} is damaged or cut off. Scan or copy the file again."


class ArchiveDamaged(IngestError):
    """The ZIP cannot be read, or a member's bytes do not match their checksum."""

    code = "ingest.archive_damaged"
    vi = "Tệp ZIP bị hỏng. Hãy nén lại hoặc gửi từng tệp."
    en = "The ZIP is damaged. Pack it again or send the files one by one."


class ArchiveEmpty(IngestError):
    """The ZIP holds no file."""

    code = "ingest.archive_empty"
    vi = "Tệp ZIP không chứa tệp nào. Hãy nén lại."
    en = "The ZIP holds no file. Pack it again."


class ArchiveEncrypted(IngestError):
    """A member of the ZIP (`member`, from 1) is encrypted."""

    code = "ingest.archive_encrypted"
    vi = "Tệp ZIP có mật khẩu (mục số {member}). Hãy nén lại không đặt mật khẩu."
    en = "The ZIP has a password (member {member}). Pack it again without one."


class ArchiveNested(IngestError):
    """A member of the ZIP (`member`, from 1) is an archive itself; archives in archives are not opened."""

    code = "ingest.archive_nested"
    vi = "Tệp ZIP chứa một tệp nén khác (mục số {member}). Hãy giải nén rồi gửi lại."
    en = "The ZIP holds another archive (member {member}). Unpack it and send again."


class ArchiveBomb(IngestError):
    """A member would unpack to more than `IntakeOptions.max_archive_ratio` times its packed size, or members overlap."""

    code = "ingest.archive_bomb"
    vi = "Mục số {member} của tệp ZIP phình to bất thường khi giải nén nên bị từ chối. Hãy gửi từng tệp."
    en = "Member {member} of the ZIP would swell abnormally when unpacked. Send the files one by one."


class ArchiveTooLarge(IngestError):
    """The ZIP would unpack to more than `IntakeOptions.max_archive_bytes`."""

    code = "ingest.archive_too_large"
    vi = "Tệp ZIP giải nén ra {size_mb} MB, vượt mức cho phép {limit_mb} MB. Hãy chia nhỏ."
    en = "The ZIP unpacks to {size_mb} MB; at most {limit_mb} MB are allowed. Split it."


class ArchiveTooMany(IngestError):
    """The ZIP holds more files than `IntakeOptions.max_archive_members`."""

    code = "ingest.archive_too_many"
    vi = "Tệp ZIP chứa {members} tệp, vượt mức cho phép {limit} tệp. Hãy chia nhỏ."
    en = "The ZIP holds {members} files; at most {limit} are allowed. Split it."


class ArchiveUnsafeName(IngestError):
    """A member's name (`member`, from 1) leads out of the folder it is unpacked to (`../`, absolute, drive letter)."""

    code = "ingest.archive_unsafe_name"
    vi = "Mục số {member} của tệp ZIP có tên trỏ ra ngoài thư mục, có dấu hiệu gây hại. Hãy nén lại."
    en = "Member {member} of the ZIP has a name that leads out of its folder and may do harm. Pack it again."


class ArchiveLink(IngestError):
    """A member of the ZIP (`member`, from 1) is a symbolic link or another special file."""

    code = "ingest.archive_link"
    vi = "Mục số {member} của tệp ZIP không phải tệp thường (liên kết). Hãy nén lại các tệp gốc."
    en = "Member {member} of the ZIP is no ordinary file (a link). Pack the real files."


class ArchiveDuplicate(IngestError):
    """Two members of the ZIP (`member` is the later one) have the same name, so one would hide the other."""

    code = "ingest.archive_duplicate"
    vi = "Tệp ZIP có hai mục trùng tên (mục số {member}). Hãy đổi tên rồi nén lại."
    en = "Two members of the ZIP have the same name (member {member}). Rename one and pack again."


class BoxTimeout(IngestError):
    """A call in a child process took longer than `BoxOptions.seconds`; the child and what it had started were killed."""

    code = "ingest.box_timeout"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Xử lý tệp quá {seconds} giây nên đã dừng lại. Hãy thử lại; nếu vẫn vậy, hãy quét lại giấy tờ."
    en = "Processing took more than {seconds} seconds and was stopped. Try again; if it happens again, scan the paper anew."


class BoxMemory(IngestError):
    """A call in a child process needed more than `BoxOptions.memory_bytes`; nothing of it was kept."""

    code = "ingest.box_memory"
    vi = "Tệp cần nhiều bộ nhớ hơn mức cho phép. Hãy quét lại với độ phân giải thấp hơn hoặc chia nhỏ tệp."
    en = "The file needs more memory than is allowed. Scan it at a lower resolution or split the file."


class BoxCrash(IngestError):
    """A child process died, or its code failed in a way nobody foresaw; `reason` is the exit code or exception class."""

    code = "ingest.box_crash"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Chương trình xử lý tệp dừng bất thường ({reason}). Hãy thử lại; nếu vẫn vậy, hãy thay tệp."
    en = "The program that processes the file stopped unexpectedly ({reason}). Try again; if it happens again, replace the file."
