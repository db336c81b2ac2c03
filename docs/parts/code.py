"""What pages say about the code: fixtures, commands, and everything that can be imported."""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest_scaling
from pytest_scaling.__main__ import parser
from pytest_scaling.run import fixtures as defined
from pytest_scaling.spec import hookspecs

WIDTH = 88  # of a line of a signature
FOR_THE_PLUGIN = "for the plugin itself"  # says the docstring of a fixture that is not for users
MADE_BY_THE_PLUGIN = {"Archive", "Decision", "Estimate", "Scores"}  # never by its user
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Claims": ("claim", "control", "Claim", "Source", "ClaimError"),
    "What is compared": ("arm", "module", "Data", "Metric", "scores", "Scores"),
    "Estimates and decisions": ("Estimate", "Decision", "all_of", "equivalent", "Inconclusive"),
    "Tasks and learners": ("Task", "Learner", "Block", "Fit", "Settings", "SettingsError"),
    "Tiers and constants": ("Tier", "FLAT", "TOLERANCE"),
    "Versions of code": ("revision", "environment"),
    "The ledger": ("open_ledger", "Archive", "ArchiveError"),
}
CONSTANTS = {
    "Settings": "A mapping of names to values: the settings of a learner.",
    "FLAT": "The share of its error that a flat curve loses at most over a doubling of m, "
    "as a logarithm.",
    "TOLERANCE": "How far from its forecast an error may be, as a logarithm of their ratio.",
}


def fixtures() -> str:
    """Every fixture that a test may ask for, with what its docstring says."""
    lines = ["| fixture | what it gives |", "|---|---|"]
    for name, value in vars(defined).items():
        words = " ".join((inspect.getdoc(value) or "").split())
        if is_fixture(value) and FOR_THE_PLUGIN not in words:
            call, said = called(name, words)
            lines.append(f"| `{call}` | {said} |".replace(" | | ", r" \| "))
    return "\n".join(lines)


def is_fixture(value: object) -> bool:
    return type(value).__name__ == "FixtureFunctionDefinition"


def called(name: str, words: str) -> tuple[str, str]:
    """How a fixture is called, and what it gives; its name alone where it is a value."""
    call, colon, said = words.partition("): ")
    return (f"{call})", said) if colon and call.startswith(f"{name}(") else (name, words)


def commands() -> str:
    """Every command with its arguments."""
    return "\n\n".join(described(parser()))


def described(whole: argparse.ArgumentParser, words: str = "") -> Iterator[str]:
    """A command with its arguments and examples, and those below it. words: its short help."""
    if name := whole.prog.removeprefix(parser().prog).strip():
        table = [f"| {cell(each)} | {sentence(each.help or '')} |" for each in arguments(whole)]
        head = ["| argument | what it does |\n|---|---|"] if table else []
        examples = f"```text\n{whole.epilog}\n```" if whole.epilog else ""
        about = " ".join((whole.description or sentence(words)).split())
        parts = (f"## {name}", about, "\n".join(head + table), examples)
        yield "\n\n".join(part for part in parts if part)
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {each.dest: each.help or "" for each in action._choices_actions}
            for each, below in action.choices.items():
                yield from described(below, helps.get(each, ""))


