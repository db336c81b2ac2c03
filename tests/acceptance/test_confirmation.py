"""Registered claims: measured once, on seeds that nobody has seen, after what was fixed before."""

import json
import shutil
import subprocess

import pytest

from pytest_scaling.ledger.format import digest, dump
from pytest_scaling.trials.seeds import CONFIRMING_SEEDS
from tests.acceptance.project import body, outcomes, output, stated

USAGE = pytest.ExitCode.USAGE_ERROR
ACCEPT = ("--claims-update=new", "--claims-reason=first verdicts")
CONFIRM = "--claims-confirm"
LEARNERS = f"""
class Seen(Planted):
    '''Errs as planted on the seeds that everybody has seen, and as `good` on all others.'''

    def fit_predict(self, block, settings, device):
        if block.seeds[0] >= {CONFIRMING_SEEDS}:
            settings = {{**settings, "error": 0.1}}
        return super().fit_predict(block, settings, device)

seen = Seen("seen", 0.3, 0.02)
"""
CLAIMS = (
    LEARNERS,
    stated("clear"),
    """
@claim("lucky", "It is so on the seeds that were seen", smallest_effect=0.05, tasks=[sign],
       alternatives={"elsewhere": {"tasks": [Sign("other")]}})
def test_lucky(compare, task, m_small, smallest_effect):
    assert compare(seen, good, task=task, m=m_small) > smallest_effect
""",
)


def git(project, *arguments):
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(
        ["git", *identity, *arguments], cwd=project.path, check=True, capture_output=True
    )


def commit(project, message="next"):
    git(project, "add", ".")
    git(project, "commit", "-qm", message)


@pytest.fixture
def command(project):
    """Run a command of the package in the project, and return its lines and its exit status."""

    def run(*arguments):
        done = project.command(*arguments)
        return done.ret, output(done)

    return run


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the projects below are kept, so that each is made once and then copied."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def explored(project, kept):
    """A committed project with claims and their rows."""

    def make():
        project.claims(*CLAIMS)
        names = ("!*.py", "!.gitignore", "!*/", "!*.json", "!*.jsonl", "out")
        (project.path / ".gitignore").write_text("\n".join(("*", *names)))
        project.run(*ACCEPT)
        git(project, "init", "-q")
        commit(project, "first")

    return once(project, kept / "explored", make)


@pytest.fixture
def registered(explored, kept, command):
    """Both claims are registered, and the registrations committed."""

    def make():
        status, text = command("register", "--all", "--in", ".", "--reason=to be sure")
        assert status == 0, text
        commit(explored, "registered")

    return once(explored, kept / "registered", make)


@pytest.fixture
def measured(registered, kept):
    """Both claims are measured, and the results committed."""

    def make():
        registered.run(CONFIRM)
        commit(registered, "confirmed")

    return once(registered, kept / "measured", make)


def once(project, copy, make):
    """The project as `make` leaves it, copied from an earlier test where there was one."""
    if copy.exists():
        shutil.copytree(copy, project.path, dirs_exist_ok=True)
    else:
        make()
        shutil.copytree(project.path, copy)
    return project


def status_of(records):
    return {id: record["confirmation"]["status"] for id, record in records.items()}


def test_what_was_registered_first_is_confirmed_on_fresh_seeds_or_not(registered):
    measured = registered.run("-v", CONFIRM)
    assert outcomes(measured) == {"clear": "PASSED", "lucky": "FAILED"}
    assert "Not confirmed: supported was expected in block 0." in output(measured)
    results = {path.stem: path for path in registered.path.glob("confirmed/*/*.json")}
    assert sorted(results) == ["clear", "lucky"]
    row = json.loads(results["lucky"].read_text(encoding="utf-8"))
    assert (row["verdict"], row["registration"]["expected"]) == ("refuted", "supported")
    block = set(range(CONFIRMING_SEEDS, CONFIRMING_SEEDS + 30))
    assert all(arm["seeds"] and {*arm["seeds"]} <= block for arm in row["arms"])


