"""Real tokens for tests: SoftHSM2 in a folder of its own, with keys and certificates of the test authority on them.

SoftHSM reads `SOFTHSM2_CONF` when the driver is initialised, so one process sees one configuration: `Tokens.use` sets it and
starts the driver anew. Pulling a token out is moving its folder away.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import Encoding
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from signing.pkcs11_module import TokenAddress, module_at
from tests.unit.signing.world import DAY, NOW, Authority, _builder, _usage

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, SO_PIN = "246810", "135791113"


@dataclass
class Tokens:
    """A folder of SoftHSM tokens."""

    folder: Path
    shelf: dict[str, Path] = field(default_factory=dict)

    def use(self) -> None:
        """Make this the configuration of the process (and of its children)."""
        store = self.folder / "tokens"
        store.mkdir(parents=True, exist_ok=True)
        conf = self.folder / "softhsm2.conf"
        conf.write_text(f"directories.tokendir = {store}\nobjectstore.backend = file\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(conf)
        module = module_at(MODULE)
        with module.lock:
            module._loaded()
            module.renew(module.generation)

    def init(self, label: str) -> None:
        command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", SO_PIN]
        before = set((self.folder / "tokens").iterdir())
        subprocess.run(command, check=True, capture_output=True)
        (self.shelf[label],) = set((self.folder / "tokens").iterdir()) - before
        self.use()

    def pull_out(self, label: str) -> None:
        """The token is gone, and whoever had a session finds it dead."""
        self.shelf[label].rename(self.folder / f"away-{label}")
        self.use()

    def plug_in(self, label: str) -> None:
        (self.folder / f"away-{label}").rename(self.shelf[label])
        self.use()

    def address(self, label: str, **key: Any) -> TokenAddress:
        return TokenAddress(MODULE, label=label, **key)

    def put_key(
        self,
        label: str,
        issuer: Authority,
        name: str,
        kind: str = "rsa2048",
        key_label: str = "sign",
        key_id: bytes = b"\1",
        *,
        with_certificate: bool = True,
        **how: Any,
    ) -> bytes:
        """A key made on the token, with a certificate of the test authority; returns that, DER."""
        token = module_at(MODULE).token(self.address(label))
        with token.open(rw=True, user_pin=PIN) as session:
            public = _pair(session, kind, key_label, key_id)
            der = certify(public, issuer, name, **how)
            if with_certificate:
                _put_certificate(session, der, key_label, key_id)
                _put_certificate(session, issuer.certificate.public_bytes(Encoding.DER), "issuer", b"\x99")
        self.use()
        return der


def _pair(session: Any, kind: str, label: str, key_id: bytes) -> Any:
    if kind.startswith("rsa"):
        public, _ = session.generate_keypair(KeyType.RSA, int(kind[3:]), id=key_id, label=label, store=True)
        from pkcs11.util.rsa import encode_rsa_public_key

        info = asn1_keys.PublicKeyInfo.wrap(asn1_keys.RSAPublicKey.load(encode_rsa_public_key(public)), "rsa")
        return serialization.load_der_public_key(info.dump())
    curve = session.create_domain_parameters(
        KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True
    )
    public, _ = curve.generate_keypair(store=True, id=key_id, label=label)
    from pkcs11.util.ec import encode_ec_public_key

    return serialization.load_der_public_key(encode_ec_public_key(public))


def _put_certificate(session: Any, der: bytes, label: str, key_id: bytes) -> None:
    parsed = asn1_x509.Certificate.load(der)
    session.create_object(
        {
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            Attribute.TOKEN: True,
            Attribute.LABEL: label,
            Attribute.ID: key_id,
            Attribute.SUBJECT: parsed.subject.dump(),
            Attribute.ISSUER: parsed.issuer.dump(),
            Attribute.SERIAL_NUMBER: parsed["tbs_certificate"]["serial_number"].dump(),
            Attribute.VALUE: der,
        }
    )


def certify(
    public: Any, issuer: Authority, name: str, start: Any = NOW - 100 * DAY, end: Any = NOW + 100 * DAY, *, sign: bool = True
) -> bytes:
    """A certificate of the test authority for any public key, DER."""
    holder = type("Holder", (), {"public_key": lambda _: public})()
    certificate = (
        _builder(name, holder, issuer, start, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False, sign=sign), critical=True)
        .sign(issuer.key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.DER)
