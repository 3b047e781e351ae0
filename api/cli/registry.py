"""Which commands there are, told without importing any of them: `sohoa read` must not pay for the database."""

from __future__ import annotations

import gc
import importlib
from dataclasses import dataclass
from typing import Any

from api.cli.language import say


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: the module that has its `build()`, and its one-line help in both languages."""

    module: str
    vi: str
    en: str

    @property
    def help(self) -> str:
        """The one line, in the language of this run."""
        return say(self.vi, self.en)

    def load(self) -> Any:
        """The command itself; imports its module, without looking for garbage among definitions that all stay (a fifth of it)."""
        gc.disable()
        try:
            return importlib.import_module(self.module).build()
        finally:
            gc.enable()


COMMANDS: dict[str, Entry] = {
    "digitise": Entry(
        "api.cli.digitise",
        "Số hóa tệp, thư mục, ZIP thành hồ sơ đã ký, tìm được.",
        "Turn files, folders and ZIPs into sealed, searchable records.",
    ),
    "scan": Entry(
        "api.cli.scan",
        "Quét thẳng từ máy quét (SANE) vào một lô.",
        "Scan straight from a SANE scanner into a batch.",
    ),
    "watch": Entry(
        "api.cli.watch",
        "Theo dõi thư mục nóng: tệp quét tự vào, bị từ chối thì kèm lý do.",
        "Watch a hot folder: scans go in by themselves.",
    ),
    "read": Entry(
        "api.cli.read",
        "Chỉ nhận dạng chữ, in ra màn hình, không cần cơ sở dữ liệu.",
        "Recognition only, to standard output, no database.",
    ),
    "verify": Entry(
        "api.cli.verify",
        "Kiểm tra chữ ký số của tệp, không cần cơ sở dữ liệu.",
        "Verify the digital signatures of files, no database.",
    ),
    "audit": Entry(
        "api.cli.audit",
        "Kiểm tra lại hồ sơ đã lưu theo ngày hoặc theo quyển sổ.",
        "Verify what is stored again, by days or by register book.",
    ),
    "report": Entry(
        "api.cli.report", "Chỉ số 766 và số liệu của một tháng hoặc năm.", "Indicators and figures of a month or a year."
    ),
    "search": Entry("api.cli.search", "Tìm hồ sơ theo từ, có dấu hay không dấu.", "Find records by their words."),
    "show": Entry("api.cli.show", "Xem một hồ sơ: trường, quyết định, chữ ký, nhật ký.", "Show one record whole."),
    "export": Entry("api.cli.export", "Xuất một hồ sơ ra thư mục.", "Write one record to a folder."),
    "reuse": Entry(
        "api.cli.reuse",
        "Dùng lại kết quả số hóa cho hồ sơ khác; hủy, thay thế.",
        "Use a record for another dossier; annul and replace records.",
    ),
    "sao-y": Entry(
        "api.cli.sao_y",
        "Cấp bản sao y, sao lục có chữ ký số cơ quan.",
        "Issue a copy with the agency's signature (sao y).",
    ),
    "issue": Entry(
        "api.cli.issue",
        "Ký văn bản điện tử phát hành: hình chữ ký, hình dấu, phụ lục.",
        "Sign an electronic document that is issued: signature or seal image, attachment.",
    ),
    "certify": Entry(
        "api.cli.certify",
        "Chứng thực bản sao điện tử từ bản chính: yêu cầu, đối chiếu, ký, hủy bỏ.",
        "Certified electronic copies: request, attest, refuse, void, annul.",
    ),
    "register": Entry(
        "api.cli.register",
        "Sổ chứng thực: mở, đóng, khóa sổ năm, in tháng, CSV.",
        "Certification registers: open, close, lock a year, print, CSV.",
    ),
    "attention": Entry(
        "api.cli.attention", "Việc cần người xử lý: xem, thử lại, bỏ.", "Work that needs a person: list, retry, give up."
    ),
    "ledger": Entry(
        "api.cli.ledger", "Sổ nhật ký móc xích: kiểm tra, đóng mốc neo.", "The hash-chained ledger: verify and anchor it."
    ),
    "fixity": Entry(
        "api.cli.fixity",
        "Tệp trong kho còn nguyên không: đọc lại, sửa, đối chiếu.",
        "Are stored bytes still whole: read again, mend, reconcile.",
    ),
    "backup": Entry(
        "api.cli.backup",
        "Sao lưu cơ sở dữ liệu và các tệp, trong khi đang chạy.",
        "Back up the database and the objects, while running.",
    ),
    "restore": Entry(
        "api.cli.restore",
        "Khôi phục từ bản sao lưu; diễn tập khôi phục.",
        "Restore from a backup; rehearse it.",
    ),
    "retention": Entry(
        "api.cli.retention",
        "Thời hạn lưu trữ: sắp hết hạn, giữ theo yêu cầu pháp lý.",
        "Retention: what falls due, legal holds.",
    ),
    "dispose": Entry(
        "api.cli.dispose",
        "Tiêu hủy hồ sơ hết hạn: đề nghị, người thứ hai duyệt, biên bản.",
        "Dispose of records past their term: request, a second person's approval, certificate.",
    ),
    "jobs": Entry("api.cli.jobs", "Công việc định kỳ: xem, chạy ngay.", "Recurring jobs: list, run one now."),
    "trust": Entry(
        "api.cli.trust",
        "Danh sách tin cậy: gốc, chứng thư, dữ liệu thu hồi.",
        "Whom we believe: roots, certificates, revocation data.",
    ),
    "renew": Entry("api.cli.renew", "Gia hạn bằng chứng dài hạn của bản đã ký.", "Renew the long-term evidence of sealed files."),
    "sign": Entry(
        "api.cli.sign",
        "Ký tài liệu đang chờ bằng khóa của mình, qua API máy chủ.",
        "Sign waiting documents with one's own key, over the API.",
    ),
    "agent": Entry(
        "api.cli.agent",
        "Chương trình ký trên máy người ký, cho trang web gọi.",
        "The signing program on the signer's desk that web pages call.",
    ),
    "lexicon": Entry("api.cli.lexicon", "Thống kê âm tiết: lập lại.", "Syllable statistics: rebuild them from confirmed text."),
    "account": Entry(
        "api.cli.account",
        "Tài khoản: tạo, mật khẩu dùng một lần, mở khóa, giao vai trò.",
        "Accounts: create, one-time passwords, unlock, roles in units.",
    ),
    "unit": Entry(
        "api.cli.unit", "Bảng đơn vị: nạp, thêm, đổi tên, sáp nhập.", "The table of units: load, add, rename, merge, close."
    ),
    "token": Entry("api.cli.token", "Mã truy cập API: xem, tạo, thu hồi.", "API tokens: list, make, revoke."),
    "run": Entry("api.cli.run", "Chạy trang web và bộ xử lý trên máy này.", "Run web pages and worker on this machine."),
    "serve": Entry("api.cli.serve", "Chỉ chạy trang web và API.", "Run the web pages and API only."),
    "worker": Entry("api.cli.worker", "Chỉ chạy bộ xử lý.", "Run a worker only."),
    "doctor": Entry("api.cli.doctor", "Khám máy: thiếu gì, sửa bằng lệnh nào.", "What is missing and how to mend it."),
    "settings": Entry("api.cli.settings", "Các thiết lập đang có hiệu lực.", "The settings in effect."),
}