def test_the_status_is_in_records_junit_list_and_what_is_cited(registered, command):
    before = registered.records()
    assert status_of(before) == {"clear": "registered", "lucky": "registered"}
    registered.run(CONFIRM)
    commit(registered, "confirmed")
    records = registered.records("--junitxml=junit.xml")
    assert status_of(records) == {"clear": "confirmed", "lucky": "not confirmed"}
    assert {each["arms"][0]["seeds"][0] for each in records.values()} == {0}  # nothing is pooled
    junit = (registered.path / "junit.xml").read_text(encoding="utf-8")
    assert 'name="confirmation" value="not confirmed"' in junit
    assert json.loads((registered.path / "out" / "badge.json").read_text())["message"] == (
        "2 supported, 2 control not run, 1 confirmed, 1 not confirmed"
    )
    _, listed = command("list", ".")
    assert "supported, not confirmed" in listed
    _, cited = command("cite", "lucky", "--ledger=ledger")
    assert "Not confirmed: expected to be supported, and refuted on fresh seeds" in cited
    assert "form 1, no changes after results had been seen, confirmation 1" in cited


def test_a_gate_may_ask_that_all_is_confirmed(explored, command):
    gate = "--claims-gate=confirmed"
    asked = explored.run(gate)
    assert asked.ret == pytest.ExitCode.TESTS_FAILED
    assert "only explored in the tier quick" in output(asked)
    command("register", "clear", "--in", ".", "--reason=r")
    commit(explored)
    explored.run(CONFIRM)
    assert explored.run(gate, "-k", "clear").ret == 0
    text = output(explored.run(gate))
    assert (
        "only explored in the tier quick, where --claims-gate=confirmed asks for more: lucky"
        in (text)
    )


def test_a_registration_has_one_run_whatever_came_of_it(registered):
    registered.run(CONFIRM)
    for committed in (False, True):
        again = registered.run(CONFIRM)
        assert again.ret == USAGE
        sentence = "the registration of 'clear' in the tier quick has had its one run, on block 0"
        assert sentence in output(again)
        if not committed:
            commit(registered, "confirmed")
    shutil.rmtree(registered.path / "confirmed")
    commit(registered, "nobody saw it")
    assert registered.run(CONFIRM).ret == USAGE
    assert not (registered.path / "confirmed").exists()


def test_what_is_left_after_an_interruption_is_measured_later(registered):
    first = registered.run("-v", CONFIRM, "-k", "lucky")
    assert outcomes(first) == {"lucky": "FAILED"}
    assert registered.run(CONFIRM, "-k", "lucky").ret == USAGE
    rest = registered.run("-v", CONFIRM)
    assert outcomes(rest) == {"clear": "PASSED", "lucky": "SKIPPED"}


def test_an_open_result_counts_and_confirms_nothing(explored, command):
    explored.claims(stated("open", "inconclusive"))
    commit(explored)
    command("register", "open", "--in", ".", "--reason=r")
    commit(explored)
    assert outcomes(explored.run("-v", CONFIRM)) == {"open": "INCONCLUSIVE"}
    commit(explored)
    assert explored.run(CONFIRM).ret == USAGE
    assert status_of(explored.records()) == {"open": "not confirmed"}


def test_workers_measure_the_same_and_write_it_once(registered):
    alone = registered.run("-v", CONFIRM)
    files = sorted(registered.path.glob("confirmed/*/*.json"))
    kept = {path.name: path.read_bytes() for path in files}
    shutil.rmtree(registered.path / "confirmed")
    shared = registered.run("-v", CONFIRM, "-n2", store="cold.db")
    assert outcomes(shared) == outcomes(alone)
    assert {path.name: path.read_bytes() for path in files} == kept
    refused = registered.run(CONFIRM, "-n2")
    assert (refused.ret, "has had its one run" in output(refused)) == (USAGE, True)


def test_a_control_is_registered_with_its_claim_and_expected_to_be_refuted(explored, command):
    control = stated("not-clear", "refuted", control_of="'clear'")
    explored.claims(stated("clear"), control)
    commit(explored)
    command("register", "clear", "--in", ".", "--reason=r")
    commit(explored)
    assert outcomes(explored.run("-v", CONFIRM)) == {"clear": "PASSED", "not-clear": "PASSED"}


def uncommitted(project):
    git(project, "rm", "-q", "--cached", "registered/quick/clear.json")
    (project.path / ".gitignore").write_text("*\n!*.py\n!.gitignore\n")
    commit(project)


def dirty(project):
    (project.path / "more.py").write_text("")


def changed(project):
    project.claims(*(each.replace('"It is so"', '"It was so"') for each in CLAIMS))
    commit(project)


def without_git(project):
    shutil.rmtree(project.path / ".git")


def shallow(project):
    deep = project.path / ".git"
    deep.rename(project.path / "deep")
    origin = project.path / "deep"
    subprocess.run(
        ["git", "clone", "-q", "--bare", "--depth=1", f"file://{origin}", str(deep)], check=True
    )
    subprocess.run(["git", "config", "core.bare", "false"], cwd=project.path, check=True)
    git(project, "reset", "-q")
    shutil.rmtree(origin)


