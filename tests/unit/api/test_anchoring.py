"""Anchors of the ledger: made, exported, missed when gone, and stronger than somebody who owns the database."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from api.audit import anchoring
from api.wiring import Sohoa
from signing.anchor import MEDIA_TYPE
from signing.anchor_errors import AnchorUnreadable, ExportRefused
from storage.errors import LedgerBroken
from storage.ledger import GENESIS, link
from storage.trail import LedgerFault
from tests.world.product import sohoa_in


@pytest.fixture
def sohoa(tmp_path: Path) -> Iterator[Sohoa]:
    with sohoa_in(tmp_path / "data") as product:
        note(product, 4)
        yield product


def note(sohoa: Sohoa, count: int) -> None:
    for number in range(count):
        with sohoa.database.transaction() as uow:
            uow.ledger.append("file.received", f"file-{number}", "an.nguyen", {"n": number})


def change(sohoa: Sohoa, *statements: str) -> None:
    """What somebody does who owns the database."""
    engine = create_engine(sohoa.settings.effective_database_url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def rewrite(sohoa: Sohoa) -> None:
    """Chain and head made to agree with whatever stands there now."""
    last = GENESIS
    with sohoa.database.read() as uow:
        rows = uow.ledger.entries(limit=1000)
    statements = []
    for row in rows:
        made = link(last, row.at, row.actor, row.event, row.subject, row.details)
        statements.append(f"UPDATE ledger SET previous = '{last}', hash = '{made}' WHERE seq = {row.seq}")
        last = made
    change(sohoa, *statements, f"UPDATE ledger_head SET entries = {len(rows)}, hash = '{last}'")


def test_an_anchor_covers_everything_and_becomes_an_entry(sohoa: Sohoa) -> None:
    first = anchoring.anchor_head(sohoa, actor="an")
    assert first is not None
    assert first.entries == 4
    assert "TSA" in first.authority
    assert anchoring.anchor_head(sohoa, actor="an") is None, "nothing was done since"
    note(sohoa, 2)
    second = anchoring.anchor_head(sohoa, actor="an")
    assert second is not None
    assert second.entries == 7
    report = anchoring.verify(sohoa)
    assert report.ok
    assert report.certain
    assert [one.anchor.statement.entries for one in report.anchors] == [4, 7]
    assert report.anchors[1].anchor.statement.previous == first.object.sha256
    assert (report.missing, report.damaged) == ((), ())


def test_a_changed_ledger_is_not_anchored(sohoa: Sohoa) -> None:
    change(sohoa, "UPDATE ledger SET actor = 'x' WHERE seq = 3")
    with pytest.raises(LedgerBroken) as caught:
        anchoring.anchor_head(sohoa, actor="an")
    assert "dòng 3" in caught.value.message("vi")
    assert "bị sửa nội dung" in caught.value.message("vi")


def test_a_copy_kept_elsewhere_beats_who_owns_the_database(sohoa: Sohoa, tmp_path: Path) -> None:
    anchoring.anchor_head(sohoa, actor="an")
    (copy,) = anchoring.export(sohoa, tmp_path / "safe")
    assert anchoring.export(sohoa, tmp_path / "safe") == ()
    change(sohoa, "UPDATE ledger SET actor = 'x' WHERE seq = 3", "DELETE FROM anchors", "DELETE FROM ledger WHERE seq > 4")
    rewrite(sohoa)
    assert anchoring.verify(sohoa).ok, "nothing in the database tells"
    for brought in (copy, copy.parent):
        report = anchoring.verify(sohoa, [brought])
        assert (report.verdict.bad_seq, report.verdict.fault) == (3, LedgerFault.EDITED)


def test_a_restored_older_database_is_a_roll_back(sohoa: Sohoa, tmp_path: Path) -> None:
    anchoring.anchor_head(sohoa, actor="an")
    anchoring.export(sohoa, tmp_path / "safe")
    change(sohoa, "DELETE FROM anchors", "DELETE FROM ledger WHERE seq > 2")
    rewrite(sohoa)
    report = anchoring.verify(sohoa, [tmp_path / "safe"])
    assert (report.verdict.bad_seq, report.verdict.fault) == (3, LedgerFault.ROLLED_BACK)


def test_openssl_agrees(sohoa: Sohoa, tmp_path: Path) -> None:
    """The recipe of docs/long-term.md: anybody can check an anchor without this program."""
    anchoring.anchor_head(sohoa, actor="an")
    (copy,) = anchoring.export(sohoa, tmp_path)
    told = json.loads(copy.read_bytes())
    (tmp_path / "token.der").write_bytes(base64.b64decode(told["token"]))
    (tmp_path / "statement.json").write_text(json.dumps(told["statement"], sort_keys=True, separators=(",", ":")))
    trust = sohoa.settings.data_dir / "demo-pki" / "trust"
    command = ["openssl", "ts", "-verify", "-token_in", "-in", "token.der", "-data", "statement.json"]
    chain = ["-CAfile", str(trust / "root.pem"), "-untrusted", str(trust / "issuing.pem")]
    done = subprocess.run([*command, *chain], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (tmp_path / "statement.json").write_text("{}")
    assert subprocess.run([*command, *chain], cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_an_anchor_the_ledger_speaks_of_is_missed(sohoa: Sohoa, tmp_path: Path) -> None:
    row = anchoring.anchor_head(sohoa, actor="an")
    assert row is not None
    anchoring.export(sohoa, tmp_path / "safe")
    change(sohoa, "DELETE FROM anchors")
    report = anchoring.verify(sohoa)
    assert report.missing == (4,)
    assert not report.ok
    assert anchoring.verify(sohoa, [tmp_path / "safe"]).ok, "the copy takes its place"


def test_a_lost_anchor_object_is_told(sohoa: Sohoa) -> None:
    row = anchoring.anchor_head(sohoa, actor="an")
    assert row is not None
    change(sohoa, f"UPDATE anchors SET object_sha256 = '{'0' * 64}'")
    report = anchoring.verify(sohoa)
    assert report.damaged == (4,)
    assert not report.ok


@pytest.mark.parametrize("what", ["entries", "head", "head_at", "since", "marks", "token"])
def test_an_altered_anchor_file_contradicts_itself(sohoa: Sohoa, tmp_path: Path, what: str) -> None:
    anchoring.anchor_head(sohoa, actor="an")
    (copy,) = anchoring.export(sohoa, tmp_path / "safe")
    told = json.loads(copy.read_bytes())
    if what == "token":
        told["token"] = told["token"][:-12] + "AAAAAAAAAAA="
    elif what == "marks":
        told["marks"] = "A" * len(told["marks"])
    else:
        told["statement"][what] = {"entries": 3, "head": "0" * 64, "head_at": "2026-01-01T00:00:00Z", "since": 1}[what]
    copy.write_text(json.dumps(told))
    report = anchoring.verify(sohoa, [copy])
    assert [one.forged for one in report.anchors].count(True) == 1
    assert report.verdict.ok, "a forged anchor is no witness"
    assert not report.ok


def test_files_that_are_no_anchors_are_refused(sohoa: Sohoa, tmp_path: Path) -> None:
    for content in (b"", b"{}", b"%PDF-1.7", b'{"statement": 1}', b"\xff\xfe"):
        wrong = tmp_path / "wrong.json"
        wrong.write_bytes(content)
        with pytest.raises(AnchorUnreadable) as caught:
            anchoring.verify(sohoa, [wrong])
        assert "wrong.json" in caught.value.message("vi")


def test_an_export_overwrites_nothing(sohoa: Sohoa, tmp_path: Path) -> None:
    row = anchoring.anchor_head(sohoa, actor="an")
    assert row is not None
    (tmp_path / anchoring.file_name(row)).write_text("something else")
    with pytest.raises(ExportRefused):
        anchoring.export(sohoa, tmp_path)
    assert row.object.media_type == MEDIA_TYPE
