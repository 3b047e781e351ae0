"""What the certification registers refuse."""

from __future__ import annotations

from ingest.errors import NextStep, Param
from storage.errors import StorageError
from storage.registers import STATE_NAMES, CertificationState


class RegisterError(StorageError):
    """Root of what a register refuses."""

    code = "storage.register"
    retryable = False
    next_step = NextStep.GIVE_UP
    vi = "Sổ chứng thực không nhận việc này."
    en = "The certification register refuses this."


class NoOpenBook(RegisterError):
    """A number is wanted and no book of this unit and kind is open."""

    code = "storage.register.no_open_book"
    vi = "Đơn vị {unit} chưa mở quyển sổ chứng thực nào ({kind}); văn thư mở sổ trước (`sohoa register open`)."
    en = "Unit {unit} has no open certification book ({kind}); open one first (`sohoa register open`)."


class BookAlreadyOpen(RegisterError):
    """One unit has one open book of a kind, never two."""

    code = "storage.register.book_already_open"
    vi = "Quyển {book} đang mở; mỗi đơn vị chỉ mở một quyển cho mỗi loại sổ."
    en = "Book {book} is open; a unit has one open book of each kind."


class YearLocked(RegisterError):
    """The year of the register is locked; nothing may be added to it."""

    code = "storage.register.year_locked"
    vi = "Sổ chứng thực năm {year} đã khóa, không được ghi thêm."
    en = "The certification register of {year} is locked; nothing may be added."


class YearNotOver(RegisterError):
    """A register is locked on 31 December or later."""

    code = "storage.register.year_not_over"
    vi = "Năm {year} chưa kết thúc; chỉ khóa sổ từ ngày 31/12/{year}."
    en = "The year {year} is not over; a register is locked from 31 December on."


class YearUnfinished(RegisterError):
    """Certifications of the year have a number and neither a signed file nor a reason."""

    code = "storage.register.year_unfinished"
    vi = "Còn {count} số chứng thực của năm {year} chưa ký xong và chưa hủy số; xử lý xong rồi mới khóa sổ."
    en = "{count} numbers of {year} are neither issued nor void; finish them before locking the register."


class ClockBehind(RegisterError):
    """The open book belongs to a year that has not begun by this machine's clock."""

    code = "storage.register.clock_behind"
    next_step = NextStep.ADMIN
    vi = "Đồng hồ máy chủ chỉ năm {year} trong khi quyển {book} đang mở; hãy chỉnh lại giờ."
    en = "The server's clock says {year} while book {book} is open; set the clock."


class WrongCertificationState(RegisterError):
    """What is asked cannot be done with a certification in this state."""

    code = "storage.register.certification_state"
    vi = "Yêu cầu chứng thực đang ở trạng thái «{state}», không làm được việc này."
    en = "The certification is “{state}”; this cannot be done with it."

    def shown(self, lang: str) -> dict[str, Param]:
        """The parameters, the state in words."""
        vi, en = STATE_NAMES[CertificationState(str(self.params["state"]))]
        return {**self.params, "state": vi if lang == "vi" else en}


class BadColumns(RegisterError):
    """The file with the columns of the register is missing or damaged."""

    code = "storage.register.bad_columns"
    next_step = NextStep.ADMIN
    vi = "Không dùng được tệp mẫu cột của sổ chứng thực «{what}»; kiểm tra SOHOA_CERTIFICATION__COLUMNS_FILE."
    en = "The file of register columns, “{what}”, cannot be used; check SOHOA_CERTIFICATION__COLUMNS_FILE."
