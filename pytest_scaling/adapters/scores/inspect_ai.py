"""Logs of inspect_ai: `.eval`, a zip file, or `.json`.

A log has `status`, `eval` and `samples`; in a zip file `header.json` has the first two and
`samples/ID_epoch_N.json` each sample. A sample has `id`, `epoch`, `scores` by scorer, each with a
`value`, `metadata` of the data set, and `error` where it failed. Letters stand for numbers as in
inspect_ai's `value_to_float`. The format is that of `inspect_ai.log`, version 2 of the log.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...spec.errors import ClaimError
from .table import Row, Table, digest_of, parsed, text_of

LETTERS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}  # correct, partial, incorrect, no answer
WORDS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
AGAIN = "run `inspect eval-retry` on it, and compare the finished log"


def of_zip(name: str, content: bytes) -> Table:
    """A log in a zip file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            header = member(name, opened, "header.json")
            parts = [each for each in opened.namelist() if each.startswith("samples/")]
            samples = [member(name, opened, each) for each in sorted(parts)]
    except zipfile.BadZipFile as damage:
        raise ClaimError(f"{name} is no log of inspect_ai ({damage}); write it again") from None
    except NotImplementedError:
        raise ClaimError(
            f"{name} is compressed in a way that this Python cannot read; write it with "
            f"`inspect log convert --to json`"
        ) from None
    return table(name, digest_of(content), header, samples)


def member(name: str, opened: zipfile.ZipFile, part: str) -> Row:
    """One JSON file of a zip file."""
    try:
        return parsed(f"{name}, {part}", text_of(f"{name}, {part}", opened.read(part)))
    except KeyError:
        raise ClaimError(f"{name} has no {part}: the run did not finish; {AGAIN}") from None


def of_json(name: str, content: bytes) -> Table:
    """A log in a JSON file."""
    log = parsed(name, text_of(name, content))
    if "eval" not in log or not isinstance(log.get("samples"), list):
        raise ClaimError(
            f"{name} is no log of inspect_ai with samples; write one, or give a CSV file or a data "
            f"frame"
        )
    return table(name, digest_of(content), log, log["samples"])


def table(name: str, digest: str, header: Row, samples: Sequence[Row]) -> Table:
    """The samples as a table: a unit is a sample in one epoch, and its epochs belong together."""
    status = header.get("status")
    if status != "success":
        raise ClaimError(f"{name} is the log of a run with the status {status!r}; {AGAIN}")
    for sample in samples:
        if sample.get("error") or not sample.get("scores"):
            raise ClaimError(f"sample {sample.get('id')!r} of {name} has no score; {AGAIN}")
    rows = [{**sample, **dict(values(sample["scores"]))} for sample in samples]
    choices = tuple(key for key, _ in values(samples[0]["scores"])) if samples else ()
    only = choices[0] if len(choices) == 1 else ""
    repeated = any(sample.get("epoch", 1) != 1 for sample in samples)
    unit = ("id", "epoch") if repeated else ("id",)
    return Table(name, digest, rows, unit, only, choices, cluster="id" if repeated else "")


def values(scores: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Scores by name, as numbers; "scorer.key" where a scorer gives several."""
    for scorer, score in scores.items():
        value = score.get("value") if isinstance(score, Mapping) else score
        if isinstance(value, Mapping):
            yield from ((f"{scorer}.{key}", number(each)) for key, each in value.items())
        else:
            yield str(scorer), number(value)


def number(value: Any) -> Any:
    """A letter or a word as the number that it stands for; anything else unchanged."""
    if not isinstance(value, str):
        return value
    return LETTERS.get(value, WORDS.get(value.lower(), value))
