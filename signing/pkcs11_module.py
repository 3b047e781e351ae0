"""PKCS#11 modules (drivers of tokens and HSMs), loaded once for each process, and their faults in our words.

A module is not thread safe and may be initialised once in a process: everything through it goes under its one lock. Use one
process for each token; what is said here about threads does not help between processes.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from threading import Lock, RLock
from typing import Any

import pkcs11
from pkcs11 import exceptions as faults

from signing.errors import SigningError
from signing.key_errors import DriverUnusable, PinLocked, PinWrong, TokenAbsent, TokenFailed

PIN_REFUSED = (faults.PinIncorrect, faults.PinLenRange, faults.PinInvalid)
_LOCKED = (faults.PinLocked, faults.PinExpired, faults.UserPinNotInitialized)
_ABSENT = (faults.TokenNotPresent, faults.NoSuchToken, faults.DeviceRemoved, faults.TokenNotRecognised, faults.SlotIDInvalid)
SESSION_DIED = (
    *_ABSENT,
    faults.SessionHandleInvalid,
    faults.SessionClosed,
    faults.KeyHandleInvalid,
    faults.ObjectHandleInvalid,
    faults.UserNotLoggedIn,
    faults.DeviceError,
    faults.GeneralError,
    faults.FunctionFailed,
    faults.PKCS11Error,
)
"""After any of these the session is thrown away and opened anew, once. The last is the root of all: drivers invent codes."""


@dataclass(frozen=True, slots=True)
class TokenAddress:
    """Which token, and which key on it. Empty parts are not asked for; together they must fit exactly one key."""

    module: Path
    """The driver's shared library."""
    label: str = ""
    serial: str = ""
    key_label: str = ""
    key_id: bytes = b""

    @property
    def name(self) -> str:
        """What the token is called in messages."""
        return self.label or self.serial or self.module.stem


class Module:
    """One driver. `generation` counts how often it was initialised: sessions of an earlier one are dead."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._library: Any = None  # untyped in its stubs
        self._process = 0
        self.generation = 0
        self._secret = os.urandom(32)
        self._logins: dict[tuple[str, bytes], bytes] = {}
        """Of each token with which PIN we are logged in."""
        self.lock = RLock()

    def open(self, address: TokenAddress, pin: str | None) -> pkcs11.Session:
        """A session on the token, logged in. Call under `lock`, in the attempt of a PIN source.

        Raises:
            DriverUnusable: the library cannot be loaded.
            TokenAbsent: no such token is plugged in.
            PinWrong: the token refused the PIN, or it is not the one this process is logged in with.
            PinLocked: the token is locked, or one try before that; nothing was tried.
        """
        token = self.token(address)
        if token.flags & (pkcs11.TokenFlag.USER_PIN_LOCKED | pkcs11.TokenFlag.USER_PIN_FINAL_TRY):
            raise PinLocked(name=address.name)
        which = (token.label, token.serial)
        try:
            session = token.open(user_pin=pin)
        except faults.UserAlreadyLoggedIn:
            # Login is one for the whole process: another key of ours is on the same token. It did not look at this PIN.
            if self._logins.get(which) != self._mark(pin):
                raise PinWrong(name=address.name) from None
            return self._joined(token, address)
        except PIN_REFUSED as error:
            raise PinWrong(name=address.name) from error
        except faults.PKCS11Error as error:
            raise told(error, address.name) from error
        self._logins[which] = self._mark(pin)
        return session

    def _mark(self, pin: str | None) -> bytes:
        """Tells one PIN from another without keeping it."""
        return blake2b((pin or "").encode(), key=self._secret).digest()

    @staticmethod
    def _joined(token: pkcs11.Token, address: TokenAddress) -> pkcs11.Session:
        try:
            return token.open()
        except faults.PKCS11Error as error:
            raise told(error, address.name) from error

    def token(self, address: TokenAddress) -> pkcs11.Token:
        """The one token that fits the address; raises DriverUnusable, TokenAbsent."""
        try:
            fitting: list[pkcs11.Token] = [one for one in self._loaded().get_tokens() if _fits(one, address)]
        except faults.PKCS11Error as error:
            raise told(error, address.name) from error
        if len(fitting) != 1:
            raise TokenAbsent(name=address.name)
        return fitting[0]

    def renew(self, seen: int) -> None:
        """Initialise again, so that tokens are looked for afresh; nothing if somebody did so after generation `seen`."""
        if self._library is None or self.generation != seen:
            return
        with suppress(faults.PKCS11Error):
            self._library.reinitialize()
        self.generation += 1

    def mind_fork(self) -> None:
        """A module does not live through a fork: in a child it is initialised again."""
        if self._library is not None and self._process != os.getpid():
            self._process = os.getpid()
            self.renew(self.generation)

    def _loaded(self) -> Any:
        if self._library is None:
            try:
                self._library = pkcs11.lib(str(self._path))
            except (RuntimeError, OSError) as error:
                raise DriverUnusable(name=self._path.name) from error
        self._process = os.getpid()
        return self._library


def _fits(token: pkcs11.Token, address: TokenAddress) -> bool:
    if not token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED:
        return False
    serial = token.serial.decode("ascii", "replace").strip(" \0")
    return address.label in {"", token.label.strip(" \0")} and address.serial in {"", serial}


_modules: dict[Path, Module] = {}
_guard = Lock()


def module_at(path: Path) -> Module:
    """The one object for this driver in this process."""
    with _guard:
        return _modules.setdefault(path.resolve(), Module(path))


def told(error: faults.PKCS11Error | SigningError, name: str) -> SigningError:
    """Our error for a fault of the driver; ours are left as they are."""
    if isinstance(error, SigningError):
        return error
    if isinstance(error, _ABSENT):
        return TokenAbsent(name=name)
    if isinstance(error, _LOCKED):
        return PinLocked(name=name)
    if isinstance(error, PIN_REFUSED):
        return PinWrong(name=name)
    return TokenFailed(name=name, why=type(error).__name__)
