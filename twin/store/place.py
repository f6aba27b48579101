"""What names a twin: a folder, or a database of a PostgreSQL server (`postgresql://user@host/database`)."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from twin.errors import InvalidInput

DATABASE = "twin.sqlite"
_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_EXAMPLE = "postgresql://user@host/database"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a twin is.

    folder : of an embedded twin; None for one on a server
    url : of the server's database, with the password that it may hold; None for an embedded twin
    """

    folder: Path | None
    url: str | None = None

    @property
    def database(self) -> Path:
        """The database file of an embedded twin."""
        assert self.folder is not None
        return self.folder / DATABASE

    @property
    def name(self) -> str:
        """What the city is called until somebody names it."""
        if self.url is None:
            assert self.folder is not None
            return self.folder.resolve().name
        return unquote(urlsplit(self.url).path.strip("/"))

    def given(self) -> str:
        """Return what another process finds the twin by: it may hold a password, so it is not for messages."""
        if self.url is not None:
            return self.url
        assert self.folder is not None
        return str(self.folder.resolve())

    def __str__(self) -> str:
        """The place as messages name it: never with a password."""
        if self.url is None:
            return str(self.folder)
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, _shown(parts.netloc), parts.path, "", ""))


def place_of(given: "str | os.PathLike[str] | Place") -> Place:
    """Return the place that a text, a path or a place names.

    >>> str(place_of("postgresql://twin:secret@db.example.cn/city?sslmode=require"))
    'postgresql://twin@db.example.cn/city'
    >>> place_of("twin-data").database.as_posix()
    'twin-data/twin.sqlite'

    Raises
    ------
    InvalidInput : a URL of something else than PostgreSQL, or one without the name of a database.
    """
    if isinstance(given, Place):
        return given
    text = os.fspath(given)
    if "://" not in text:
        return Place(Path(text))
    scheme = text.partition("://")[0].lower()
    shown = f"{scheme}://…"
    if scheme not in _SCHEMES:
        raise InvalidInput("{place} does not name a twin: write a folder, or {example}.", place=shown, example=_EXAMPLE)
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise InvalidInput(
            "{place} does not name a twin: write a folder, or {example}.", place=shown, example=_EXAMPLE
        ) from None
    if not parts.path.strip("/") or "/" in parts.path.strip("/"):
        raise InvalidInput("{place} lacks the name of a database: write {example}.", place=shown, example=_EXAMPLE)
    return Place(None, urlunsplit(("postgresql", parts.netloc, parts.path, parts.query, "")))


def is_url(given: "str | os.PathLike[str]") -> bool:
    """Tell whether a place is on a server.

    >>> is_url("postgresql://twin@db/city"), is_url("twin-data")
    (True, False)
    """
    return "://" in os.fspath(given)


def _shown(netloc: str) -> str:
    """Return a network location without its password.

    >>> _shown("me:secret@host:1"), _shown("host:1")
    ('me@host:1', 'host:1')
    """
    who, at, where = netloc.rpartition("@")
    return who.partition(":")[0] + at + where
