"""Read functions and classes out of Python source without importing it: signature, docstring, text."""

import ast
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Parameter:
    """A parameter as written."""

    name: str
    text: str
    required: bool
    keyword_only: bool


@dataclass(frozen=True)
class FunctionSource:
    """A function as written, or a class, which is called like one: with the parameters of its ``__init__``.

    ``methods`` are those of a class that others call: ``__init__`` and whatever does not begin with one underscore.
    """

    name: str
    parameters: tuple[Parameter, ...]
    signature: str
    docstring: str
    line: int
    text: str
    any_keyword: bool = False  #: whether it takes keyword arguments of any name, by ``**``
    methods: tuple["FunctionSource", ...] = ()

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return self.signature.startswith("class ")

    @property
    def positional(self) -> tuple[str, ...]:
        """Names of the parameters that may be passed by position."""
        return tuple(p.name for p in self.parameters if not p.keyword_only)


@dataclass(frozen=True)
class ModuleSource:
    """A module as written: its functions, its classes and the lines that their signatures need."""

    path: Path
    text: str
    docstring: str
    functions: dict[str, FunctionSource]
    classes: dict[str, FunctionSource]
    preamble: str

    @property
    def definitions(self) -> dict[str, FunctionSource]:
        """Functions and classes: what a question may ask for."""
        return {**self.functions, **self.classes}


def parse_module(path: Path, text: str) -> ModuleSource:
    """Parse the module's top level.

    ``preamble`` holds the imports and the public type aliases, which a stub needs for its type hints.

    Raises:
        SyntaxError: ``text`` is not Python.
    """
    tree = ast.parse(text, filename=str(path))
    lines = text.encode().split(b"\n")
    functions = {node.name: _function(node, lines) for node in tree.body if isinstance(node, ast.FunctionDef)}
    classes = {node.name: _class(node, lines) for node in tree.body if isinstance(node, ast.ClassDef)}
    preamble = [_as_written(node, lines) for node in tree.body if _belongs_in_a_stub(node)]
    return ModuleSource(path, text, ast.get_docstring(tree) or "", functions, classes, "\n".join(preamble))


def _belongs_in_a_stub(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return ast.unparse(node.annotation).endswith("TypeAlias") and not node.target.id.startswith("_")
    return isinstance(node, ast.Assign) and all(
        isinstance(target, ast.Name) and target.id[:1].isupper() and not target.id.isupper() for target in node.targets
    )


def _as_written(node: ast.stmt, lines: list[bytes]) -> str:
    """Return a statement's text. The library's own function for it splits the whole module anew for each statement."""
    written = lines[node.lineno - 1 : node.end_lineno]
    written[-1] = written[-1][: node.end_col_offset]  # columns are counted in bytes
    written[0] = written[0][node.col_offset :]
    return b"\n".join(written).decode()


def _function(node: ast.FunctionDef, lines: list[bytes]) -> FunctionSource:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return FunctionSource(
        name=node.name,
        parameters=tuple(_parameters(node.args)),
        signature=f"def {node.name}({ast.unparse(node.args)}){returns}:",
        docstring=ast.get_docstring(node) or "",
        line=node.lineno,
        text=_as_written(node, lines),
        any_keyword=node.args.kwarg is not None,
    )


def _class(node: ast.ClassDef, lines: list[bytes]) -> FunctionSource:
    methods = tuple(
        _method(item, lines) for item in node.body if isinstance(item, ast.FunctionDef) and _is_public(item.name)
    )
    bases = ", ".join(ast.unparse(base) for base in [*node.bases, *node.keywords])
    return FunctionSource(
        name=node.name,
        parameters=next((method.parameters for method in methods if method.name == "__init__"), ()),
        signature=f"class {node.name}({bases}):" if bases else f"class {node.name}:",
        docstring=ast.get_docstring(node) or "",
        line=node.lineno,
        text=_as_written(node, lines),
        methods=methods,
    )


def _is_public(method: str) -> bool:
    return not method.startswith("_") or method.startswith("__")


def _method(node: ast.FunctionDef, lines: list[bytes]) -> FunctionSource:
    """Return a method without the parameter for the object, and with its decorators: a property is read, not called."""
    function = _function(node, lines)
    decorators = [f"@{ast.unparse(decorator)}\n" for decorator in node.decorator_list]
    bound = function.parameters if "@staticmethod\n" in decorators else function.parameters[1:]
    return replace(function, parameters=bound, signature="".join([*decorators, function.signature]))


def _parameters(arguments: ast.arguments) -> list[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    found = [
        Parameter(argument.arg, ast.unparse(argument), index < first_default, keyword_only=False)
        for index, argument in enumerate(positional)
    ]
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append(Parameter(argument.arg, ast.unparse(argument), default is None, keyword_only=True))
    return found
