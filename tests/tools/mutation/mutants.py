"""The changes that are made to a module, one at a time, each as code to run.

Which change is worth making is said here; running the tests on it is in
tests/tools/mutation/trial.py.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parents[3]

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
NAMES = {
    "min": ("max",),
    "max": ("min",),
    "any": ("all",),
    "all": ("any",),
    "sorted": ("list",),
    "ROUND_HALF_UP": ("ROUND_HALF_EVEN", "ROUND_DOWN", "ROUND_UP"),
    "ROUND_DOWN": ("ROUND_HALF_UP", "ROUND_UP"),
    "ROUND_CEILING": ("ROUND_FLOOR", "ROUND_HALF_UP"),
}
PATTERN_PARTS = {"+": ("", "*"), "?": ("",), "*": ("", "+"), r"\b": ("",)}
PATTERN_PARTS |= {"[0-9]": (r"\d",), r"\d": ("[0-9]",)}
# Types, imports and what an error came from change nothing that a test could see.
NOT_CHANGED = {"annotation", "returns", "cause", "type_params", "ctx", "bases"}


@dataclass(frozen=True)
class Mutant:
    """One change: where, on which line of the source, what; and the code to run.

    code defines the changed statement of the module anew; lines are those of which
    one has to be run for the change to be noticed, none if they are run on import.
    """

    module: str
    where: str
    line: str
    change: str
    code: CodeType
    lines: range

    @property
    def name(self) -> tuple[str, str, str, str]:
        return self.module, self.where, self.line, self.change


@dataclass(frozen=True)
class _Place:
    """The statement that is being changed: its name, and its lines if it is run."""

    where: str
    lines: range


@dataclass(frozen=True)
class _Edit:
    """A field of a node, or one element of it, that takes another node for a while."""

    parent: ast.AST
    field: str
    index: int | None
    old: ast.AST
    new: ast.AST | None
    place: _Place

    def put(self, node: ast.AST | None) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    @property
    def change(self) -> str:
        new = "nothing" if self.new is None else _short(self.new)
        return f"{_short(self.old)} → {new}"


def source_of(module: str) -> Path:
    """Return the file of a module of the site."""
    return ROOT / "reference" / f"{module}.py"


def mutants_of(module: str) -> Iterator[Mutant]:
    """Yield every change of a module, each with a name of its own."""
    source = source_of(module).read_text(encoding="utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for number, statement in enumerate(tree.body):
        # A constant made of this one is made anew as well.
        later = [
            other
            for other in tree.body[number + 1 :]
            if isinstance(statement, ast.Assign) and isinstance(other, ast.Assign)
        ]
        for edit in _edits(_holder(statement), _Place("", range(0))):
            line = getattr(edit.old, "lineno", statement.lineno)
            mutant = Mutant(
                module=module,
                where=edit.place.where,
                line=lines[line - 1].strip(),
                change=edit.change,
                code=_code(edit, [statement, *later], source_of(module)),
                lines=edit.place.lines,
            )
            seen[mutant.name] += 1
            if seen[mutant.name] > 1:
                repeated = f"{mutant.change} (no. {seen[mutant.name]})"
                mutant = replace(mutant, change=repeated)
            yield mutant


def _holder(statement: ast.stmt) -> ast.Module:
    return ast.Module(body=[statement], type_ignores=[])


def _code(edit: _Edit, statements: list[ast.stmt], file: Path) -> CodeType:
    """Return the code of the statements while one node of them is another."""
    siblings: list[Any] | None = None
    if edit.new is None:
        siblings = getattr(edit.parent, edit.field)
        position = edit.index or 0
        setattr(edit.parent, edit.field, siblings[:position] + siblings[position + 1 :])
    else:
        if not hasattr(edit.new, "lineno"):
            ast.copy_location(edit.new, edit.old)
        edit.put(ast.fix_missing_locations(edit.new))
    try:
        return compile(ast.Module(statements, type_ignores=[]), str(file), "exec")
    finally:
        if siblings is None:
            edit.put(edit.old)
        else:
            setattr(edit.parent, edit.field, siblings)


def _edits(parent: ast.AST, place: _Place) -> Iterator[_Edit]:
    """Yield every change below a node."""
    for field, value in ast.iter_fields(parent):
        if field in NOT_CHANGED:
            continue
        children: Iterable[tuple[int | None, Any]] = [(None, value)]
        if isinstance(value, list):
            children = enumerate(value)
        for index, child in children:
            if not isinstance(child, ast.AST) or _says_nothing(child):
                continue
            here = _place_of(child, place)
            for new in _replacements(child, parent, field):
                yield _Edit(parent, field, index, child, new, here)
            yield from _edits(child, here)


def _says_nothing(node: ast.AST) -> bool:
    """Whether a node is a docstring or an import."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass)


