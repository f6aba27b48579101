"""What can be set, in one list: every setting is an environment variable `TWIN_<NAME>` and has a default."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from twin.errors import InvalidInput
from web.people.settings import PeopleSettings, people_settings

# Of each worker of a server: many wait for what is judged once for all.  Fewer than its connections to the database.
THREADS = 14


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
    Setting("dir", "twin-data", "The twin's folder, or postgresql://user@host/database; --twin outranks it."),
    Setting("lang", "", "Language of the command line, zh or en; empty: the locale's."),
    Setting("busy_seconds", "30", "How long a writer waits for another one, in seconds."),
    Setting("base_url", "", "The server's address as clients see it, behind a proxy; empty: as they ask."),
    Setting("users", "", "on: people sign in, as they must where others reach the server; empty: only there."),
    Setting("session_hours", "12", "A browser is signed out after so many hours, whatever it does."),
    Setting("idle_hours", "4", "A browser is signed out after so many hours in which it asks for nothing."),
    Setting("rate", "sign_in=10,changes=240,all=12000", "Requests a minute: sign-ins, changes, all; 0: no limit."),
    Setting("proxies", "127.0.0.0/8,::1", "Networks whose X-Forwarded-For is believed, where TWIN_BASE_URL is set."),
    Setting("origins", "", "Origins whose pages may read a twin without users, beside this machine's; null: files."),
    Setting("oidc_issuer", "", "Single sign-on by OpenID Connect: the issuer's URL; empty: passwords only."),
    Setting("oidc_client_id", "", "How the single sign-on knows the twin."),
    Setting("oidc_client_secret", "", "The twin's secret there; empty: a public client."),
    Setting("oidc_name", "OpenID Connect", "What the button for the single sign-on says."),
    Setting("oidc_roles", "", "Who has which role: claim:value=role, commas between; empty: as the twin's users say."),
    Setting("oidc_scopes", "openid profile email", "What the single sign-on is asked for."),
    Setting("scheduler", "", "Dask scheduler that jobs go to, as tcp://host:8786; empty: this machine's processes."),
    Setting("log", "", "json: what servers log are JSON lines on stderr, one for each request; empty: troubles only."),
    Setting("blobs", "", "Where blobs lie, a folder or s3://bucket/folder; empty: as the twin says, else beside it."),
    Setting("cache_dir", "", "Folder for blobs of object storage that are kept near; empty: the user's cache folder."),
    Setting("cache_mb", "2000", "How many megabytes of them, at most."),
    Setting("upload_mb", "2000", "How large a file may be that is sent by the browser, in MB."),
    Setting("page", "", "Folder of the built page; empty: the one in the package."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one server."""

    place: Path | str
    busy_seconds: float
    page: Path
    base_url: str = ""
    people: PeopleSettings = field(default_factory=PeopleSettings)


def load(environment: Mapping[str, str] | None = None, *, place: Path | str | None = None) -> Settings:
    """Read the settings from the environment; `place`, a folder or a URL, outranks TWIN_DIR."""
    given = os.environ if environment is None else environment
    values = {setting.name: given.get(setting.variable) or setting.default for setting in SETTINGS}
    try:
        busy_seconds = float(values["busy_seconds"])
    except ValueError:
        raise InvalidInput(
            "TWIN_BUSY_SECONDS is {value}, which is no number of seconds.", value=values["busy_seconds"]
        ) from None
    page = Path(values["page"]) if values["page"] else Path(__file__).parent / "static"
    base_url = _base_url(values["base_url"])
    people = people_settings(values, base_url)
    return Settings(
        place or (values["dir"] if "://" in values["dir"] else Path(values["dir"])),
        busy_seconds,
        page,
        base_url,
        people,
    )


def at_this_machine(settings: Settings) -> Settings:
    """Return the settings for who has the twin's folder and asks no server: they may all."""
    return replace(settings, people=PeopleSettings())


def _base_url(given: str) -> str:
    """Return an absolute URL without a slash at the end, or nothing."""
    if given and not given.startswith(("http://", "https://")):
        raise InvalidInput("TWIN_BASE_URL is {value}: write it as https://twin.example.cn.", value=given)
    return given.rstrip("/")
