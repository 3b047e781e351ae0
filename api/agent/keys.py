"""Opening the key at the desk: a PKCS#12 file or a PKCS#11 token, with a secret that is typed or stands in a file."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from signing.keys import Pkcs12Key, SealKey
from signing.pins import PinFile, PromptedPin, secret
from signing.pkcs11_key import Pkcs11Key, certificates_in
from signing.pkcs11_module import TokenAddress


@dataclass(frozen=True, slots=True)
class KeyAtHand:
    """Where the person's own key is."""

    p12: Path | None = None
    module: Path | None = None
    token: str = ""
    key_label: str = ""
    key_id: str = ""
    """Hexadecimal."""
    secret_file: Path | None = None
    certificates: tuple[Path, ...] = ()

    def open(self, prompt: Callable[[str], str]) -> SealKey:
        """The key; `prompt` makes the question for the secret out of the name of file or token.

        Raises what `Pkcs12Key` and `Pkcs11Key` raise, and PinMissing.
        """
        extra = tuple(der for path in self.certificates for der in certificates_in(path))

        def ask(name: str) -> str:
            return getpass.getpass(prompt(name))

        if self.module is not None:
            address = TokenAddress(self.module, label=self.token, key_label=self.key_label, key_id=bytes.fromhex(self.key_id))
            return Pkcs11Key(address, PinFile(self.secret_file) if self.secret_file else PromptedPin(ask), extra)
        if self.p12 is None:
            raise ValueError("neither file nor token")
        phrase = secret(self.secret_file) if self.secret_file else ask(self.p12.name)
        return Pkcs12Key(self.p12, phrase.encode(), extra)