def arguments(whole: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The arguments of a parser, without its help and what is below it."""
    for action in whole._actions:
        if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
            yield action


def called_with(action: argparse.Action) -> str:
    """How an argument is written on the command line."""
    name = ", ".join(action.option_strings)
    choices = f"{{{','.join(map(str, action.choices))}}}" if action.choices else ""
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    value = "" if action.nargs == 0 else choices or metavar
    value = f"[{value}]" if action.nargs == "?" else value
    return f"{name} {value}".strip() if name else (choices or action.metavar or action.dest)


def cell(action: argparse.Action) -> str:
    """How an argument is written, as code in a table."""
    written = called_with(action).replace("|", r"\|")
    return f"`{written}`"


def sentence(words: str) -> str:
    """Words with a capital letter and a full stop."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def hooks() -> str:
    """The hooks that a project may implement in its conftest.py."""
    named = {name: each for name, each in vars(hookspecs).items() if name.startswith("pytest_")}
    return "\n\n".join(entry(name, each) for name, each in named.items())


def api() -> str:
    """Everything that `from pytest_scaling import ...` offers, with its docstring."""
    parts = []
    for title, names in GROUPS.items():
        parts.append(f"## {title}")
        parts += [entry(name, getattr(pytest_scaling, name)) for name in names]
    return "\n\n".join(parts)


def entry(name: str, thing: Any) -> str:
    """One name: its signature, its docstring, and its methods."""
    lines = [f"### {name}"]
    if name in CONSTANTS:
        return f"{lines[0]}\n\n{CONSTANTS[name]}"
    if signature := signature_of(name, thing):
        lines.append(f"```python\n{signature}\n```")
    lines.append(prose(inspect.getdoc(thing) or ""))
    if inspect.isclass(thing):
        lines += [members] if (members := "\n".join(members_of(thing))) else []
    return "\n\n".join(lines)


def members_of(thing: type) -> Iterator[str]:
    """Public methods and properties with the first paragraph of their docstrings."""
    for name, member in vars(thing).items():
        method = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        words = (
            inspect.getdoc(method) if inspect.isfunction(method) or is_property(method) else None
        )
        if name.startswith("_") or not words:
            continue
        call = name if is_property(method) else f"{name}{parameters(method)}"
        first, _, _ = words.partition("\n\n")
        yield f"- `{call}`: {' '.join(first.split())}"


def is_property(member: object) -> bool:
    return isinstance(member, property)


def parameters(method: Any) -> str:
    """The names of a method's parameters."""
    names = [each for each in inspect.signature(method).parameters if each != "self"]
    return f"({', '.join(names)})"


def signature_of(name: str, thing: Any) -> str:
    """How something is called; empty where a user does not call it."""
    is_error = inspect.isclass(thing) and issubclass(thing, BaseException)
    is_protocol = getattr(thing, "_is_protocol", False)
    if name in MADE_BY_THE_PLUGIN or is_error or is_protocol:
        return ""
    found = inspect.signature(thing).replace(return_annotation=inspect.Signature.empty)
    parts = [plain(str(each)) for each in found.parameters.values()]
    if "*" not in "".join(parts) and any(kind(each) for each in found.parameters.values()):
        parts.insert(sum(not kind(each) for each in found.parameters.values()), "*")
    line = f"{name}({', '.join(parts)})"
    return line if len(line) <= WIDTH else f"{name}(\n    " + ",\n    ".join(parts) + ",\n)"


def kind(parameter: inspect.Parameter) -> bool:
    return parameter.kind is inspect.Parameter.KEYWORD_ONLY


def plain(parameter: str) -> str:
    """A parameter without the quotes around its type, and with nothing that one machine has."""
    parameter = parameter.replace(repr(sys.executable), "sys.executable")
    parameter = re.sub(r": '([^']*)'", r": \1", parameter)
    return parameter.replace(" = <factory>", " = {}")


def prose(docstring: str) -> str:
    """A docstring as Markdown: what is listed by name in it becomes a list."""
    paragraphs = []
    for each in docstring.split("\n\n"):
        head, _, rest = each.partition("\n")
        if head in ("Args:", "Attributes:"):
            paragraphs.append(named_list(inspect.cleandoc(rest)))
        else:
            paragraphs.append(each)
    return "\n\n".join(paragraphs)


def named_list(text: str) -> str:
    """Lines of `name: words`, each continued by indented ones, as a list."""
    items = re.sub(r"\n +", " ", text).splitlines()
    return "\n".join(re.sub(r"^([\w, ]+): ", r"- `\1`: ", item) for item in items)
