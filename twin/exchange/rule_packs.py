"""Rule packs as files: those that come with the program, by name, and a user's own, by path."""

import tomllib
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from twin.errors import InvalidInput
from twin.exchange.toml_text import toml_problem
from twin.judgement.rules import RulePack, parse_pack

PACKS = ("index", "yinchuan-2025", "wuhan", "sanya-2022")
DEFAULT_PACK = "index"
MAX_BYTES = 1 << 20


def read_pack(name_or_path: str | Path = DEFAULT_PACK) -> RulePack:
    """Return the rule pack of that name, else the one in the TOML file of that path."""
    if isinstance(name_or_path, str) and name_or_path in PACKS:
        return _own_pack(name_or_path)
    path = Path(name_or_path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError):  # ValueError: a name with a zero byte
        raise InvalidInput(
            "There is no rule pack {name}: name one of {known}, or the path of a TOML file with your own rules.",
            name=str(name_or_path),
            known=", ".join(PACKS),
        ) from None
    if len(content) > MAX_BYTES:
        raise InvalidInput("{file} is too large for a rule pack: give a TOML file with rules.", file=path.name)
    pack = pack_from_bytes(content, path.name)
    if pack.id in PACKS:
        raise InvalidInput(
            "{file} calls itself {id}, as a rule pack of the program does: give yours another id, so that a light says"
            " which rules it is from.",
            file=path.name,
            id=pack.id,
        )
    return pack


def pack_from_bytes(content: bytes, file: str) -> RulePack:
    """Return the pack in the bytes of a TOML file; `file` names it in an error."""
    text = ""
    try:
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError:
        raise InvalidInput("{file} is not UTF-8 text: save the rule pack as UTF-8.", file=file) from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            "{file} is not a TOML file: {reason}. Mend that place.", file=file, reason=toml_problem(text, error)
        ) from None
    try:
        return parse_pack(document, sha256(content).hexdigest())
    except InvalidInput as error:
        raise InvalidInput("Rule pack {file}: {problem}", file=file, problem=error.sentence) from None


@cache
def _own_pack(name: str) -> RulePack:
    """Return a pack that comes with the program."""
    return pack_from_bytes((files("twin.exchange") / "rules" / f"{name}.toml").read_bytes(), f"{name}.toml")
