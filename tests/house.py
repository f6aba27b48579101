"""The house as text: which module imports which, and what the rules of the house say to that.

Everything works on a mapping of repository path → source text, so that a test can plant a violation without touching
the disk.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

MAY_IMPORT: dict[str, set[str]] = {
    "twin": set(),
    "ifc_import": {"twin"},
    "gis_layers": {"twin"},
    "tiles": {"twin"},
    "web": {"twin", "ifc_import", "gis_layers", "tiles", "sample_data"},
    "sample_data": set(),
}
HOUSE = tuple(MAY_IMPORT)

# A module, and the only files of the house that may import it (function-local imports count).
CONFINED: dict[str, tuple[str, ...]] = {
    "pyproj": ("twin/values/crs.py",),
    "sqlalchemy": ("twin/store/*",),
    "alembic": ("twin/store/*",),
    "sqlite3": ("twin/store/*",),
    "fsspec": ("twin/store/*",),
    "ifcopenshell": ("ifc_import/*", "sample_data/*"),
    "ifclite_geom": ("ifc_import/*",),
    "flask": ("web/*",),
    "werkzeug": ("web/*",),
    "granian": ("web/*",),
    "click": ("web/cli/*",),
    "rich": ("web/cli/*",),
    "pydeck": ("twin/judgement/scene.py",),
    "pyogrio": ("gis_layers/*", "sample_data/*"),
    "geopandas": ("gis_layers/*",),
    "pmtiles": ("tiles/*",),
    "cql2": ("web/ogc/*",),
    "pickle": (),
    "psycopg": ("twin/store/*",),
    "s3fs": ("twin/store/*",),
    "distributed": ("web/jobs/*",),
    "dask": ("web/jobs/*",),
    "authlib": ("web/people/*",),
    "joserfc": ("web/people/*",),
    "argon2": ("web/people/*",),
    "limits": ("web/people/*",),
    "prometheus_client": ("web/metrics.py",),
    "fpdf": ("web/reports/*",),
    "fontTools": ("web/reports/*",),
    "brotli": ("web/reports/*",),
    "openpyxl": ("twin/exchange/*", "sample_data/*"),
    "defusedxml": ("twin/exchange/*",),
    "manifold3d": ("twin/judgement/clash/*",),
    "scipy": ("twin/judgement/clash/*",),
    "bcf": ("twin/exchange/bcf/*",),
    "xsdata": ("twin/exchange/bcf/*",),
    "pypinyin": ("twin/values/pinyin.py",),
    "twin.store": ("twin/store/*", "twin/__init__.py", "twin/judged*.py", "twin/city_scene.py", "web/*"),
}
LAZILY = {"twin/__init__.py": "twin.store"}
FLASK_FREE = (
    "web/ingest.py",
    "web/reading.py",
    "web/read_file.py",
    "web/read_values.py",
    "web/ingest_clashes.py",
    "web/reports/*",
)
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: absolute and dotted; `member` is what `from name import member` adds."""

    name: str
    member: str | None
    line: int
    local: bool  # inside a function: runs when the function runs
    typing: bool = False  # under `if TYPE_CHECKING`: never runs

    @property
    def candidates(self) -> tuple[str, ...]:
        """The dotted names this may load, the longest first."""
        return (f"{self.name}.{self.member}", self.name) if self.member else (self.name,)


def read_packages(root: Path, packages: Iterable[str]) -> dict[str, str]:
    """Return repository path → text of every Python file of the packages."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for package in packages
        for path in sorted((root / package).rglob("*.py"))
        if "node_modules" not in path.parts
    }


def read_house(root: Path = ROOT) -> dict[str, str]:
    """Return repository path → text of every Python file of the six packages."""
    return read_packages(root, HOUSE)


def module_name(path: str) -> str:
    """Return the dotted name of a file.

    >>> module_name("twin/values/model.py"), module_name("twin/__init__.py")
    ('twin.values.model', 'twin')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def package_of(path: str) -> str:
    """Return the package that relative imports in the file start from."""
    return module_name(path) if path.endswith("/__init__.py") else module_name(path).rpartition(".")[0]


def absolute(path: str, level: int, name: str) -> str:
    """Return the dotted name of a relative import.

    >>> absolute("twin/values/model.py", 2, "store")
    'twin.store'
    """
    if level == 0:
        return name
    base = package_of(path).split(".")
    return ".".join([*base[: len(base) - level + 1], *([name] if name else [])])


