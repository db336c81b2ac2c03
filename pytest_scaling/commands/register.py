"""`register`: what claims will measure and what is expected, fixed before fresh seeds are seen."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ..ledger.environment import tier_in
from ..ledger.git import commit
from ..ledger.ledger import Ledger, profiles_in
from ..ledger.reading.reader import shown
from ..ledger.registration.attempts import Past, in_words
from ..ledger.registration.blocks import Blocks
from ..ledger.registration.history import obstacle
from ..ledger.registration.ingredients import Ingredients, differences
from ..ledger.registration.registration import Registration, Shelf
from ..report.archive import near
from ..run.collection import claim_of, takes_time
from ..run.evaluate import evaluation, made_of
from ..run.options import CONFIRM, TIER
from ..run.session import Session
from ..spec.declaration import Claim
from ..trials.sources import Design
from .collect import collect, default_paths
from .output import say
from .parser import add_command
from .verify import with_fixtures

DECIDED = ("supported", "refuted")
WHY = '--reason "the figure"'
EXAMPLES = (
    (f"register plateau {WHY}", "one claim, with its controls"),
    (f"register --all --tier standard {WHY}", "every claim, in one tier"),
    (f"register --all --in claims/test_data.py {WHY}", "those of one file"),
    (f"register plateau --expect refuted {WHY}", "against what the ledger says"),
    (f"register plateau --file data.csv {WHY}", "bound to a file of data"),
    (f"register plateau --again {WHY}", "once more, on other seeds"),
)


@dataclass(frozen=True)
class Candidate:
    """A claim that may be registered: what its verdict follows from, and where it belongs."""

    claim: Claim
    tier: str
    ledger: Path
    root: Path
    timing: bool
    ingredients: Ingredients

    @property
    def shelf(self) -> Shelf:
        return Shelf.beside(self.ledger)

    @property
    def expected(self) -> str:
        """What the ledger says in this tier, where it is decided there, or what the claim says."""
        profiles = profiles_in(self.ledger)
        ledgers = [Ledger(self.ledger, each) for each in profiles if self.tier == tier_in(each)]
        rows = [row for each in ledgers if (row := each.row(self.claim.id))]
        verdicts = {row.verdict for row in rows if row.verdict in DECIDED}
        return verdicts.pop() if len(verdicts) == 1 else self.claim.expected


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = add_command(
        commands,
        "register",
        help="fix what claims will measure before fresh seeds are used",
        about="Write down what claims will measure and what is expected, before any of it is\n"
        "measured on fresh seeds. Commit what it writes; `pytest claims --claims-confirm`\n"
        "then measures just that, once.",
        examples=EXAMPLES,
    )
    parser.add_argument(
        "claims", nargs="*", metavar="CLAIM", help="ids of claims; their controls come along"
    )
    parser.add_argument("--all", action="store_true", help="register every claim")
    parser.add_argument(
        *("--in",),
        dest="paths",
        nargs="+",
        metavar="PATH",
        default=None,
        help="files and folders of claims (default: claims)",
    )
    parser.add_argument("--tier", help="the tier to measure in (default: the first)")
    parser.add_argument(
        "--reason", required=True, help="why, for whoever reads the registration later"
    )
    parser.add_argument(
        "--expect",
        choices=DECIDED,
        help="what is expected of the one claim named (default: what the ledger says)",
    )
    parser.add_argument(
        "--file",
        action="append",
        default=[],
        help="make this file part of what must not change; may be repeated",
    )
    parser.add_argument(
        "--again",
        action="store_true",
        help="register on another block of seeds what was registered and measured before",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the registrations, and say what to do with them."""
    if bool(options.claims) == options.all:
        raise pytest.UsageError("register: name the claims, or give --all")
    if not (reason := " ".join(options.reason.split())):
        raise pytest.UsageError("register: --reason must say why, for whoever reads it later")
    found = candidates(options)
    chosen = wanted(found, options)
    shelves = dict.fromkeys(each.shelf for each in chosen)
    groups = [[each for each in chosen if each.shelf == shelf] for shelf in shelves]
    written = [line for group in groups for line in register(group, reason, options)]
    if not written:
        say("every claim is registered already; --again registers all of them on another block")
        return 0
    say("\n".join(written))
    paths = " ".join(options.paths or default_paths())
    where = f" {TIER.flag}={options.tier}" if options.tier else ""
    say(f"commit them, and then measure: python -m pytest {paths} {CONFIRM.flag}{where}")
    return 0


def candidates(options: argparse.Namespace) -> list[Candidate]:
    """The claims of the project, each once."""
    for name in options.file:
        if not Path(name).is_file():
            raise pytest.UsageError(f"register: there is no file {name}")

    def describe(session: Session, item: pytest.Function) -> Candidate:
        return candidate(session, item, [Path(name).absolute() for name in options.file])

    chosen = [f"{TIER.flag}={options.tier}"] if options.tier else []
    found = collect(options.paths or default_paths(), ("--scaling-device=cpu", *chosen), describe)
    return list({(each.ledger, each.claim.id): each for each in found}.values())


