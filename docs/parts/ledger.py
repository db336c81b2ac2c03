"""What pages say about the verdicts on the lecture: tables made from the committed ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from claims.coverage import Statement, statements
from pytest_scaling.ledger.ledger import Ledger, profiles_in
from pytest_scaling.ledger.registration.standing import CONFIRMED, of_row
from pytest_scaling.ledger.words import conflicts
from pytest_scaling.report.answers import Answer, answers, totals
from pytest_scaling.report.citation.moment import beginning
from pytest_scaling.report.words import ICONS

LEDGER = Path(__file__).parents[2] / "claims" / "ledger"
TIERS = ("quick", "standard")  # whose ledgers this repository commits
NOT_MEASURED = "not measured yet"
NO_ROW = "no row"
OPEN = {"inconclusive": "open", "refuted": "refuted", "not applicable": "not applicable"}
SHOWN = "large-dominates"
FIGURES = ("effect", "interval", "bound", "seeds", "verdict")
WORST_FIRST = ("refuted", "inconclusive", "supported")
SECTIONS = (  # of the lecture: where each begins, and what it says in a sentence
    ("01:00", "Traditional learners improve with more data, and then flatten"),
    ("02:22", "Bigger networks and more data each help, and the best results take both"),
    ("03:30", "Both help only up to a point"),
    ("03:45", "With little data, hand-crafted features and details decide who leads"),
    ("05:01", "With plenty of data, large networks lead"),
    ("05:28", "Faster computation and better algorithms, such as ReLU, keep it going"),
)

Answers = Mapping[str, Answer]  # of one tier, by the id of the claim


def answers_of(tier: str, directory: Path = LEDGER) -> Answers:
    """The answers of one tier on the CPU, in the lecture's order; none where it has no rows."""
    profiles = [each for each in profiles_in(directory, "cpu") if each.endswith(f"-{tier}")]
    files = [file for each in profiles for file in Ledger(directory, each).files()]
    if wrong := [file.wrong for file in files if file.wrong]:
        raise ValueError(f"the ledger's {wrong[0]}")
    return {each.id: each for each in answers([file.content for file in files])}


def answers_by_section(directory: Path = LEDGER) -> str:
    """The lecture in six rows: how many claims of each part hold, and which do not, by tier."""
    tiers = [answers_of(tier, directory) for tier in TIERS]
    lines = [heading("at", "the lecture says", *(f"{tier} tier" for tier in TIERS))]
    for (time, sentence), claims in zip(SECTIONS, in_sections(statements()), strict=True):
        lines.append(row(time, sentence, *(holding(claims, tier) for tier in tiers)))
    found = (sums(name, tier, directory) for name, tier in zip(TIERS, tiers, strict=True))
    lines += ["", "  \n".join(found)]
    return "\n".join(lines)


def in_sections(said: Sequence[Statement]) -> list[list[str]]:
    """The ids of the claims of each section, by the time at which the lecture makes them."""
    begins = [time for time, _ in SECTIONS]
    found: list[list[str]] = [[] for _ in SECTIONS]
    for statement in said:
        time = statement.times[0]
        if statement.claims:
            found[sum(begin <= time for begin in begins) - 1].extend(statement.claims)
    return found


def holding(claims: Sequence[str], tier: Answers) -> str:
    """How many of these claims hold in a tier, and which do not, with their verdicts."""
    if not tier:
        return NOT_MEASURED
    rows = [tier[id] for id in claims if id in tier]
    if not rows:
        return NO_ROW
    verdicts = [each.verdict for each in rows]
    held, judged = verdicts.count("supported"), len(rows) - verdicts.count("not applicable")
    worst = next((each for each in WORST_FIRST if each in verdicts), "not applicable")
    others = (
        f"{word}: {names}"
        for verdict, word in OPEN.items()
        if (names := ", ".join(f"`{each.id}`" for each in rows if each.verdict == verdict))
    )
    counted = f"{held} of {judged} {'holds' if held == 1 else 'hold'}" if judged > 1 else ""
    said = [each for each in (counted, *others) if each] or ["supported"]
    return f"{ICONS[worst]} {'; '.join(said)}"