def _place_of(node: ast.AST, place: _Place) -> _Place:
    """Return the place of a node: its own if it is a statement, else the given one."""
    if not isinstance(node, ast.stmt):
        return place
    body = getattr(node, "body", None)
    end = body[0].lineno - 1 if body else node.end_lineno or node.lineno
    lines = range(node.lineno, max(end, node.lineno) + 1)
    if isinstance(node, ast.FunctionDef):
        if not place.where:
            # Its decorators and defaults are run on import, but act when it is run.
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        return _Place(".".join(filter(None, [place.where, node.name])), lines)
    if isinstance(node, ast.ClassDef):
        return _Place(node.name, range(0))
    if isinstance(node, ast.Assign) and not place.where:
        return _Place(ast.unparse(node.targets[0]), range(0))
    in_class_body = not place.lines
    return _Place(place.where, range(0) if in_class_body else lines)


def _replacements(
    node: ast.AST, parent: ast.AST, field: str
) -> Iterator[ast.AST | None]:
    """Yield what may stand in place of a node; None takes an element away."""
    if field == "decorator_list":
        yield None
    elif isinstance(node, ast.stmt):
        yield from _other_statements(node)
    elif isinstance(node, ast.keyword):
        yield None
    elif isinstance(node, ast.expr):
        yield from _other_expressions(node, parent)
        if field == "test" or (
            field == "ifs" and isinstance(parent, ast.comprehension)
        ):
            yield from _negated(node)


def _other_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield a statement left out, and what else it may be."""
    match node:
        case ast.Raise() | ast.Expr() | ast.AugAssign():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript() | ast.Tuple()]):
            if not _names_only(node.targets[0]):
                yield ast.Pass()
        case ast.Return(value=ast.expr() as value):
            if not (isinstance(value, ast.Constant) and value.value is None):
                yield ast.Return(ast.Constant(None))
        case ast.With(items=[ast.withitem(optional_vars=None)], body=body):
            yield ast.If(ast.Constant(True), body, [])
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def _names_only(target: ast.expr) -> bool:
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return any(isinstance(part, ast.Name) for part in parts)


def _other_expressions(node: ast.expr, parent: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left, ops, comparators):
            for index, operator in enumerate(ops):
                for other in COMPARISONS[type(operator)]:
                    changed = [*ops[:index], other(), *ops[index + 1 :]]
                    yield ast.Compare(left, changed, comparators)
        case ast.BinOp(left, ast.BitOr(), right):
            yield from (left, right)
        case ast.BinOp(left, operator, right) if type(operator) in ARITHMETIC:
            yield ast.BinOp(left, ARITHMETIC[type(operator)](), right)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(
                ast.Or() if isinstance(operator, ast.And) else ast.And(), values
            )
            for index in range(len(values)):
                rest = [*values[:index], *values[index + 1 :]]
                yield ast.BoolOp(operator, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            yield from (ast.Name(other, ast.Load()) for other in NAMES[name])
        case ast.Attribute(value=ast.Name("re"), attr=flag) if flag.isupper():
            yield ast.Constant(0)
        case ast.Constant() if not isinstance(parent, ast.JoinedStr):
            yield from map(ast.Constant, _other_constants(node.value, parent))
        case ast.JoinedStr(values):
            yield ast.Constant("")
            for index, value in enumerate(values):
                if isinstance(value, ast.FormattedValue) and len(values) > 1:
                    yield ast.JoinedStr([*values[:index], *values[index + 1 :]])


def _other_constants(value: Any, parent: ast.AST) -> Iterator[Any]:
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value - 1)
        case str() if re.fullmatch(r"0\.0*1", value):
            # Of a step, to which numbers are rounded, only the decimals count.
            yield value.replace(".", ".0")
            yield value.replace(".0", ".", 1) if ".0" in value else "1"
        case str() if re.fullmatch(r"[0-9.]*[0-9]", value):
            digits, last = value[:-1], int(value[-1])
            yield from {f"{digits}{(last + step) % 10}" for step in (1, 9)}
        case str() if _is_pattern(parent):
            yield from _other_patterns(value)
        case "":
            yield "XX"
        case str():
            yield ""


def _is_pattern(parent: ast.AST) -> bool:
    return (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Attribute)
        and isinstance(parent.func.value, ast.Name)
        and parent.func.value.id == "re"
    )


def _other_patterns(pattern: str) -> Iterator[str]:
    """Yield a pattern with one of its parts left out, or taken for a near one."""
    parts = re.findall(r"\(\?:|\[0-9\]|\[[^\]]*\]|\\.|.", pattern)
    for index, part in enumerate(parts):
        for other in PATTERN_PARTS.get(part, ()):
            yield "".join([*parts[:index], other, *parts[index + 1 :]])


def _negated(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the opposite of a condition that has no opposite among the others."""
    if not isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), node)


def _short(node: ast.AST) -> str:
    if isinstance(node, ast.keyword):
        return f"{node.arg}={ast.unparse(node.value)}"
    if isinstance(node, ast.If) and isinstance(node.test, ast.Constant):
        return "nothing around it"
    text = "nothing" if isinstance(node, ast.Pass) else ast.unparse(node)
    text = text.splitlines()[0]
    return text if len(text) <= 60 else f"{text[:59]}…"