def tampered(project):
    path = project.path / "registered" / "blocks.jsonl"
    path.write_text(path.read_text().replace('"block": 0', '"block": 1'))
    commit(project)


def emptied(project):
    (project.path / "registered" / "blocks.jsonl").unlink()
    commit(project)


def edited(project):
    path = project.path / "registered" / "quick" / "lucky.json"
    path.write_text(path.read_text().replace('"supported"', '"refuted"'))
    commit(project)


def damaged(project):
    (project.path / "registered" / "quick" / "clear.json").write_text("{}")
    commit(project)


REFUSALS = {
    uncommitted: "the registration of 'clear' is not in an earlier commit",
    dirty: "--claims-confirm needs a clean tree, so that what was registered is what is measured",
    changed: "claim 'clear' is not what was registered in the tier quick: its text changed",
    without_git: "needs version control, which shows that a registration came before",
    shallow: "this clone is shallow, without its past; `git fetch --unshallow` gets it",
    tampered: "the list of blocks registered/blocks.jsonl was changed at line 1",
    emptied: "does not continue what earlier commits have of it",
    edited: "the registration of 'lucky' is not the one that the list of blocks has for block 0",
    damaged: "the registration registered/quick/clear.json is no claim-registration/v1",
}


@pytest.mark.parametrize("spoil", REFUSALS, ids=lambda spoil: spoil.__name__)
def test_nothing_is_trained_where_a_registration_proves_nothing(registered, spoil):
    spoil(registered)
    refused = registered.run(CONFIRM, store="cold.db")
    assert refused.ret == USAGE
    output(refused)
    (line,) = [line for line in refused.errlines if line.startswith("ERROR")]
    assert REFUSALS[spoil] in line
    assert not (registered.path / "confirmed").exists()


@pytest.mark.parametrize(
    "option", ["--claims-seed-offset=30", "--scaling-tasks=sign", "--claims-strict"]
)
def test_a_confirmation_has_no_options_that_change_it(registered, option):
    refused = registered.run(CONFIRM, option)
    assert refused.ret == USAGE
    assert f"as it was registered; leave out {option.partition('=')[0]}" in output(refused)


def test_a_run_without_a_registered_claim_says_how_to_register_one(explored):
    refused = explored.run(CONFIRM)
    assert refused.ret == USAGE
    assert "no claim here is registered in the tier quick" in output(refused)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "name the claims, or give --all"),
        (("--", "cleer"), "there is no claim 'cleer'; did you mean clear?"),
        (("--tier=huge", "--", "clear"), "there is no tier 'huge'"),
        (("--file=none.txt", "--", "clear"), "there is no file none.txt"),
        (("--expect=refuted", "--", "clear", "lucky"), "--expect is about one claim"),
    ],
)
def test_a_mistake_in_a_registration_is_told_in_one_sentence(
    explored, command, arguments, sentence
):
    status, text = command("register", "--reason=r", "--in", ".", *arguments)
    assert (status, sentence in text) == (USAGE, True), text
    assert not (explored.path / "registered").exists()


def test_a_claim_about_times_cannot_be_registered(explored, command):
    timed = body("timed", "stopwatch, smallest_effect", "assert stopwatch(int, int) > 0.05")
    explored.claims(*CLAIMS, timed)
    status, text = command("register", "timed", "--in", ".", "--reason=r")
    assert (status, "claim 'timed' takes times" in text) == (USAGE, True)
    status, text = command("register", "--all", "--in", ".", "--reason=r")
    assert status == 0
    assert "registered clear and 1 more" in text


def test_a_claim_is_registered_once_as_it_is_and_again_only_on_request(registered, command):
    one = ("register", "lucky", "--in", ".", "--reason=r")
    status, text = command(*one)
    assert (status, "has not been measured there" in text) == (USAGE, True)
    registered.run(CONFIRM)
    commit(registered)
    status, text = command(*one)
    assert (status, "is not confirmed; --again takes another block" in text) == (USAGE, True)
    status, text = command(*one, "--again")
    assert status == 0
    assert "block 1, seeds 10,000,030 to 10,000,059" in text
    assert "confirmation 2" in text
    commit(registered)
    log = json.loads((registered.path / "registered/quick/lucky.json").read_text())["log"]
    assert log["confirmations"] == [{"block": 0, "outcome": "not confirmed"}]
    assert outcomes(registered.run("-v", CONFIRM)) == {"clear": "SKIPPED", "lucky": "FAILED"}


