"""The keys the settings name, opened when first asked for and kept: opening costs more than signing, and a token has one user."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from api.signatures.options import Holder, KeyOptions, KeysOptions
from ingest.late import Late
from signing.demo_pki import DemoPki
from signing.key_errors import KeyAtDesk
from signing.keys import Pkcs12Key, SealKey
from signing.model import Role
from signing.pins import PinFile, secret

if TYPE_CHECKING:
    from signing.pkcs11_key import Pkcs11Key, certificates_in
    from signing.pkcs11_module import TokenAddress
    from signing.remote import CscAccount, CscKey
else:
    Pkcs11Key = Late("signing.pkcs11_key", "Pkcs11Key")
    certificates_in = Late("signing.pkcs11_key", "certificates_in")
    TokenAddress = Late("signing.pkcs11_module", "TokenAddress")
    CscAccount = Late("signing.remote", "CscAccount")
    CscKey = Late("signing.remote", "CscKey")


class KeyRing:
    """One for each process; may be used from many threads."""

    def __init__(self, options: KeysOptions, demo: DemoPki, data_dir: Path) -> None:
        self._options, self._demo, self._markers = options, demo, data_dir / "refused-pins"
        self._keys: dict[Role, SealKey] = {}
        self._lock = RLock()

    def holder(self, role: Role) -> Holder:
        """Where the key of this role lives."""
        return self._of(role).holder

    def key(self, role: Role) -> SealKey:
        """The key of this role.

        Raises:
            KeyAtDesk: it is with its owner; use two phases.
            SigningError: it cannot be opened: KeyUnusable, KeyTooWeak, and what `signing.key_errors` names.
        """
        with self._lock:
            if role not in self._keys:
                self._keys[role] = self._open(role, self._of(role))
            return self._keys[role]

    def pin_file(self, role: Role) -> PinFile | None:
        """The PIN of a token or remote credential, with the memory of its refusal; None where there is none."""
        options = self._of(role)
        if options.holder not in {Holder.PKCS11, Holder.CSC} or options.secret_file is None:
            return None
        # One memory for one PIN file, whichever roles use it.
        told = sha256(str(options.secret_file.resolve()).encode()).hexdigest()[:16]
        return PinFile(options.secret_file, self._markers / told)

    def _of(self, role: Role) -> KeyOptions:
        return self._options.agency if role is Role.AGENCY else self._options.personal

    def _open(self, role: Role, options: KeyOptions) -> SealKey:
        extra = tuple(der for path in options.certificates for der in certificates_in(path))
        pin = self.pin_file(role)
        if options.holder is Holder.PKCS12 and options.file and options.secret_file:
            return Pkcs12Key(options.file, secret(options.secret_file).encode(), extra)
        if options.holder is Holder.CSC:
            return CscKey(_account(options), pin, extra)
        if pin is not None and options.module:
            return Pkcs11Key(_address(options, options.module), pin, extra)
        if options.holder is Holder.DESK:
            raise KeyAtDesk
        return self._demo.agency() if role is Role.AGENCY else self._demo.clerk()


def _address(options: KeyOptions, module: Path) -> TokenAddress:
    return TokenAddress(module, options.token_label, options.token_serial, options.key_label, bytes.fromhex(options.key_id))


def _account(options: KeyOptions) -> CscAccount:
    return CscAccount(
        url=options.url,
        credential=options.credential,
        access_token=partial(secret, options.access_token_file) if options.access_token_file else None,
    )
