"""Registrations and rows that are made up, in a checkout with real commits."""

import json
import subprocess
from pathlib import Path

from pytest_scaling.ledger.format import dump
from pytest_scaling.ledger.registration.blocks import Blocks
from pytest_scaling.ledger.registration.registration import Registration, Shelf

HASH = "0" * 64
QUICK, STANDARD = (f"cpu-x86_64-float32-deterministic-{tier}" for tier in ("quick", "standard"))


def registration(claim="clear", block=0, **parts):
    """A registration that its schema permits."""
    ingredients = {
        **{"text": "It is so", "protocol": HASH, "body": HASH, "metrics": HASH, "python": "3.11"},
        **{"learners": {"good": HASH}, "tasks": {"sign": HASH}, "files": {}},
        **parts.pop("ingredients", {}),
    }
    log = {"forms": 1, "changes": 0, "confirmations": []}
    return Registration(claim, "quick", "supported", block, ingredients, "why", "a" * 40, log)


class Checkout:
    """A folder under version control, with a ledger and a shelf beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = folder / "ledger"
        self.shelf = Shelf.beside(self.ledger)
        self.git("init", "-q")

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(
            ["git", "-C", str(self.folder), *identity, *arguments], check=True, capture_output=True
        )

    def commit(self) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "next")
        head = subprocess.run(
            ["git", "-C", str(self.folder), "rev-parse", "HEAD"], check=True, capture_output=True
        )
        return head.stdout.decode().strip()

    def row(self, claim: str, protocol: str, profile: str = QUICK) -> None:
        """Commit what the attempt log reads of a row."""
        path = self.ledger / profile / f"{claim}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"claim": {"id": claim}, "verdict": "supported", "protocol": {"hash": protocol}}
        path.write_text(json.dumps(content))
        self.commit()

    def register(self, *made: Registration) -> None:
        Blocks.read(self.shelf.folder).append(made)
        for each in made:
            self.shelf.write(each)

    def replace(self, made: Registration, **content: object) -> None:
        """Write a registration with other content over itself."""
        self.shelf.path(made.tier, made.claim).write_text(dump({**made.content, **content}))