def test_the_log_counts_changes_after_results_had_been_seen(explored, command):
    for effect in ("0.06", "0.07"):
        explored.claims(stated("clear", smallest_effect=effect))
        commit(explored)
        explored.run("--claims-update=changed", "--claims-reason=r")
        commit(explored)
    status, text = command("register", "clear", "--in", ".", "--reason=r")
    assert status == 0
    assert "form 3, 2 changes after results had been seen, confirmation 1" in text
    explored.claims(stated("clear", smallest_effect="0.08"))
    commit(explored)
    status, text = command("register", "clear", "--in", ".", "--reason=r")
    assert "form 4, 3 changes after results had been seen, confirmation 1" in text


USING = """
@claim("clear", "{text}", smallest_effect=0.05, tasks=[sign])
def test_clear(compare, task, m_small, smallest_effect):
    {line}
    assert compare(poor, good, task=task, m=m_small) > smallest_effect
"""
CHANGES = {
    "its text": {"text": "It is not so"},
    "the body of its test": {"line": "assert task.name != 'other'"},
    "the learner poor": {"learner": "0.0 + row.sum() * 0"},
    "the file notes.py": {"note": "# other"},
    "what is measured or how it is judged": {"error": "0.35"},
}


def write(project, text="It is so", line="pass", learner="row.sum() * 0", note="", error="0.3"):
    own = f"""
class Own(Planted):
    def fit_predict(self, block, settings, device):
        fit = super().fit_predict(block, settings, device)
        for row in fit.labels:
            row += int({learner})
        return fit

poor = Own("poor", {error}, 0.02)
"""
    project.claims(own, USING.format(text=text, line=line))
    (project.path / "notes.py").write_text(note)
    commit(project)


@pytest.mark.parametrize("part", CHANGES)
def test_a_confirmation_is_stale_where_what_it_rests_on_has_changed(explored, command, part):
    write(explored)
    command("register", "clear", "--in", ".", "--reason=r", "--file=notes.py")
    commit(explored)
    assert outcomes(explored.run("-v", CONFIRM)) == {"clear": "PASSED"}
    commit(explored)
    assert status_of(explored.records()) == {"clear": "confirmed"}
    write(explored, **CHANGES[part])
    (record,) = explored.records().values()
    assert record["confirmation"]["status"] == "stale"
    assert record["confirmation"]["sentence"].startswith(f"stale: {part}")


def edit(path, change):
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    if "digest" in content:
        content["digest"] = digest(content)
    path.write_text(dump(content), encoding="utf-8")


def of_other_seeds(project):
    (path,) = project.path.glob("confirmed/*/clear.json")
    text = path.read_text(encoding="utf-8").replace("1000000", "700000")
    content = json.loads(text)
    path.write_text(dump(content | {"digest": digest(content)}), encoding="utf-8")


def turned(project):
    (path,) = project.path.glob("confirmed/*/lucky.json")
    edit(path, lambda row: row.update(verdict="supported"))


def without_registration(project):
    (project.path / "registered" / "quick" / "clear.json").unlink()


FAULTS = {
    of_other_seeds: "has seeds outside block 0",
    turned: "was edited, or its claim was: verdict is supported, and computed again it is refuted",
    without_registration: "registered/quick/clear.json is missing, and the list of blocks has it",
    edited: "registered/quick/lucky.json is not what the list of blocks has of it",
    tampered: "the list of blocks registered/blocks.jsonl was changed at line 1",
}


@pytest.mark.parametrize("spoil", FAULTS, ids=lambda spoil: spoil.__name__)
def test_verify_finds_what_does_not_fit_together(measured, command, spoil):
    spoil(measured)
    status, text = command("verify", ".")
    assert (status, FAULTS[spoil] in text) == (1, True), text


def test_verify_finds_a_result_that_came_with_its_registration(explored, command):
    command("register", "clear", "--in", ".", "--reason=r")
    commit(explored)
    explored.run(CONFIRM)
    git(explored, "reset", "-q", "--soft", "HEAD~1")
    commit(explored, "both at once")
    status, text = command("verify", ".")
    assert status == 1
    assert "was not committed after its registration" in text


def test_verify_checks_registrations_and_says_what_it_cannot_know(measured, command):
    unknown = "not checked: whether registrations came first"
    status, text = command("verify", ".")
    assert (status, "verified 2 confirmations" in text, unknown in text) == (0, True, False)
    shutil.rmtree(measured.path / ".git")
    status, text = command("verify", ".")
    assert (status, unknown in text) == (0, True)
