"""What is missing or misconfigured on this machine, and the command that mends it. Looks, and changes nothing.

A check that needs something to exist first (database, keys) says that it will be made on first start instead of making it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from fontTools.ttLib import TTFont, TTLibError

from api.demo.painter.fonts import find_font
from api.doctor import box, fixity, keeping, workers
from api.doctor.check import Check as Check  # noqa: PLC0414 - offered here
from api.doctor.check import State as State  # noqa: PLC0414 - offered here
from api.settings import Settings
from api.signatures.key_check import KeyState, key_reports
from api.worker.messages import make_celery
from ingest.errors import CodedError
from ingest.late import Late
from signing.marks.kinds import kinds
from storage.objects import open_store
from storage.records.database import Database

if TYPE_CHECKING:
    from ocr.engines.tesseract import languages, version
    from signing.marks.typeface import typeface
else:
    languages = Late("ocr.engines.tesseract", "languages")
    version = Late("ocr.engines.tesseract", "version")
    typeface = Late("signing.marks.typeface", "typeface")

LEAST_PYTHON = (3, 11)
LANGUAGES = {"vie": "tesseract-ocr-vie", "osd": "tesseract-ocr-osd"}
VIETNAMESE = "ăâđêôơưĂÂĐÊÔƠƯạặậẹệịọộợụựỵềểễếữứừử"
FONT = "LiberationSerif-Regular.ttf"
PROGRAMS = {"pdfsig": "poppler-utils", "qpdf": "qpdf"}
"""Outside judges a person can check our PDFs with; Sohoa itself does not need them."""
MIB = 1024**2
NEEDED_FREE_BYTES, WANTED_FREE_BYTES = 64 * MIB, 1024 * MIB
PROBE = b"sohoa doctor\n"
BROKER_SECONDS = 3


def examine(load: Callable[[], Settings]) -> tuple[Check, ...]:
    """Every check, in the order in which a person would mend them; `load` may raise, which is a finding too."""
    checks = [_python(), *_engine(), _font(), *_programs()]
    try:
        settings = load()
    except CodedError as error:
        checks.append(_failed("settings", error, "sohoa settings --help"))
        return tuple(checks)
    checks.append(Check("settings", State.OK, "Thiết lập hợp lệ.", "The settings are valid."))
    for name, look, mend in (
        ("data_dir", _data_dir, f"mkdir -p '{settings.data_dir}'"),
        ("database", _database, "sohoa settings"),
        ("objects", _objects, "sohoa settings"),
        ("broker", _broker, "sohoa settings"),
        ("keys", _keys, ""),
        ("marks", _marks, _apt("fonts-liberation2")),
        ("time", keeping.time, "sohoa settings"),
        ("trust", keeping.trust, "sohoa trust list"),
        ("jobs", keeping.recurring, "sohoa jobs list"),
        ("workers", workers.workers, "sohoa run"),
        ("box", box.box, "sudo apt-get install libseccomp2"),
        ("fixity", fixity.fixity, "sohoa fixity status"),
        ("worm", fixity.worm, "sohoa settings"),
    ):
        try:
            checks.append(look(settings))
        except CodedError as error:
            checks.append(_failed(name, error, mend))
        except OSError as error:
            why = error.strerror or type(error).__name__
            checks.append(Check(name, State.MISSING, f"Lỗi hệ thống: {why}.", f"System error: {why}.", mend))
    return tuple(checks)


def _failed(name: str, error: CodedError, mend: str) -> Check:
    return Check(name, State.MISSING, error.message("vi"), error.message("en"), mend)


def _python() -> Check:
    have = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= LEAST_PYTHON:
        return Check("python", State.OK, f"Python {have}.", f"Python {have}.")
    need = ".".join(map(str, LEAST_PYTHON))
    return Check("python", State.MISSING, f"Cần Python {need}, đang có {have}.", f"Python {need} is needed, this is {have}.")


def _engine() -> Iterator[Check]:
    try:
        have = version()
        installed = languages()
    except CodedError as error:
        yield _failed("tesseract", error, _apt("tesseract-ocr", *LANGUAGES.values()))
        return
    yield Check("tesseract", State.OK, f"Tesseract {have}.", f"Tesseract {have}.")
    for language, package in LANGUAGES.items():
        name = f"tesseract-{language}"
        if language in installed:
            yield Check(name, State.OK, f"Có dữ liệu «{language}».", f"Language data “{language}” is there.")
        else:
            yield Check(
                name, State.MISSING, f"Thiếu dữ liệu «{language}».", f"Language data “{language}” is missing.", _apt(package)
            )


def _font() -> Check:
    mend = _apt("fonts-liberation2")
    try:
        path = find_font(FONT)
        with TTFont(path, lazy=True) as font:
            lacking = [letter for letter in VIETNAMESE if ord(letter) not in font.getBestCmap()]
    except CodedError as error:
        return Check("font", State.WARNING, error.message("vi"), error.message("en"), mend)
    except (OSError, TTLibError):
        return Check("font", State.WARNING, f"Không đọc được phông {FONT}.", f"The font {FONT} cannot be read.", mend)
    if lacking:
        letters = "".join(lacking)
        return Check("font", State.WARNING, f"Phông {path.name} thiếu {letters}.", f"{path.name} lacks {letters}.", mend)
    return Check("font", State.OK, f"Phông {path.name} đủ chữ Việt.", f"{path.name} has all Vietnamese letters.")


def _programs() -> Iterator[Check]:
    for program, package in PROGRAMS.items():
        if shutil.which(program):
            yield Check(program, State.OK, f"Có {program} (không bắt buộc).", f"{program} is there (optional).")
        else:
            vi, en = f"Không có {program} (không bắt buộc).", f"{program} is not installed (optional)."
            yield Check(program, State.WARNING, vi, en, _apt(package))


def _apt(*packages: str) -> str:
    return f"sudo apt-get install {' '.join(packages)}"


def _data_dir(settings: Settings) -> Check:
    folder = settings.data_dir
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        vi, en = f"Không ghi được vào {folder}.", f"{folder} cannot be written."
        return Check("data_dir", State.MISSING, vi, en, f"sudo install -d -o {os.getuid()} '{folder}'")
    free = shutil.disk_usage(nearest).free
    room_vi, room_en = f"còn {free // MIB} MiB", f"{free // MIB} MiB free"
    if free < WANTED_FREE_BYTES:
        state = State.MISSING if free < NEEDED_FREE_BYTES else State.WARNING
        return Check("data_dir", state, f"{folder} sắp đầy: {room_vi}.", f"{folder} is nearly full: {room_en}.", "df -h")
    if not folder.exists():
        vi, en = f"{folder} sẽ được tạo khi chạy lần đầu, {room_vi}.", f"{folder} will be made on first start, {room_en}."
        return Check("data_dir", State.OK, vi, en)
    return Check("data_dir", State.OK, f"{folder} ghi được, {room_vi}.", f"{folder} is writable, {room_en}.")


def _database(settings: Settings) -> Check:
    if not settings.database_url and not (settings.data_dir / "sohoa.db").exists():
        vi, en = "SQLite sẽ được tạo khi chạy lần đầu.", "SQLite will be made on first start."
        return Check("database", State.OK, vi, en)
    kind = "PostgreSQL" if settings.database_url.startswith("postgres") else "SQLite"
    database = Database(settings.effective_database_url)
    try:
        with database.read() as uow:
            uow.batches.latest(1)
    finally:
        database.close()
    return Check("database", State.OK, f"{kind} trả lời, đã có bảng.", f"{kind} answers and has its tables.")


def _objects(settings: Settings) -> Check:
    if not settings.objects_url and not (settings.data_dir / "objects").exists():
        vi, en = "Kho tệp sẽ được tạo khi chạy lần đầu.", "The object folder will be made on first start."
        return Check("objects", State.OK, vi, en)
    kind = "S3" if settings.objects_url.startswith("s3") else "folder"
    store = open_store(settings.effective_objects_url)
    store.read_bytes(store.put_bytes(PROBE, "text/plain").sha256)
    return Check("objects", State.OK, f"Kho tệp ({kind}) ghi và đọc được.", f"The object store ({kind}) takes and gives bytes.")


def _broker(settings: Settings) -> Check:
    if settings.embedded:
        vi, en = "Không dùng hàng đợi ngoài; bộ xử lý nằm trong tiến trình.", "No outside broker; the worker is in the process."
        return Check("broker", State.OK, vi, en)
    app = make_celery(settings.broker_url)
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    except Exception as error:  # noqa: BLE001 - kombu raises whatever its transport raises
        vi = f"Hàng đợi không trả lời ({type(error).__name__}); việc vẫn nằm an toàn trong cơ sở dữ liệu."
        en = f"The broker does not answer ({type(error).__name__}); work is safe in the database."
        return Check("broker", State.MISSING, vi, en, "sohoa settings")
    finally:
        app.close()
    return Check("broker", State.OK, "Hàng đợi trả lời.", "The broker answers.")


def _keys(settings: Settings) -> Check:
    """Both signing keys: the worse of them decides."""
    states = {KeyState.GOOD: State.OK, KeyState.SOON: State.WARNING, KeyState.BAD: State.MISSING}
    reports = tuple(key_reports(settings))
    worst = max((states[one.state] for one in reports), key=list(State).index)
    mend = "sohoa settings" if worst is State.MISSING else ""
    return Check("keys", worst, " ".join(one.vi for one in reports), " ".join(one.en for one in reports), mend)


def _marks(settings: Settings) -> Check:
    """The wordings and the typeface of visible marks; without them signing stops."""
    known = kinds(settings.mark.file)
    face = typeface(settings.mark.font)
    unverified = [kind.names.vi for kind in known.values() if not kind.verified]
    open_vi, open_en = ", ".join(unverified) or "không", str(len(unverified))
    vi = f"Dấu hiển thị: phông {face.name}, {len(known)} mẫu; lời chưa đối chiếu nguyên văn luật: {open_vi}."
    en = f"Marks: typeface {face.name}, {len(known)} kinds; words not compared with the law's own: {open_en}."
    return Check("marks", State.OK, vi, en)
