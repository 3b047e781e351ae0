"""Signers of many makes: the CMS of each written with asn1crypto, with the habits (good and bad) of real tools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import new as new_hash
from hashlib import sha1, sha256

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from signing.timestamps import LocalTimestamper
from tests.unit.signing.world import DAY, NOW, Authority, key_named

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | dsa.DSAPrivateKey
_KEYS: dict[str, Private] = {}
_CERTIFICATES: dict[tuple[int, str], x509.Certificate] = {}
_CURVES = {"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1}


def private(kind: str) -> Private:
    """A key of that kind, made once for a run."""
    if kind not in _KEYS:
        if kind in _CURVES:
            _KEYS[kind] = ec.generate_private_key(_CURVES[kind]())
        elif kind == "ed25519":
            _KEYS[kind] = ed25519.Ed25519PrivateKey.generate()
        elif kind == "rsa1024":
            _KEYS[kind] = rsa.generate_private_key(65537, 1024)
        else:
            _KEYS[kind] = key_named(kind)
    return _KEYS[kind]


def certificate(issuer: Authority, kind: str, name: str = "") -> x509.Certificate:
    """A signing certificate over that key."""
    known = (id(issuer), kind)
    if known not in _CERTIFICATES:
        usage = dict.fromkeys(
            (
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "key_cert_sign",
                "crl_sign",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        _CERTIFICATES[known] = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name or f"Người Ký {kind}")]))
            .issuer_name(issuer.certificate.subject)
            .public_key(private(kind).public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 100 * DAY)
            .not_valid_after(NOW + 100 * DAY)
            .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(private(kind).public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
            .sign(issuer.key, hashes.SHA256())
        )
    return _CERTIFICATES[known]


@dataclass(frozen=True)
class Hand:
    """A signer with its tool. Call it with the bytes to sign."""

    issuer: Authority
    kind: str = "rsa"
    digest: str = "sha256"
    pss: bool = False
    named: int = 2
    """Version of the signing-certificate attribute; 0 for none."""
    attributes: bool = True
    time: datetime | None = None
    leaf_only: bool = False
    certificates: bool = True
    ber: bool = False
    by_key_id: bool = False
    stamper: LocalTimestamper | None = None
    names_other: bool = False
    """The attribute names another certificate than the signer's."""
    twice: bool = False
    """Two signer infos in one CMS."""
    tail: bytes = b""
    wrong_key: bool = False
    embedded: str = ""
    """`sha1`: the CMS holds the SHA-1 of the document, as adbe.pkcs7.sha1 wants it; `token`: a document time-stamp."""
    digest_of: bytes | None = None
    order: bool = False
    """Certificates with the issuer first."""

    def __call__(self, data: bytes) -> bytes:
        """The CMS over `data`."""
        if self.embedded == "token" and self.stamper:
            return self.stamper.token(new_hash(self.digest, data).digest(), self.digest)
        own = asn1.Certificate.load(certificate(self.issuer, self.kind).public_bytes(Encoding.DER))
        above = asn1.Certificate.load(self.issuer.certificate.public_bytes(Encoding.DER))
        content = core.OctetString(sha1(data, usedforsecurity=False).digest()) if self.embedded == "sha1" else None
        signed = content.native if content is not None else data
        info = self._info(own, signed)
        line = [own] if self.leaf_only else ([above, own] if self.order else [own, above])
        body: dict[str, object] = {
            "version": "v1",
            "digest_algorithms": [{"algorithm": self.digest}],
            "encap_content_info": {"content_type": "data", **({"content": content} if content is not None else {})},
            "signer_infos": [info, info] if self.twice else [info],
        }
        if self.certificates:
            body["certificates"] = line
        whole = cms.SignedData(body)
        return (self._indefinite(whole) if self.ber else _wrapped(whole)) + self.tail

    def _indefinite(self, data: cms.SignedData) -> bytes:
        inner = cms.SignedData.load(data.dump())
        return b"\x30\x80" + cms.ContentType("signed_data").dump() + b"\xa0\x80\x30\x80" + bytes(inner.contents) + b"\0\0" * 3

    def _info(self, own: asn1.Certificate, data: bytes) -> cms.SignerInfo:
        digest = self.digest_of or new_hash(self.digest, data).digest()
        attributes = cms.CMSAttributes(self._attributes(own, digest)) if self.attributes else None
        value = self._raw(attributes.dump() if attributes is not None else data)
        body: dict[str, object] = {
            "version": "v3" if self.by_key_id else "v1",
            "sid": self._id(own),
            "digest_algorithm": {"algorithm": self.digest},
            "signature_algorithm": self._algorithm(),
            "signature": value,
        }
        if attributes is not None:
            body["signed_attrs"] = attributes
        if self.stamper is not None:
            token = self.stamper.token(new_hash("sha256", value).digest(), "sha256")
            body["unsigned_attrs"] = [
                {"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(token)]},
            ]
        return cms.SignerInfo(body)

    def _id(self, own: asn1.Certificate) -> cms.SignerIdentifier:
        if self.by_key_id:
            return cms.SignerIdentifier({"subject_key_identifier": own.key_identifier})
        serial = {"issuer": own.issuer, "serial_number": own.serial_number}
        return cms.SignerIdentifier({"issuer_and_serial_number": serial})

    def _attributes(self, own: asn1.Certificate, digest: bytes) -> list[cms.CMSAttribute]:
        found = [_attribute("content_type", "data"), _attribute("message_digest", digest)]
        if self.time is not None:
            found.append(_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(self.time)})))
        named = b"other" if self.names_other else own.dump()
        if self.named == 2:
            one = {"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": sha256(named).digest()}
            found.append(_attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [one]})))
        elif self.named == 1:
            old = {"cert_hash": sha1(named, usedforsecurity=False).digest()}
            found.append(_attribute("signing_certificate", tsp.SigningCertificate({"certs": [old]})))
        return found

    def _algorithm(self) -> algos.SignedDigestAlgorithm:
        if self.kind == "ed25519":
            return algos.SignedDigestAlgorithm({"algorithm": "ed25519"})
        if self.pss:
            mask = {"algorithm": "mgf1", "parameters": {"algorithm": self.digest}}
            parameters = {"hash_algorithm": {"algorithm": self.digest}, "mask_gen_algorithm": mask, "salt_length": 32}
            return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams(parameters)})
        if self.kind in _CURVES:
            return algos.SignedDigestAlgorithm({"algorithm": f"{self.digest}_ecdsa"})
        return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pkcs1v15"})

    def _raw(self, data: bytes) -> bytes:
        key = key_named("somebody else") if self.wrong_key else private(self.kind)
        algorithm: hashes.HashAlgorithm = getattr(hashes, self.digest.upper())()
        if isinstance(key, rsa.RSAPrivateKey):
            if self.pss:
                return key.sign(data, padding.PSS(padding.MGF1(algorithm), 32), algorithm)
            return key.sign(data, padding.PKCS1v15(), algorithm)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(data, ec.ECDSA(algorithm))
        assert isinstance(key, ed25519.Ed25519PrivateKey)
        return key.sign(data)


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _wrapped(data: cms.SignedData) -> bytes:
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())
