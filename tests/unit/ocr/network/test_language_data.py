"""The installed Tesseract's own files, whole and damaged."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

import pytest

from ocr.engines.kept import data_folder
from ocr.network.known import is_known
from ocr.network.language_data import LanguageData, language_data
from ocr.network.stream import UnknownModel

FOLDER = Path(data_folder())


@cache
def vietnamese() -> LanguageData:
    return language_data(FOLDER / "vie.traineddata")


def test_letters_words_and_layers_of_vietnamese() -> None:
    data = vietnamese()
    assert {"ệ", "Đ", "ữ", "7", "/", " "} <= set(data.letters)
    assert data.letters[data.null] == ""
    assert len(data.letters) == data.layers.outputs == len(set(data.letters))
    assert len(data.words) > 5_000
    assert data.layers.height == 36
    assert [layer.backwards for layer in data.layers.along] == [False, True, False]


def test_english_is_of_the_same_form() -> None:
    assert {"the", "January"} <= language_data(FOLDER / "eng.traineddata").words


@pytest.mark.parametrize("text", ["Ngày", "nhân", "(nhân", "nhân,", "“nhân”", "1.234", "2026"])
def test_known(text: str) -> None:
    assert is_known(text, vietnamese())


@pytest.mark.parametrize("text", ["ngáy2x", "nhânx", ",nhân(", "12ab", ""])
def test_not_known(text: str) -> None:
    assert not is_known(text, vietnamese())


def test_data_without_a_line_network_are_unknown() -> None:
    with pytest.raises(UnknownModel):
        language_data(FOLDER / "osd.traineddata")


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.3, 0.9, 0.99])
def test_data_cut_off_are_unknown(share: float, tmp_path: Path) -> None:
    whole = (FOLDER / "vie.traineddata").read_bytes()
    (tmp_path / "vie.traineddata").write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(UnknownModel):
        language_data(tmp_path / "vie.traineddata")


def test_another_network_is_unknown(tmp_path: Path) -> None:
    whole = bytearray((FOLDER / "vie.traineddata").read_bytes())
    at = whole.index(struct.pack("<i", 7) + b"Maxpool")
    whole[at + 4 : at + 11] = b"Softmax"
    (tmp_path / "vie.traineddata").write_bytes(whole)
    with pytest.raises(UnknownModel):
        language_data(tmp_path / "vie.traineddata")


def test_missing_data_are_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="none"):
        language_data(tmp_path / "none.traineddata")
