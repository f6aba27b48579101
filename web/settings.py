"""What can be set, in one list: every setting is an environment variable `TWIN_<NAME>` and has a default."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from twin.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; `default` is the text that would stand in the environment variable."""

    name: str
    default: str
    help: str

    @property
    def variable(self) -> str:
        """The environment variable.

        >>> Setting("busy_seconds", "30", "").variable
        'TWIN_BUSY_SECONDS'
        """
        return f"TWIN_{self.name.upper()}"


SETTINGS = (
    Setting("dir", "twin-data", "The twin's folder; the option --twin outranks it."),
    Setting("lang", "", "Language of the command line, zh or en; empty: the locale's."),
    Setting("busy_seconds", "30", "How long a writer waits for another one, in seconds."),
    Setting("page", "", "Folder of the built page; empty: the one in the package."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one server."""

    folder: Path
    busy_seconds: float
    page: Path


def load(environment: Mapping[str, str] | None = None, *, folder: Path | None = None) -> Settings:
    """Read the settings from the environment; `folder` outranks TWIN_DIR."""
    given = os.environ if environment is None else environment
    values = {setting.name: given.get(setting.variable) or setting.default for setting in SETTINGS}
    try:
        busy_seconds = float(values["busy_seconds"])
    except ValueError:
        raise InvalidInput(
            "TWIN_BUSY_SECONDS is {value}, which is no number of seconds.", value=values["busy_seconds"]
        ) from None
    page = Path(values["page"]) if values["page"] else Path(__file__).parent / "static"
    return Settings(folder or Path(values["dir"]), busy_seconds, page)
