"""The small faults that a module could hold: each is one place of its text, and what stands there instead.

Left out by rule, for nothing that decides would change: docstrings, annotations, decorators (the size of a
cache), `__all__`, `__repr__`, the words of a refusal or of a sentence, the order of what `min` and `max`
compare, and `zip(strict=)`, which asserts.
"""

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
CALCULATIONS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
CONDITIONS = (ast.If, ast.While, ast.IfExp)
TRUTHS = (ast.Compare, ast.BoolOp)
# A name that is never bound would stop everything: only what is done, added, set inside or refused goes.
DELETED = (ast.AugAssign, ast.Raise, ast.Delete)
UNREAD_FIELDS = {
    ast.FunctionDef: {"decorator_list", "returns"},
    ast.AsyncFunctionDef: {"decorator_list", "returns"},
    ast.ClassDef: {"decorator_list", "bases"},
    ast.AnnAssign: {"annotation"},
    ast.arg: {"annotation"},
    ast.Raise: {"exc", "cause"},
    ast.JoinedStr: {"values"},
}
WORDS = {"say", "several", "error", "advice"}
SYMMETRIC = {"min", "max"}
ASSERTING = {"strict", "repr"}


@dataclass(frozen=True)
class Fault:
    """Where (module, function, which of those alike there), of what kind, and the two texts; `start` and
    `end` in the bytes of the file.
    """

    module: str
    function: str
    kind: str
    before: str
    after: str
    nth: int
    line: int
    start: int
    end: int

    @property
    def key(self) -> tuple[str, ...]:
        """What it stays known by while its own words stay, whatever moves around it."""
        return (self.module, self.function, self.kind, self.before, self.after, str(self.nth))

    def __str__(self) -> str:
        before, after = (" ".join(text.split()) for text in (self.before, self.after))
        return f"{self.module}.py:{self.line} {self.function}: {before} -> {after}"

    def rank(self, seed: int) -> str:
        """Its place in the draw of a seed."""
        return hashlib.sha256("\n".join((str(seed), *self.key)).encode()).hexdigest()

    def put_in(self, text: bytes) -> bytes:
        """The text of the module with this fault."""
        return text[: self.start] + self.after.encode() + text[self.end :]


def faults_of(path: Path, module: str) -> list[Fault]:
    """Every fault of a module that could be drawn."""
    text = path.read_bytes()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    alike: Counter[tuple[str, ...]] = Counter()
    faults = []
    for function, node in _nodes(ast.parse(text), ""):
        for kind, new in _changes(node):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            before = text[start:end].decode()
            after = ast.unparse(ast.fix_missing_locations(new))
            if isinstance(node, ast.expr) and not isinstance(node, ast.Slice):
                after = f"({after})"
            same = (function, kind, before, after)
            alike[same] += 1
            faults.append(Fault(module, *same, alike[same], node.lineno, start, end))
    return faults


def _nodes(node: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    """What a fault could be in, with the name of its function."""
    for child in _children(node):
        inside = function
        if isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            inside = f"{function}.{child.name}".lstrip(".")
        yield inside, child
        yield from _nodes(child, inside)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    unread = UNREAD_FIELDS.get(type(node), set())
    for name, value in ast.iter_fields(node):
        if name in unread:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _says_nothing(child):
                yield child


def _says_nothing(node: ast.AST) -> bool:
    """Whether nothing that decides is in it."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in WORDS
    if isinstance(node, ast.keyword):
        return node.arg in ASSERTING
    if isinstance(node, FUNCTIONS):
        return node.name == "__repr__"
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What could stand in the place of a node."""
    if isinstance(node, ast.expr):
        yield from _other_values(node)
    if isinstance(node, ast.stmt):
        yield from _other_steps(node)


def _other_values(node: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(ops=operators):
            for at, operator in enumerate(operators):
                others = [*operators]
                others[at] = COMPARISONS[type(operator)]()
                yield "comparison", _with(node, ops=others)
        case ast.BinOp(op=operator) if type(operator) in CALCULATIONS:
            yield "calculation", _with(node, op=CALCULATIONS[type(operator)]())
        case ast.BoolOp(op=operator):
            yield "boolean", _with(node, op=ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield "negation", operand
        case ast.IfExp(test=test) if not isinstance(test, TRUTHS):
            yield "negation", _with(node, test=_negated(test))
        case ast.Constant(value=bool(value)):
            yield "constant", ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield "constant", ast.Constant(value + 1)
            yield "constant", ast.Constant(value - 1)
        case ast.Call(args=[first, second, *others]):
            if not _symmetric(node) and not _any_starred(first, second):
                yield "arguments", _with(node, args=[second, first, *others])
        case ast.Slice(lower=lower, upper=upper):
            if lower is not None:
                yield "slice", _with(node, lower=None)
            if upper is not None:
                yield "slice", _with(node, upper=None)


def _symmetric(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in SYMMETRIC


def _any_starred(*nodes: ast.expr) -> bool:
    return any(isinstance(node, ast.Starred) for node in nodes)


def _other_steps(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Return(value=ast.Compare() | ast.BoolOp() as value):
            yield "return", ast.Return(_negated(value))
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield "return", ast.Return(ast.Constant(None))
        case ast.Break():
            yield "loop", ast.Continue()
        case ast.Continue():
            yield "loop", ast.Break()
        case ast.Expr(value=ast.Call()):
            yield "deletion", ast.Pass()
        case ast.Assign(targets=targets):
            if all(isinstance(target, ast.Subscript | ast.Attribute) for target in targets):
                yield "deletion", ast.Pass()
    if isinstance(node, DELETED):
        yield "deletion", ast.Pass()


def _with(node: ast.AST, **fields: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _negated(value: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), value)