def sums(tier: str, found: Answers, directory: Path) -> str:
    """The verdicts of a tier counted, claims and controls apart, and how many are confirmed."""
    if not found:
        return f"{tier.capitalize()} tier: {NOT_MEASURED}."
    counted = totals(list(found.values()))
    verdicts = [f"{n} {word}" for verdict, word in OPEN.items() if (n := counted.claims[verdict])]
    confirmed = sum(is_confirmed(each, directory) for each in found.values())
    fresh = f" {confirmed} of {len(found)} verdicts on claims were confirmed on fresh seeds."
    return (
        f"{tier.capitalize()} tier: {counted.claims['supported']} of {counted.claims.total()} "
        f"{', '.join(('claims supported', *verdicts))}; "
        f"{counted.controls['refuted']} of {counted.controls.total()} controls refuted, "
        f"as all must be.{fresh if confirmed else ''}"
    )


def is_confirmed(answer: Answer, directory: Path) -> bool:
    """Whether its claim was registered, and has come out alike on seeds that nobody had seen."""
    return of_row(directory, answer.record)["status"] == CONFIRMED


def verdicts_by_claim(directory: Path = LEDGER) -> str:
    """Every claim of the lecture with its verdict in each tier, and what its control says."""
    tiers = {tier: answers_of(tier, directory) for tier in TIERS}
    lines = [heading("time", "claim", *TIERS, "control")]
    for statement in statements():
        for id in statement.claims:
            found = [tier.get(id) for tier in tiers.values()]
            cells = (cell(tier.get(id), tier, directory) for tier in tiers.values())
            time = beginning(statement.times)
            lines.append(row(time, f"`{id}`", *marked(found, [*cells]), control(found)))
    return "\n".join(lines)


def evidence(directory: Path = LEDGER) -> str:
    """The claim that the tutorial is about, comparison by comparison, in the first tier."""
    answer = answers_of(TIERS[0], directory)[SHOWN]
    lines = [heading("task", "the large network against", "rows", *FIGURES)]
    for place in answer.record["cells"]:
        rival = place["learner"] + ("" if place["counted"] else " (beside)")
        for each in place["evidence"]:
            m = each["measured"].rpartition(", ")[2]
            interval = f"[{each['low']:.4f}, {each['high']:.4f}]"
            found = (f"{each['value']:.4f}", interval, f"> {each['bound']:.4f}", str(each["n"]))
            mark = f"{ICONS[each['verdict']]} {each['verdict']}"
            lines.append(row(place["task"], rival, m, *found, mark))
    verdict = f"{ICONS[answer.verdict]} {answer.verdict}"
    return "\n".join((*lines, "", f"Claim: {verdict}. Control: {answer.control.word}."))


def cell(answer: Answer | None, tier: Answers, directory: Path) -> str:
    """A verdict with its mark, and whether it is confirmed."""
    if not tier:
        return NOT_MEASURED
    if not answer:
        return NO_ROW
    status = f", {CONFIRMED}" if is_confirmed(answer, directory) else ""
    return f"{ICONS[answer.verdict]} {answer.verdict}{status}"


def marked(found: Sequence[Answer | None], cells: Sequence[str]) -> Iterator[str]:
    """Verdicts, in bold where one tier supports what another refutes."""
    verdicts = [each.verdict for each in found if each]
    for answer, words in zip(found, cells, strict=True):
        clash = answer and any(conflicts(answer.verdict, other) for other in verdicts)
        yield f"**{words}**" if clash else words


def control(found: Sequence[Answer | None]) -> str:
    """What the control of a claim says in each tier that has measured it."""
    return " / ".join(dict.fromkeys(each.control.word for each in found if each)) or NO_ROW


def heading(*names: str) -> str:
    return f"{row(*names)}\n|{'---|' * len(names)}"


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
