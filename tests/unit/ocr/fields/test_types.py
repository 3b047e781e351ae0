from __future__ import annotations

import pytest

from ocr.fields.errors import BadPaperType, UnknownPaperType
from ocr.fields.kinds import lists, provinces, repaired_abbreviation
from ocr.fields.types import GENERIC, catalogue, load_type, load_types, paper_type

MINIMAL = 'code = "permit"\nversion = 1\nnames = { vi = "Giấy phép", en = "Permit" }\n'

# Circular 01/2023/TT-VPCP Art. 9; the owner and the paper's type are kept beside the fields.
MINIMUM_DATA = {"title", "number", "issued_on", "issuer", "valid_until", "scope"}


def test_every_packaged_type_carries_the_minimum_data() -> None:
    assert len(catalogue()) >= 9
    for kind in catalogue().values():
        missing = MINIMUM_DATA - {spec.name for spec in kind.fields}
        assert not missing, f"{kind.code}: {missing}"


def test_every_type_but_generic_can_be_recognised() -> None:
    for kind in catalogue().values():
        assert (kind.code == GENERIC) != bool(kind.cues)


def test_decree_30_has_29_kinds_and_63_old_provinces() -> None:
    assert sum(kind.family == "decree_30" for kind in lists().kinds) == 29
    assert len(provinces()) == 63


def test_a_type_is_one_toml_text() -> None:
    kind = load_type(
        MINIMAL + '[[fields]]\nname = "number"\nlabel_vi = "Số"\nlabel_en = "Number"\nkind = "number"\n', "permit.toml"
    )
    assert kind.name("vi") == "Giấy phép"
    assert kind.names.en == "Permit"
    spec = kind.spec("number")
    assert spec is not None
    assert not spec.required


@pytest.mark.parametrize(
    "text",
    [
        "not toml = = 1",
        MINIMAL + "unknown_key = 1\n",
        MINIMAL.replace("permit", "Permit!"),
        MINIMAL + '[[fields]]\nname = "a"\nlabel_vi = "a"\nlabel_en = "a"\npattern = "(["\n',
        MINIMAL
        + '[[fields]]\nname = "a"\nlabel_vi = "a"\nlabel_en = "a"\n[[fields]]\nname = "a"\nlabel_vi = "b"\nlabel_en = "b"\n',
        MINIMAL + 'result_code = "KQ.15.31"\n',
    ],
)
def test_a_faulty_type_file_is_named(text: str) -> None:
    with pytest.raises(BadPaperType) as caught:
        load_type(text, "permit.toml")
    assert "permit.toml" in caught.value.message("vi")


def test_two_files_with_one_code_are_refused() -> None:
    with pytest.raises(BadPaperType):
        load_types([("a.toml", MINIMAL), ("b.toml", MINIMAL)])


def test_unknown_type_is_a_coded_error() -> None:
    with pytest.raises(UnknownPaperType):
        paper_type("no_such_type")


@pytest.mark.parametrize(
    ("read", "first", "meant"),
    [
        ("QD", True, "QĐ"),
        ("UBNĐ", False, "UBND"),
        ("HDND", False, "HĐND"),
        ("DA", True, "DA"),  # đề án or dự án: two entries fold alike, so it stays as read
        ("XYZ", True, "XYZ"),
        ("QD", False, "QD"),  # a kind stands first only
    ],
)
def test_abbreviations_are_repaired_only_against_the_closed_list(read: str, first: bool, meant: str) -> None:
    assert repaired_abbreviation(read, first=first) == meant
