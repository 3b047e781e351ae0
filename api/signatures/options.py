"""Who holds the signing keys. Secrets are named by their files, so that no setting ever shows one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Holder(StrEnum):
    """Where a private key lives (domain §5.4: a person's or an agency's own key belongs with its owner: `desk`)."""

    DEMO = "demo"
    PKCS12 = "pkcs12"
    PKCS11 = "pkcs11"
    DESK = "desk"
    CSC = "csc"


_NEEDED: dict[Holder, tuple[str, ...]] = {
    Holder.DEMO: (),
    Holder.PKCS12: ("file", "secret_file"),
    Holder.PKCS11: ("module", "secret_file"),
    Holder.DESK: (),
    Holder.CSC: ("url", "credential"),
}


class KeyOptions(BaseModel):
    """Who holds one key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holder: Holder = Field(
        default=Holder.DEMO,
        description="demo (no legal value) | pkcs12 (file) | pkcs11 (token or HSM here) | desk (its owner signs with sohoa agent)"
        " | csc (remote signing service)",
    )
    file: Path | None = Field(default=None, description="pkcs12: the key file")
    secret_file: Path | None = Field(
        default=None, description="file whose first line is the passphrase (pkcs12) or PIN (pkcs11, csc); readable by Sohoa alone"
    )
    certificates: tuple[Path, ...] = Field(
        default=(), description="PEM or DER: the signer's certificate if the token lacks it, and its issuers"
    )
    module: Path | None = Field(default=None, description="pkcs11: the driver's shared library")
    token_label: str = Field(default="", description="pkcs11: label of the token")
    token_serial: str = Field(default="", description="pkcs11: serial number of the token, if labels repeat")
    key_label: str = Field(default="", description="pkcs11: label of the key, if the token holds several")
    key_id: str = Field(default="", pattern="^([0-9a-fA-F]{2})*$", description="pkcs11: id of the key, hexadecimal")
    url: str = Field(default="", pattern="^$|^https?://", description="csc: address of the service, before /csc/v2")
    credential: str = Field(default="", description="csc: credential id")
    access_token_file: Path | None = Field(
        default=None, description="csc: file with the OAuth access token, read anew for each signature"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [name for name in _NEEDED[self.holder] if not getattr(self, name)]
        if missing:
            raise ValueError(f"holder {self.holder} needs {', '.join(missing)}")
        if self.url.startswith("http://") and urlsplit(self.url).hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise ValueError("url: a PIN travels to it, so it must be https")
        return self


class KeysOptions(BaseModel):
    """Who holds the keys, and how signing at the desk goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    personal: KeyOptions = Field(default=KeyOptions(), description="the clerk's personal key: digitised copies")
    agency: KeyOptions = Field(default=KeyOptions(), description="the agency's key (văn thư): sao y, certified copies")
    certifier: KeyOptions | None = Field(
        default=None, description="the certifier's own key: certified copies; empty = the personal key"
    )
    request_minutes: float = Field(
        default=10.0, gt=0, le=1440, description="desk: how long a prepared document may wait for its signature"
    )
    most_at_once: int = Field(default=50, ge=1, le=1000, description="desk: most documents prepared or finished in one request")
    agent_url: str = Field(
        default="http://127.0.0.1:28128",
        pattern=r"^http://(127\.0\.0\.1|localhost):\d{1,5}$",
        description="desk: where the signing agent answers on the signer's own machine",
    )

    @property
    def real(self) -> bool:
        """Whether any key is another than the demonstration one."""
        return any(key is not None and key.holder is not Holder.DEMO for key in (self.personal, self.agency, self.certifier))

    @property
    def of_certifier(self) -> Self | None:
        """The same options with the certifier's key for the personal one; None: the two are one key."""
        return None if self.certifier is None else self.model_copy(update={"personal": self.certifier})
