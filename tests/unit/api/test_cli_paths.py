"""From the command line's paths to files: what is walked, what is skipped and said, what is asked for twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from api.cli.errors import PathMissing, PathUnreadable
from api.cli.paths import SkipReason, collect, readable_file


def tree(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def test_folders_are_walked_in_order_of_names_and_side_files_are_found_but_not_expected(tmp_path: Path) -> None:
    tree(tmp_path, "b.pdf", "a/2.JPG", "a/1.tif", "a/notes.txt")
    found, skipped = collect([tmp_path])
    assert [(str(one.path.relative_to(tmp_path)), one.expected) for one in found] == [
        ("a/1.tif", True),
        ("a/2.JPG", True),
        ("a/notes.txt", False),
        ("b.pdf", True),
    ]
    assert skipped == ()


def test_hidden_files_and_system_junk_are_skipped_and_said(tmp_path: Path) -> None:
    tree(tmp_path, "x.pdf", ".hidden.pdf", "Thumbs.db", ".DS_Store", "__MACOSX/x.pdf", "~$x.pdf", "desktop.ini")
    found, skipped = collect([tmp_path])
    assert [one.path.name for one in found] == ["x.pdf"]
    assert {one.path.name: one.reason for one in skipped} == {
        ".hidden.pdf": SkipReason.HIDDEN,
        "~$x.pdf": SkipReason.HIDDEN,
        "Thumbs.db": SkipReason.JUNK,
        ".DS_Store": SkipReason.JUNK,
        "__MACOSX": SkipReason.JUNK,
        "desktop.ini": SkipReason.JUNK,
    }


def test_a_hidden_file_named_itself_is_taken(tmp_path: Path) -> None:
    tree(tmp_path, ".scan.pdf")
    found, _ = collect([tmp_path / ".scan.pdf"])
    assert [one.expected for one in found] == [True]


def test_a_file_given_twice_is_taken_once(tmp_path: Path) -> None:
    tree(tmp_path, "x.pdf")
    found, _ = collect([tmp_path, tmp_path / "x.pdf", tmp_path])
    assert len(found) == 1


def test_links_to_folders_and_pipes_are_skipped(tmp_path: Path) -> None:
    tree(tmp_path, "in/x.pdf")
    (tmp_path / "in" / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "in" / "pipe")
    found, skipped = collect([tmp_path])
    assert [one.path.name for one in found] == ["x.pdf"]
    assert {one.path.name: one.reason for one in skipped} == {"up": SkipReason.SPECIAL, "pipe": SkipReason.SPECIAL}


def test_a_missing_path_stops_before_anything_is_begun(tmp_path: Path) -> None:
    tree(tmp_path, "x.pdf")
    with pytest.raises(PathMissing) as caught:
        collect([tmp_path / "x.pdf", tmp_path / "y.pdf"])
    assert "y.pdf" in caught.value.message("vi")


def test_a_folder_is_no_file_to_read(tmp_path: Path) -> None:
    with pytest.raises(PathUnreadable):
        readable_file(tmp_path)


def test_names_that_are_not_utf8_can_be_said(tmp_path: Path) -> None:
    name = os.fsdecode(b"qu\xe9t.pdf")
    with pytest.raises(PathMissing) as caught:
        readable_file(tmp_path / name)
    caught.value.message("vi").encode("utf-8")