def called_import(path: str, call: ast.Call) -> str | None:
    """Return what `importlib.import_module("…")` or `__import__("…")` loads; "?" for a computed name."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name not in {"import_module", "__import__"} or not call.args:
        return None
    argument = call.args[0]
    if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
        return "?"
    stripped = argument.value.lstrip(".")
    return absolute(path, len(argument.value) - len(stripped), stripped)


def started_module(words: list[ast.expr]) -> str | None:
    """Return the module of a command line like `[sys.executable, "-m", "package.module"]`."""
    texts = [word.value if isinstance(word, ast.Constant) else None for word in words]
    if "-m" in texts[:-1]:
        module = texts[texts.index("-m") + 1]
        return module if isinstance(module, str) else None
    return None


@cache
def imports(path: str, source: str) -> tuple[Import, ...]:
    """Return every import of a file, at any depth, absolute and relative, by statement and by call."""
    return tuple(_imports(path, source))


def _imports(path: str, source: str) -> Iterator[Import]:
    tree = ast.parse(source, path)
    inside = {
        child
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.walk(function)
    }
    unrun = {
        child
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test).removeprefix("typing.") == "TYPE_CHECKING"
        for statement in branch.body
        for child in ast.walk(statement)
    }
    for node in ast.walk(tree):
        local, typing = node in inside, node in unrun
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, None, node.lineno, local, typing) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = absolute(path, node.level, node.module or "")
            yield from (Import(base, alias.name, node.lineno, local, typing) for alias in node.names)
        elif isinstance(node, ast.Call) and (called := called_import(path, node)):
            yield Import(called, None, node.lineno, local)
        elif isinstance(node, ast.List | ast.Tuple) and (started := started_module(node.elts)):
            yield Import(started, None, node.lineno, True)


def within(name: str, module: str) -> bool:
    """Is `name` the module or something inside it."""
    return name == module or name.startswith(module + ".")


def judge(path: str, found: Import) -> Iterator[str]:
    """Yield what is wrong with one import."""
    owner = path.split("/", 1)[0]
    where = f"{path}:{found.line}"
    if found.name == "?" and owner != "web":
        yield f"{where} imports a computed name: write it out, so that the rules of the house can be checked"
    top = found.name.split(".")[0]
    if top in HOUSE and top != owner and top not in MAY_IMPORT[owner]:
        yield f"{where} imports {found.name}: {owner} may import {sorted(MAY_IMPORT[owner]) or 'none of the others'}"
    if top == "tests":
        yield f"{where} imports {found.name}: the product does not know its tests"
    for module, allowed in CONFINED.items():
        if found.typing and top not in HOUSE:
            continue  # the name of a type, for the reader and mypy
        if any(within(name, module) for name in found.candidates) and not any(fnmatch(path, glob) for glob in allowed):
            yield f"{where} imports {module}, which only {list(allowed) or 'nobody'} may import"
    lazy = LAZILY.get(path)
    if lazy and not (found.local or found.typing) and any(within(name, lazy) for name in found.candidates):
        yield f"{where} imports {lazy} at start-up: import it inside the function that needs it"
    if any(fnmatch(path, glob) for glob in FLASK_FREE) and top in {"flask", "werkzeug", "granian", "click", "rich"}:
        yield f"{where} imports {found.name}: the straight line knows no edge"


def violations(files: Mapping[str, str]) -> list[str]:
    """Return every break of the import rules in the house."""
    return [wrong for path, source in files.items() for found in imports(path, source) for wrong in judge(path, found)]


def graph(files: Mapping[str, str]) -> dict[str, set[str]]:
    """Return module → modules of the house it imports when it runs; a package's __init__ counts only when named."""
    modules = {module_name(path) for path in files}
    edges: dict[str, set[str]] = {module: set() for module in modules}
    for path, source in files.items():
        for found in imports(path, source):
            target = next((name for name in found.candidates if name in modules), None)
            if target and target != module_name(path) and not found.typing:
                edges[module_name(path)].add(target)
    return edges


def cycle(edges: Mapping[str, set[str]]) -> list[str]:
    """Return one import cycle, closed; an empty list when there is none.

    >>> cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}})
    ['b', 'c', 'b']
    """
    done: set[str] = set()

    def walk(module: str, trail: list[str]) -> list[str]:
        if module in trail:
            return [*trail[trail.index(module) :], module]
        if module in done:
            return []
        for target in sorted(edges[module]):
            if closed := walk(target, [*trail, module]):
                return closed
        done.add(module)
        return []

    return next((closed for module in sorted(edges) if (closed := walk(module, []))), [])


def oversized(files: Mapping[str, str]) -> list[str]:
    """Return every file and function that is too long to read in one go."""
    found = []
    for path, source in files.items():
        lines = source.count("\n")
        if lines > MAX_FILE_LINES:
            found.append(f"{path} has {lines} lines, more than {MAX_FILE_LINES}")
        for node in ast.walk(ast.parse(source, path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    found.append(f"{path}:{node.lineno} {node.name} has {length} lines, more than {MAX_FUNCTION_LINES}")
    return found
