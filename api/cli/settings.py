"""`sohoa settings`: the settings in effect, secrets masked, with where each came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import BaseModel

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.options import command, json_option, lang_option
from api.settings import PREFIX, Settings, load
from ingest.addresses import MASK, masked_url

_SECRET = frozenset({"secret", "password", "passphrase", "token", "pin"})


@dataclass(frozen=True, slots=True)
class Effective:
    """One setting: the name under which the environment sets it, its value, where that came from."""

    name: str
    value: object
    source: str
    """`environment` or `default`."""
    description: str


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "settings",
        run,
        say(
            "Các thiết lập đang có hiệu lực, mật khẩu được che, kèm nguồn: biến môi trường hay mặc định (dấu * là đã đặt).",
            "The settings in effect, secrets masked, with their source (* marks what the environment sets).",
        ),
    )


def run(as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None) -> int:
    """Print every setting."""
    found = effective(load())
    if as_document:
        console.document({"settings": [asdict(one) for one in found]})
        return ExitCode.OK
    rows = [("*" if one.source == "environment" else " ", one.name, str(one.value), one.description) for one in found]
    for line in console.columns(rows):
        console.out(line)
    return ExitCode.OK


def effective(settings: Settings) -> tuple[Effective, ...]:
    """Every setting, flat, in the order of the model."""
    return tuple(_flat(settings, PREFIX))


def _flat(model: BaseModel, prefix: str) -> Iterator[Effective]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        full = f"{prefix}{name.upper()}"
        if isinstance(value, BaseModel):
            yield from _flat(value, f"{full}__")
            continue
        source = "environment" if name in model.model_fields_set else "default"
        plain = model.model_dump(mode="json", include={name})[name]
        yield Effective(full, masked(name, plain), source, field.description or "")


def masked(name: str, value: object) -> object:
    """`value` without the secrets in it, however deep: passwords in addresses, and whatever is called a secret."""
    if isinstance(value, dict):
        return {key: masked(str(key), one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [masked(name, one) for one in value]
    if not isinstance(value, str) or not value:
        return value
    if _SECRET & set(name.lower().split("_")):
        return MASK
    return masked_url(value) if "://" in value else value
