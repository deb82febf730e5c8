"""Prints every small mistake in the files that its arguments name, each as a line of JSON.

Started where cosmic-ray is installed, which makes the mistakes; nothing else here needs it.
"""

import importlib
import json
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_ast, _mutating, _plugins = (
    importlib.import_module(f"cosmic_ray.{name}") for name in ("ast", "mutating", "plugins")
)
# Left away are the operators whose mistakes Python itself would notice, such as a difference of two
# types in an annotation, and those that say the same as another one.
_OPERATORS = (
    "AddNot",
    "ExceptionReplacer",
    "NumberReplacer",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Div|BitAnd_BitOr)",
    "ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is)",
    "ReplaceComparisonOperator_(Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Lt_GtE|GtE_Lt|Gt_LtE|LtE_Gt)",
    "ReplaceFalseWithTrue",
    "ReplaceTrueWithFalse",
    "ReplaceUnaryOperator_Delete_Not",
    "ZeroIterationForLoop",
)


def mistakes(code: str) -> Iterator[tuple[int, str]]:
    """Each mistake in a module: the line that it is in, and the module with it."""
    source = code.splitlines()
    tree = _ast.get_ast(code)
    for name in _plugins.operator_names():
        if re.fullmatch(f"core/({'|'.join(_OPERATORS)})", name):
            operator = _plugins.get_operator(name)()
            lines: list[int] = [
                start[0]
                for node in _ast.ast_nodes(tree)
                for start, _ in operator.mutation_positions(node)
            ]
            for number, line in enumerate(lines):
                # Whether a class of data can be changed or has slots decides nothing.
                if not source[line - 1].startswith("@dataclass("):
                    with suppress(AttributeError):  # an exception with a dot in its name
                        yield line, _mutating.mutate_code(code, operator, number)


if __name__ == "__main__":
    for file in sys.argv[1:]:
        for line, mutated in mistakes(Path(file).read_text()):
            print(json.dumps({"file": file, "line": line, "mutated": mutated}))
