"""Which texts of a coordinate reference system would have PROJ open files: those are never given to it.

PROJ opens whatever a text names: `+init=/etc/x:y`, `+nadgrids=…`, PARAMETERFILE and EXTENSION of WKT, parameters of
PROJJSON.  The texts come from files that anybody sends, and they are read where the twin and its secrets lie.
"""

import json
import re
from typing import Any

_KEY = "(?:init|grids|file|model|catalog)"  # how parameters of PROJ end that name files: nadgrids, o_init
_NAMED = re.compile(rf"{_KEY}\s*=", re.IGNORECASE)
# no grid at all: what WKT of Web Mercator has in EXTENSION; it has to end where it ends for PROJ, too
_NULL = re.compile(rf"{_KEY}\s*=\s*@?null(?=\s*[\"”](?![\"“”])|\s+\+?[a-z_]|\s*$)", re.IGNORECASE)
_FILE_WORD = re.compile(r"PARAMETERFILE|PROJ4_GRIDS", re.IGNORECASE)
_FILE = re.compile(
    r"(?:PARAMETERFILE\s*[\[(]\s*[\"“][^\"“”]*|PROJ4_GRIDS)[\"”]\s*,\s*[\"“]([^\"“”]*)[\"”](?![\"“”])",
    re.IGNORECASE,
)
_STEPS = re.compile(r"PROJ-based|=\s*pipeline", re.IGNORECASE)
# a grid by its name alone is looked up among those that PROJ brings, and nowhere else
_GRIDS = re.compile(r"@?[a-z0-9][\w.-]*(?:,@?[a-z0-9][\w.-]*)*", re.IGNORECASE | re.ASCII)
_NO_GRID = re.compile(r"(?<!\S)\+?nadgrids\s*=\s*@?null(?!\S)", re.IGNORECASE)
_WKT = re.compile(r"\s*[A-Za-z_]\w*\s*[\[(]")
_NOT_PLAIN = re.compile(rf"{_KEY}\s*=|(?:^|[\s+])step(?:\s|$)|[@~/\\]", re.IGNORECASE)


def names_files(text: str) -> bool:
    """Say whether PROJ, given this text of a CRS, could open files that the text names, or run steps of its own.

    >>> names_files("WGS 84 / UTM zone 50N"), names_files("+proj=tmerc +lon_0=114 +ellps=GRS80 +units=m")
    (False, False)
    >>> names_files("+init=/etc/passwd:x"), names_files("+proj=longlat +nadgrids=/etc/passwd")
    (True, True)
    """
    if "{" in text:  # what PROJ's binding takes for JSON
        try:
            return _json_names_files(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            return True  # never a CRS
    plain = "=" in text and not _WKT.match(text)
    return _mentions_files(text) or (plain and _NOT_PLAIN.search(_NO_GRID.sub(" ", text)) is not None)


def _mentions_files(text: str) -> bool:
    """Say whether a text has a parameter that names a file elsewhere than among PROJ's own grids."""
    files = _FILE.findall(text)
    if len(_FILE_WORD.findall(text)) != len(files):  # written so that it cannot be read here
        return True
    named = len(_NAMED.findall(text)) != len(_NULL.findall(text))
    return named or _STEPS.search(text) is not None or not all(map(_GRIDS.fullmatch, files))


def _json_names_files(value: Any) -> bool:
    """Say it of PROJJSON, or of the parameters of a PROJ string as JSON."""
    if isinstance(value, str):
        return _mentions_files(value)
    if isinstance(value, list):
        return any(map(_json_names_files, value))
    if not isinstance(value, dict):
        return False
    if "proj" in value or "init" in value:
        return names_files(" ".join(f"+{key}={part}" for key, part in value.items()).replace("{", "/"))
    file = value.get("value")  # of a parameter: a number, unless it is a file
    if isinstance(file, str) and _GRIDS.fullmatch(file) is None:
        return True
    return any(map(_json_names_files, value.values()))