def candidate(session: Session, item: pytest.Function, files: Sequence[Path]) -> Candidate:
    """A collected claim with what its verdict would follow from."""
    claim = claim_of(item)
    assert claim is not None
    ledger = session.ledger(item.path.parent, "cpu").directory
    named = [Path(os.path.relpath(file, ledger.parent)).as_posix() for file in files]
    found: list[Ingredients] = []

    def make(given: Mapping[str, Any]) -> list[str]:
        planned = evaluation(session, item, {**given, "device": "cpu"}, Design())
        found.append(made_of(session, item, planned, named))
        return []

    if broken := with_fixtures(item, make):
        raise pytest.UsageError(f"claim {claim.id!r} cannot be registered: {broken[0]}")
    root, timing = session.config.rootpath, takes_time(item)
    return Candidate(claim, session.tier.name, ledger, root, timing, found[0])


def wanted(found: Sequence[Candidate], options: argparse.Namespace) -> list[Candidate]:
    """The claims that are to be registered, and their controls."""
    known = {each.claim.id for each in found}
    for name in options.claims:
        if name not in known:
            raise pytest.UsageError(f"there is no claim {name!r}{near(name, known)}")
    chosen = [
        each
        for each in found
        if options.all or {each.claim.id, each.claim.control_of} & {*options.claims}
    ]
    timed = [each.claim.id for each in chosen if each.timing]
    if not options.all and timed:
        raise pytest.UsageError(
            f"claim {timed[0]!r} takes times, which hold for one machine at one moment; only "
            f"claims about seeds can be registered"
        )
    if options.expect and len(options.claims) != 1:
        raise pytest.UsageError("register: --expect is about one claim; name just one")
    return [each for each in chosen if not each.timing]


def register(
    chosen: Sequence[Candidate], reason: str, options: argparse.Namespace
) -> Iterator[str]:
    """Write the registrations of claims beside one ledger, all on the next block of seeds.

    Where every claim was asked for, those that are registered as they are stay so.
    """
    shelf, ledger, root = chosen[0].shelf, chosen[0].ledger, chosen[0].root
    if words := obstacle(root):
        raise pytest.UsageError(
            f"`register` needs version control, which shows what came first, and {words}"
        )
    blocks = Blocks.read(shelf.folder)
    if blocks.break_in_history:
        raise pytest.UsageError(blocks.break_in_history)
    past = Past.of(shelf, ledger)
    if options.all and not options.again:
        chosen = [each for each in chosen if not as_registered(each)]
    if not chosen:
        return
    for each in chosen:
        require_new(each, past, again=options.again)
    made = [registration(each, blocks, past, reason, options.expect) for each in chosen]
    yield shown(blocks.append(made))
    yield from (shown(shelf.write(each)) for each in made)
    first = made[0]
    also = f" and {len(made) - 1} more" if len(made) > 1 else ""
    yield (
        f"registered {first.claim}{also} in the tier {first.tier}: block {first.block}, "
        f"{first.seeds}; {in_words(first.log)}"
    )


def as_registered(each: Candidate) -> bool:
    """Whether a claim has a registration, and nothing of it has changed since."""
    old = each.shelf.registration(each.tier, each.claim.id)
    return old is not None and not list(differences(old.ingredients, each.ingredients))


def require_new(each: Candidate, past: Past, *, again: bool) -> None:
    """Raise pytest.UsageError where a claim is registered as it is."""
    claim, tier = each.claim.id, each.tier
    old = each.shelf.registration(tier, claim)
    if old is None or not as_registered(each):
        return
    outcome = past.outcome(old.hash)
    if outcome == "not run":
        raise pytest.UsageError(
            f"claim {claim!r} is registered already in the tier {tier}, block {old.block}, and "
            f"has not been measured there; run pytest with {CONFIRM.flag}"
        )
    if not again:
        raise pytest.UsageError(
            f"claim {claim!r} was registered already in the tier {tier}, block {old.block}, and "
            f"is {outcome}; --again takes another block, and the attempt log shows both"
        )


def registration(
    each: Candidate, blocks: Blocks, past: Past, reason: str, expect: str | None
) -> Registration:
    """The registration of one claim in the next block."""
    claim, tier = each.claim.id, each.tier
    expected = expect if expect and not each.claim.is_control else each.expected
    return Registration(
        claim,
        tier,
        expected,
        blocks.next,
        each.ingredients,
        reason,
        commit(each.root) or "",
        dict(past.log(blocks, tier, claim, each.ingredients["protocol"])),
    )
