"""The error tree of `storage`."""

from __future__ import annotations

from ingest.errors import CodedError, NextStep, Param

NOUNS = {
    "account": "tài khoản",
    "assignment": "vai trò được giao",
    "batch": "lô",
    "certification": "yêu cầu chứng thực",
    "component": "thành phần hồ sơ",
    "database": "cơ sở dữ liệu",
    "disposal": "yêu cầu tiêu hủy",
    "disposal certificate": "biên bản tiêu hủy",
    "dossier": "hồ sơ",
    "file": "tệp",
    "indicator": "chỉ số",
    "legal hold": "lệnh giữ",
    "objects": "kho tệp",
    "page": "trang",
    "paper": "giấy tờ",
    "procedure": "thủ tục",
    "record": "kết quả số hóa",
    "register": "sổ chứng thực",
    "reuse": "lần tái sử dụng",
    "seal": "chữ ký đã lưu",
    "signing request": "yêu cầu ký số",
    "run": "lượt kiểm tra",
    "session": "phiên đăng nhập",
    "step": "bước xử lý",
    "token": "mã truy cập",
    "unit": "đơn vị",
    "saved search": "tìm kiếm đã lưu",
}
"""The things `what` may name, in Vietnamese."""

LEDGER_FAULTS = {
    "edited": ("bị sửa nội dung", "was edited"),
    "removed": ("bị xóa", "was removed"),
    "inserted": ("bị chèn thêm", "was inserted"),
    "reordered": ("bị đảo thứ tự", "was moved"),
    "truncated": ("bị cắt mất phần cuối từ đây", "and everything after it was cut off"),
    "rolled_back": ("bị quay về bản cũ từ đây", "and everything after it was rolled back to an older state"),
    "changed": ("bị thay đổi", "was changed"),
}
"""What can have been done to an entry of the ledger, in both languages (`storage.trail.LedgerFault`)."""


class StorageError(CodedError):
    """Root of everything `storage` fails at."""

    code = "storage"
    retryable = True
    next_step = NextStep.ADMIN
    vi = "Kho lưu trữ gặp lỗi."
    en = "The store failed."


def _named(params: dict[str, Param], lang: str) -> dict[str, Param]:
    """`params`, the thing in `what` (one of `NOUNS`, perhaps with a detail after a colon) in the language of the sentence."""
    name, colon, detail = str(params.get("what", "?")).partition(":")
    return {**params, "what": (NOUNS.get(name, name) if lang == "vi" else name) + colon + detail}


class ObjectMissing(StorageError):
    """No object of that name is in the store."""

    code = "storage.object_missing"
    retryable = False
    vi = "Không tìm thấy tệp {sha256} trong kho."
    en = "Object {sha256} is not in the store."


class ObjectCorrupt(StorageError):
    """The store gave bytes whose hash is not the object's name."""

    code = "storage.object_corrupt"
    retryable = True
    vi = "Tệp {sha256} trong kho đã bị thay đổi so với lúc lưu."
    en = "Object {sha256} no longer has the bytes that were stored."


class StoreFull(StorageError):
    """No space left for an object or a row."""

    code = "storage.full"
    retryable = True
    environment = True
    vi = "Kho lưu trữ đã đầy; giải phóng dung lượng rồi thử lại."
    en = "The store is full; free some space, then try again."


class TargetUnwritable(StorageError):
    """A copy of an object could not be written where it was wanted (`why`, an errno name); the store itself is well."""

    code = "storage.target_unwritable"
    retryable = True
    environment = True
    vi = "Không ghi được bản sao lấy từ kho ra ổ đĩa ({why}); giải phóng dung lượng hoặc kiểm tra ổ đĩa rồi thử lại."
    en = "A copy from the store could not be written to disk ({why}); free some space or check the disk, then try again."


class StoreUnavailable(StorageError):
    """The object store or database does not answer."""

    code = "storage.unavailable"
    retryable = True
    environment = True
    vi = "Không kết nối được kho lưu trữ ({what})."
    en = "The store cannot be reached ({what})."

    def shown(self, lang: str) -> dict[str, Param]:
        """The parameters, the thing named in words."""
        return _named(self.params, lang)


class LeaseLost(StorageError):
    """Another worker took over this step; the result at hand is dropped."""

    code = "storage.lease_lost"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Bước xử lý đã được máy khác nhận."
    en = "Another worker has taken over this step."


class NotFound(StorageError):
    """There is no such thing under this id."""

    code = "storage.not_found"
    retryable = False
    next_step = NextStep.GIVE_UP
    vi = "Không tìm thấy {what} «{key}»."
    en = "No {what} “{key}” was found."

    def shown(self, lang: str) -> dict[str, Param]:
        """The parameters, the thing named in words."""
        return _named(self.params, lang)


class Conflict(StorageError):
    """The thing was changed by somebody else in the meantime."""

    code = "storage.conflict"
    retryable = False
    next_step = NextStep.RETRY
    vi = "Dữ liệu vừa được người khác thay đổi; tải lại rồi làm tiếp."
    en = "Somebody else has just changed this; reload and go on."


class StoreBusy(StorageError):
    """Other writers held the database for too long, or two of them waited for each other; nothing was changed."""

    code = "storage.busy"
    retryable = True
    environment = True
    next_step = NextStep.RETRY
    vi = "Cơ sở dữ liệu đang bận; thử lại sau ít giây."
    en = "The database is busy; try again in a few seconds."


class BadStoreUrl(StorageError):
    """The address of a database or object store cannot be understood."""

    code = "storage.bad_url"
    retryable = False
    vi = "Địa chỉ kho lưu trữ không đúng: {what}."
    en = "The address of the store is wrong: {what}."


class BadTemplate(StorageError):
    """The template of the digitisation-result code names an unknown part, or leaves the number out."""

    code = "storage.bad_template"
    retryable = False
    vi = "Mẫu mã kết quả số hóa không đúng: {what}."
    en = "The template of the result code is wrong: {what}."


class BadCatalogue(StorageError):
    """A data file of the unit (procedures, reasons, rules of reuse) cannot be read, or contradicts itself."""

    code = "storage.bad_catalogue"
    retryable = False
    vi = "Tệp danh mục «{file}» không dùng được: {why}."
    en = "The data file “{file}” cannot be used: {why}."


class LedgerHeadLost(StorageError):
    """The one row that says how many entries the ledger has is gone: somebody changed the tables. Nothing is written any more."""

    code = "storage.ledger_head_lost"
    retryable = False
    vi = "Sổ nhật ký đã mất dòng đầu sổ: có người sửa cơ sở dữ liệu. Ngừng ghi; chạy `sohoa ledger verify` và báo quản trị viên."
    en = "The ledger has lost its head row: somebody changed the database. Writing stops; run `sohoa ledger verify`."


class LedgerBroken(StorageError):
    """The ledger is not what it was (`fault` at entry `seq`); it is not anchored, for an anchor would cover that up."""

    code = "storage.ledger_broken"
    retryable = False
    vi = "Sổ nhật ký không nguyên vẹn tại dòng {seq} ({fault}) nên không đóng mốc neo. Chạy `sohoa ledger verify`."
    en = "The ledger is broken at entry {seq} ({fault}), so it is not anchored. Run `sohoa ledger verify`."

    def shown(self, lang: str) -> dict[str, Param]:
        """The parameters, the fault in words."""
        fault = str(self.params.get("fault", "?"))
        return {**self.params, "fault": LEDGER_FAULTS.get(fault, (fault, fault))[lang != "vi"]}
