"""Every sentence template in the code, found in its syntax tree."""

import ast
from collections.abc import Iterator, Mapping
from string import Formatter

from ifc_import import reader
from tests.reference import error_classes
from twin.exchange.clash_rules import default_rules
from twin.judgement.clash.semantics import PARTS
from twin.values.clash import SEVERITIES
from twin.values.model import State
from twin.values.upload import UploadState

# Templates that are computed where they are said: file and expression → what they can be.
COMPUTED: dict[tuple[str, str], tuple[str, ...]] = {
    ("twin/errors.py", "template"): (),  # TwinError hands on what its children were given
    ("ifc_import/reader.py", "PARSER_FAULTS"): (reader.PARSER_FAULTS,),
    ("ifc_import/reader.py", "RECORDS_LEFT_OUT"): (reader.RECORDS_LEFT_OUT,),
    ("web/cli/import_.py", "str(items[0].state)"): tuple(str(state) for state in State if state is not State.DRAWN),
    ("web/cli/import_.py", "georeference.height_reference"): ("orthometric", "ellipsoidal", "unknown"),
    ("twin/store/upload_methods.py", "str(found.state)"): tuple(str(state) for state in UploadState),
    # sentences that stand in tables of these files take their values where they are told
    ("twin/judgement/clash/severity.py", "BY_RULE.template"): (),
    ("twin/judgement/clash/severity.py", "STEPS[key][1].template"): (),
    ("twin/judgement/clash/severity.py", "rule.severity"): SEVERITIES,
    ("twin/judgement/clash/workflow.py", "FACTOR.template"): (),
    ("twin/judgement/clash/semantics.py", "PARTS"): (PARTS,),
    ("twin/judgement/clash/semantics.py", "english"): tuple(
        joint.reason["en"] for joint in default_rules().joints
    ),  # a user's own rules bring both languages
}


def templates(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (place, template) of every sentence that the files say or raise; (place, "?…") for a computed one."""
    raised = {error.__name__ for error in error_classes()}
    for path, source in files.items():
        for node in ast.walk(ast.parse(source, path)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = called(node.func)
            if name != "say" and name not in raised:
                continue
            argument, where = node.args[0], f"{path}:{node.lineno}"
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield where, argument.value
            else:
                expression = ast.unparse(argument)
                yield from ((where, text) for text in COMPUTED.get((path, expression), (f"?{expression}",)))


def called(function: ast.expr) -> str:
    """Return the plain name that is called: `say(…)`, `errors.NotFound(…)`; "" for methods such as `invocation.say`."""
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if function.value.id in {"errors", "sentence"} else ""
    return ""


def fields(template: str) -> set[str]:
    """Return the names of the values in a template.

    >>> sorted(fields("{b} of {a:.2f}"))
    ['a', 'b']
    """
    return {name for _, name, _, _ in Formatter().parse(template) if name}
