"""Whatever a database driver throws, as an error of `storage`."""

from __future__ import annotations

from sqlalchemy import exc

from storage.errors import Conflict, StorageError, StoreBusy, StoreFull, StoreUnavailable

_WHAT = "database"
_SQLSTATES: tuple[tuple[str, type[StorageError]], ...] = (
    ("53100", StoreFull),  # disk full
    ("40", StoreBusy),  # deadlock, serialisation
    ("55P03", StoreBusy),  # lock not available
    ("57014", StoreBusy),  # cancelled by a time limit
    ("08", StoreUnavailable),  # connection
    ("53", StoreUnavailable),  # too many connections, out of memory
    ("57P", StoreUnavailable),  # shut down, starting up
    ("23", Conflict),
)
_SQLITE: tuple[tuple[str, type[StorageError]], ...] = (
    ("database or disk is full", StoreFull),
    ("database is locked", StoreBusy),
    ("database table is locked", StoreBusy),
    ("unable to open database", StoreUnavailable),
    ("disk i/o error", StoreUnavailable),
    ("readonly database", StoreUnavailable),
    ("not a database", StoreUnavailable),
    ("malformed", StoreUnavailable),
)


def mapped(error: exc.SQLAlchemyError) -> StorageError:
    """The error that a caller of `storage` sees; chain it to `error`."""
    if isinstance(error, exc.TimeoutError):
        return StoreBusy()
    if isinstance(error, exc.DBAPIError):
        kind = _kind(error)
        return kind(what=_WHAT) if kind is StoreUnavailable else kind()
    return StorageError()


def _kind(error: exc.DBAPIError) -> type[StorageError]:
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        return next((kind for prefix, kind in _SQLSTATES if state.startswith(prefix)), StorageError)
    text = str(error.orig).lower()
    for phrase, kind in _SQLITE:
        if phrase in text:
            return kind
    if isinstance(error, exc.IntegrityError):
        return Conflict
    # psycopg gives no state when there is no server to give one
    unreachable = error.connection_invalidated or (isinstance(error, exc.OperationalError) and hasattr(error.orig, "sqlstate"))
    return StoreUnavailable if unreachable else StorageError
