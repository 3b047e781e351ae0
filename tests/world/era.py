"""One visit to a far year, run under `faketime`: `python -m tests.world.era FOLDER WHAT...`, prints one JSON document.

The folder keeps an authority and a whole product through the decades. Root and stamping authority live to 2060 and 2058, the
issuing one to 2030, signers to 2028, three time-stamp authorities to 2037, 2047 and 2058.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from api.cli.main import main as sohoa
from api.settings import load
from api.wiring import Sohoa, build
from signing.keys import Pkcs12Key
from signing.lifetime import evidence_until
from signing.model import Role, SealKind, SealRequest
from signing.seal import seal
from signing.timestamps import LocalTimestamper
from signing.trust_folder import TrustFolder
from signing.verify import verify
from storage.lasting import SealRow
from tests.contract import facts
from tests.unit.signing import world as made
from tests.unit.signing.world import PASSPHRASE, Authority, issue, key_named, paint
from tests.world.timestamp_site import TimestampSite, running

STAMPERS = {2026: 2037, 2035: 2047, 2039: 2047, 2046: 2058}
"""From which year on which authority (by its end) stamps."""


def at(year: int) -> datetime:
    """The first of June."""
    return datetime(year, 6, 1, tzinfo=UTC)


def _authority(folder: Path, name: str, issuer: Authority | None, end: int) -> Authority:
    key = key_named(f"authority {name}")
    certificate = (
        made._builder(name, key, issuer, at(2020), at(end))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(made._usage(authority=True), critical=True)
        .sign(issuer.key if issuer else key, hashes.SHA256())
    )
    (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(Encoding.DER))
    return Authority(certificate, key)


def _known(folder: Path, name: str) -> Authority:
    key = load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
    return Authority(x509.load_der_x509_certificate((folder / f"{name}.crt").read_bytes()), key)  # type: ignore[arg-type]


class Era:
    """What a visitor to a year can do."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, datetime.now(UTC)
        os.environ.update(SOHOA_DATA_DIR=str(folder / "data"), SOHOA_TRUST__DEMO="no", SOHOA_TSA__TIMEOUT_SECONDS="20")
        self.trust = TrustFolder(folder / "data" / "trust")

    def found(self) -> dict[str, object]:
        """The year everything began: authorities, and a paper signed by a person and by the agency."""
        root = _authority(self.folder, "root", None, 2060)
        issuing, stamping = _authority(self.folder, "issuing", root, 2030), _authority(self.folder, "stamping", root, 2058)
        for name in ("Nguyễn Văn Thử", "Sở Thử Nghiệm"):
            issue(self.folder, issuing, name, at(2025), at(2028))
        for end in sorted(set(STAMPERS.values())):
            issue(self.folder, stamping, f"TSA {end}", at(2025), at(end), "stamp")
        for one in (root, issuing, stamping):
            der = one.certificate.public_bytes(Encoding.DER)
            self.trust.add(der, sha256(der).hexdigest())
        self.publish()
        return {"seal": self.sealed("first.pdf")}

    def publish(self) -> dict[str, object]:
        """The revocation lists of this year, by the authorities that still exist."""
        names = ["root", "stamping", *(["issuing"] if self.now < at(2030) else [])]
        authorities = [(self.folder / f"{name}.crt").read_bytes() for name in names]
        taken = [
            self.trust.put_list(_known(self.folder, name).crl(start=self.now - timedelta(hours=1)), authorities) for name in names
        ]
        return {"lists": len([one for one in taken if one])}

    def sealed(self, name: str) -> str:
        """A paper in the product, signed now; the id of its seal."""
        path = paint(self.folder / name)
        stamper = LocalTimestamper(Pkcs12Key(self.folder / f"TSA {self.stamper}.p12", PASSPHRASE))
        for role, who in ((Role.PERSONAL, "Nguyễn Văn Thử"), (Role.AGENCY, "Sở Thử Nghiệm")):
            request = SealRequest(SealKind.DIGITISED_COPY, role, str(role))
            key = Pkcs12Key(self.folder / f"{who}.p12", PASSPHRASE)
            told = seal(path, path, request, key, self.trust.store(), stamper)
        with self.product() as product:
            ref = product.objects.put_file(path, "application/pdf")
            row = SealRow.of(told, "", ref, evidence_until(path, self.trust.store()))
            with product.database.transaction() as unit:
                _, _, paper, _ = facts.put_paper(unit)
                unit.papers.update(paper.id, sealed=ref)
                unit.records.add(facts.record_of(paper, sealed=ref))
                row = SealRow.of(told, paper.id, ref, row.evidence_until)
                unit.seals.add(row)
                unit.ledger.append("paper.sealed", paper.id, "an", {"sha256": ref.sha256})
        return row.id

    @property
    def stamper(self) -> int:
        """The end of the authority that stamps today."""
        return next(end for year, end in sorted(STAMPERS.items(), reverse=True) if self.now.year >= year)

    @contextlib.contextmanager
    def product(self) -> Iterator[Sohoa]:
        """The product as configured."""
        opened = build(load())
        try:
            yield opened
        finally:
            opened.close()

    def orphan(self) -> dict[str, object]:
        """The very first object comes back as if nobody had ever renewed it."""
        with self.product() as product, product.database.transaction() as unit:
            (first, *_) = [one for one in unit.seals.line(self.argument("seal")) if not one.previous]
            ref = product.objects.put_bytes(product.objects.read_bytes(first.object.sha256) + b"\n", "application/pdf")
            _, _, paper, _ = facts.put_paper(unit)
            fresh = facts.new_id()
            row = SealRow(
                fresh, paper.id, first.kind, ref, first.signer, first.certificate_sha256, first.role, first.level,
                first.signed_at, time_stamped=True, evidence_until=first.evidence_until, origin=fresh,
            )  # fmt: skip
            unit.seals.add(row)
        return {"seal": fresh}

    def argument(self, name: str) -> str:
        """A fact an earlier visitor wrote down."""
        return str(json.loads((self.folder / "facts.json").read_text())[name])

    def command(self, *arguments: str) -> dict[str, object]:
        """A real command with a living time-stamp authority of this year."""
        key = Pkcs12Key(self.folder / f"TSA {self.stamper}.p12", PASSPHRASE)
        out = io.StringIO()
        with running(TimestampSite(key, key)) as site:
            os.environ["SOHOA_TSA__URLS"] = json.dumps([site.url()])
            with contextlib.redirect_stdout(out):
                code = sohoa([*arguments, "--json"])
        return {"code": int(code), "told": json.loads(out.getvalue())}

    def verdicts(self) -> dict[str, object]:
        """What the verifier says of every object of the line, oldest first."""
        with self.product() as product, product.database.read() as unit:
            line = unit.seals.line(self.argument("seal"))
            paths = []
            for number, one in enumerate(line):
                paths.append(self.folder / f"line-{number}.pdf")
                paths[-1].write_bytes(product.objects.read_bytes(one.object.sha256))
            record = unit.records.of_paper(line[0].paper_id)
        # In this process: under faketime a fork beside threads ends in a crash now and then.
        found = [verify(path, self.trust.store()).indication for path in paths]
        return {
            "line": found,
            "record_is_newest": record is not None and record.sealed == line[-1].object,
            "until": str(line[-1].evidence_until),
        }


def main() -> None:
    """Every action named, in order."""
    folder, *actions = sys.argv[1:]
    era = Era(Path(folder))
    told: dict[str, object] = {}
    for action in actions:
        name, *rest = action.split()
        told[action] = era.command(name, *rest) if name in {"renew", "ledger"} else getattr(era, name)()
        if name == "found":
            (era.folder / "facts.json").write_text(json.dumps(told[action]))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
