"""Wrong input: a message says what, where and what to do, in one sentence without a traceback."""

import os
import re

import pytest

from tests.acceptance.project import body, outcomes, output, stated

DAMAGED_STORE = "SQLite format 3\0this was no database\n" * 100
USAGE = pytest.ExitCode.USAGE_ERROR
COMPARE = "compare, task, m_small, smallest_effect"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["--scaling-tier=huge"],
            "there is no tier 'huge' for --scaling-tier; use quick, standard, full",
        ),
        (
            ["--scaling-device=gpu"],
            "there is no device 'gpu'; use cpu, cuda, cuda:N, mps, xpu, all or auto",
        ),
        (
            ["--scaling-device="],
            "there is no device ''; use cpu, cuda, cuda:N, mps, xpu, all or auto",
        ),
        (
            ["--scaling-device=cuda"],
            "device 'cuda' was requested and is not available (devices here: cpu); "
            "name one of these, or `auto`",
        ),
        (["--scaling-device=cuda", "-n2"], "device 'cuda' was requested and is not available"),
        (["--scaling-workers=-1"], "--scaling-workers takes a number from 0 on, not -1"),
        (["--claims-seed-offset=many"], "argument --claims-seed-offset: invalid int value: 'many'"),
        (
            ["--claims-seed-offset=-1"],
            "--claims-seed-offset takes 0, or a number from 30 to 99970, not -1: seeds further on "
            "belong to replicates, and from 1000000 on to tuning",
        ),
        (["--claims-seed-offset=99971"], "from 30 to 99970, not 99971: seeds further on belong to"),
        (["--claims-seed-offset=1000000", "-n2"], "from 30 to 99970, not 1000000"),
        (
            ["--claims-seed-offset=1"],
            "--claims-seed-offset takes 0, or a number from 30 to 99970, not 1: a run without it "
            "may use the seeds from 0 to 29, and a replication must share none of them",
        ),
        (["--claims-seed-offset=29", "-n2"], "from 30 to 99970, not 29: a run without it may use"),
        (
            ["--scaling-backend=dask"],
            "--scaling-workers belongs to --scaling-backend=local; a cluster has workers",
        ),
        (["--scaling-backend=ray"], "argument --scaling-backend: invalid choice: 'ray'"),
        (
            ["--scaling-scheduler=tcp://127.0.0.1:1"],
            "--scaling-scheduler belongs to --scaling-backend=dask",
        ),
        (
            ["--claims-inconclusive=maybe"],
            "argument --claims-inconclusive: invalid choice: 'maybe'",
        ),
        (["--scaling-tasks=sign,sine"], "there is no task 'sine'; use sign"),
    ],
)
def test_an_option_that_means_nothing_ends_the_run(project, options, sentence):
    project.claims(stated("clear"))
    result = project.run(*options)
    assert result.ret == USAGE
    assert sentence in output(result)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("scaling_tier = huge", "there is no tier 'huge'"),
        ("claims_inconclusive = maybe", "--claims-inconclusive takes report or fail, not 'maybe'"),
        ("scaling_device = gpu", "there is no device 'gpu'"),
    ],
)
def test_so_does_a_setting_in_the_ini_file(project, line, sentence):
    project.pytester.makeini(f"[pytest]\n{line}\n")
    result = project.run()
    assert result.ret == USAGE
    assert sentence in output(result)


def test_a_cluster_without_an_address_ends_the_run(project):
    result = project.plain("--scaling-backend=dask")
    assert result.ret == USAGE
    assert (
        "--scaling-backend=dask needs --scaling-scheduler=ADDRESS, as in tcp://127.0.0.1:8786"
    ) in output(result)


def test_so_does_a_variable_of_the_environment(project, monkeypatch):
    monkeypatch.setenv("PYTEST_SCALING_WORKERS", "several")
    result = project.plain()
    assert result.ret == USAGE
    assert "--scaling-workers takes a number from 0 on, not 'several'" in output(result)


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_store_that_cannot_be_written_ends_the_run(project, workers):
    project.claims(stated("clear"), stated("open", "inconclusive"))
    (project.path / "file").write_text("")
    result = project.run(workers, store="file/trials.db")
    assert result.ret == USAGE
    sentences = re.findall(
        r"ERROR: The store file/trials.db cannot be opened for writing \(.*\); "
        r"name another file with `--scaling-store`\.$",
        output(result),
        re.MULTILINE,
    )
    assert len(sentences) == 1


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_file_that_is_no_store_ends_the_run_and_is_left_alone(project, workers):
    project.claims(stated("clear"))
    for name in ("thesis.txt", "pipe"):
        path = project.path / name
        path.write_text("chapter 1\n") if name == "thesis.txt" else os.mkfifo(path)
        result = project.run(workers, store=name)
        assert result.ret == USAGE
        assert re.search(
            rf"ERROR: The store {name} is not a .*; name another file with `--scaling-store`\.$",
            output(result),
            re.MULTILINE,
        )
        assert [each.name for each in project.path.glob(f"{name}*")] == [name]


def test_a_home_that_nobody_has_is_a_usage_error(project):
    project.claims(stated("clear"))
    result = project.run(store="~nobody-at-all/s.db")
    assert result.ret == USAGE
    assert "names '~nobody-at-all/s.db', and there is no such home; name a file" in output(result)


def test_a_damaged_store_is_set_aside_and_the_run_goes_on(project):
    project.claims(stated("clear"))
    for workers in ("-n0", "-n2"):
        store = f"damaged{workers}.db"
        (project.path / store).write_text(DAMAGED_STORE)
        result = project.run(workers, "-v", store=store)
        assert outcomes(result) == {"clear": "PASSED"}
        assert (
            f"The store {store} is damaged (file is not a database); "
            f"it was set aside as {store}.set-aside-1 and a new one was started."
        ) in output(result)
        kept = project.path / f"{store}.set-aside-1"
        assert kept.read_text() == DAMAGED_STORE


def test_a_ledger_that_is_no_folder_is_an_error_in_one_sentence(project):
    project.claims(stated("clear"))
    (project.path / "file").write_text("")
    result = project.run("--claims-ledger=file", "--claims-update=new", "--claims-reason=why not")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    text = output(result)
    assert re.search(r"the ledger's \S*clear\.json cannot be read \(NotADirectoryError: ", text)
    assert "Traceback" not in text


def test_a_report_that_cannot_be_written_is_told_of_at_the_end(project):
    project.claims(stated("clear"))
    (project.path / "file").write_text("")
    result = project.run("--scaling-report=file")
    assert result.ret == USAGE
    assert re.search(r"^report: not written: .*file", output(result), re.MULTILINE)


TWINS = (
    r"two claims have the id 'twin', test_twin\[cpu\] at test_claims\.py:\d+ and "
    r"test_twin\[cpu\] at test_more\.py:\d+; give one of them another id"
)


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_two_claims_with_one_id_fail_and_nothing_else_does(project, workers):
    project.claims(stated("twin"), stated("single"), "def test_ordinary(): pass\n")
    project.claims(stated("twin"), file="test_more.py")
    result = project.run(workers)
    result.assert_outcomes(passed=2, errors=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert len(re.findall(f"^{TWINS}$", output(result), re.MULTILINE)) == 2


def test_a_run_that_only_collects_ends_with_the_mistake(project):
    project.claims(stated("twin"))
    project.claims(stated("twin"), file="test_more.py")
    result = project.run("--collect-only")
    assert result.ret == USAGE
    assert re.search(f"ERROR: {TWINS}", output(result))


STRAY = (
    r"claim 'small', test_small\[cpu\] at test_claims\.py:\d+, is named as a control of 'bigg', "
    r"but its file has no claim of that id; a control stands beside its claim"
)


@pytest.mark.parametrize("options", [(), ("-k", "big"), ("test_claims.py",), ("-n2",)])
def test_a_control_of_no_claim_fails(project, options):
    project.claims(stated("big"), stated("small", control_of="'bigg'"))
    project.claims(stated("bigg"), file="test_more.py")  # not beside it
    result = project.run(*options)
    assert result.parseoutcomes()["errors"] == 1
    assert len(re.findall(f"^{STRAY}$", output(result), re.MULTILINE)) == 1


def test_a_control_without_its_claim_in_the_selection_is_no_mistake(project):
    grouped = "class TestAll:\n" + stated("big").replace("\n", "\n    ").replace(
        "(compare", "(self, compare"
    )
    project.claims(grouped, stated("small", "refuted", control_of="'big'"))
    result = project.run("-v", "test_claims.py::test_small")
    assert outcomes(result) == {"small": "PASSED"}


def test_every_parameter_of_a_claim_makes_a_claim_with_a_row_of_its_own(project):
    parametrized = "import pytest\n@pytest.mark.parametrize('k', [1, 'Two', good, [4]])"
    project.claims(parametrized + body("k", "exact, k", "assert exact(bool(k), 'k')"))
    result = project.run("-v", "--claims-update=new", "--claims-reason=first")
    result.assert_outcomes(passed=4)
    assert "k-two: supported" in output(result)
    rows = [path.stem for path in sorted(project.rows.glob("*.json"))]
    assert rows == ["k-1", "k-3", "k-good", "k-two"]
    project.run("-k", "k-two").assert_outcomes(passed=1, deselected=3)


def test_a_control_is_that_of_its_own_parameter(project):
    project.claims(
        "import pytest\nfrom pytest_scaling import control\n"
        "@pytest.mark.parametrize('k', [1, 2])\n"
        "@claim('k', 'It is so', given={'sign': 1})\n"
        "@control('not-k', 'It is not', given={'sign': -1})\n"
        "def test_k(exact, k, sign):\n    assert exact(k * sign > 0, 'k')\n"
    )
    result = project.run("-v")
    result.assert_outcomes(passed=4)
    assert "k-2: supported (always; control refuted)" in output(result)


FORMS = {  # what @claim stands on, and what is said of it
    "class": ("class TestIt: pass", "stands on a class"),
    "coroutine": ("async def test_it(exact): pass", "stands on a coroutine"),
    "generator": ("def test_it(exact):\n    yield", "stands on a generator"),
    "partial": ("test_it = claim('f', 'f')(__import__('functools').partial(print))", "a partial"),
}


@pytest.mark.parametrize(("source", "sentence"), FORMS.values(), ids=FORMS)
def test_a_claim_on_anything_but_a_function_is_told_so(project, source, sentence):
    head = "" if "partial" in source else "@claim('it', 'It is so')\n"
    project.claims(head + source + "\n")
    result = project.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert sentence in output(result)
    assert "put @claim on a plain test function, above all other decorators" in output(result)


def test_a_claim_in_a_unittest_case_fails_and_says_what_to_do(project):
    project.claims(
        "import unittest\nclass TestIt(unittest.TestCase):\n"
        "    @claim('it', 'It is so')\n    def test_it(self): pass\n"
        "    def test_ordinary(self): pass\n"
    )
    result = project.run()
    result.assert_outcomes(passed=1, errors=1)
    assert (
        "claim 'it', test_it at test_claims.py:5, is a method of a unittest.TestCase, which gives "
        "it no fixtures; make it a function, or a method of a plain class"
    ) in output(result)


def test_a_claim_on_a_fixture_fails_what_uses_it(project):
    project.claims(
        "import pytest\ndef fixed(): return 1\n"
        "carries = claim('it', 'It is so')(fixed)\n"
        "del carries.pytestmark  # which pytest 9 refuses itself\n"
        "it = pytest.fixture(name='it')(carries)\n"
        "def test_it(it): pass\n"
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    assert "claim 'it' stands on the fixture 'it', which is not a test" in output(result)


def test_python_without_asserts_is_refused(project, monkeypatch):
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    project.claims(stated("it", "refuted"), "def test_ordinary(): pass\n")
    result = project.run()
    result.assert_outcomes(passed=1, errors=1)
    assert "cannot be judged under `python -O` or PYTHONOPTIMIZE" in output(result)


@pytest.mark.parametrize("mark", ["xfail", "flaky", "numerics(seed=1)"])
def test_a_mark_that_a_claim_cannot_honour_is_refused(project, mark):
    project.claims(f"import pytest\n@pytest.mark.{mark}" + stated("it", "refuted"))
    result = project.run()
    assert result.parseoutcomes().get("xfailed") or result.parseoutcomes()["errors"] == 1
    assert f"is marked {mark.partition('(')[0]}, but" in output(result)


UNASSERTED = {
    "not asserted": "compare({}, good, task=task, m=m_small) > smallest_effect",
    "caught": "try:\n        assert compare({}, good, task=task, m=m_small) > smallest_effect\n"
    "    except BaseException: pass",
    "caught and left": "import pytest\n    try:\n"
    "        assert compare({}, good, task=task, m=m_small) > smallest_effect\n"
    "    except AssertionError: pytest.skip('no')",
}


@pytest.mark.parametrize("line", UNASSERTED.values(), ids=UNASSERTED)
@pytest.mark.parametrize("verdict", ["supported", "refuted", "inconclusive"])
@pytest.mark.parametrize("option", [(), ("--assert=plain",)], ids=["rewritten", "plain"])
def test_a_comparison_that_decides_nothing_is_never_a_pass(project, line, verdict, option):
    project.claims(body("it", COMPARE, line.format(f"rivals[{verdict!r}]")))
    result = project.run("-v", *option)
    asserted = "assert" in line
    right = {"supported": "PASSED", "refuted": "FAILED", "inconclusive": "INCONCLUSIVE"}[verdict]
    assert outcomes(result)["it"] in ({right, "ERROR"} if asserted else {"ERROR"})


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("assert abs({}) > 0.05", "write `assert equivalent(estimate, bound)`"),
        ("assert {} == 0.05", "write `assert equivalent(estimate, bound)`"),
        ("assert {} == __import__('pytest').approx(0.05)", "was asked whether it equals a number"),
        ("assert {}", "write `assert estimate > bound`"),
    ],
)
def test_a_use_that_has_no_verdict_is_told_so(project, line, sentence):
    gap = "compare(rivals['supported'], good, task=task, m=m_small)"
    project.claims(body("it", COMPARE, line.format(gap)))
    result = project.run("-v")
    assert outcomes(result) == {"it": "ERROR"}
    assert sentence in output(result)


def test_at_least_means_more_than(project):
    gap = "compare(rivals['supported'], good, task=task, m=m_small)"
    project.claims(body("it", COMPARE, f"assert {gap} >= smallest_effect"))
    assert outcomes(project.run("-v")) == {"it": "PASSED"}


THINGS = {
    "tasks=[Sign]": "claim 'it' names the class Sign, which is no task: give an instance of it, as "
    "in Sign()",
    "tasks=['sign']": "claim 'it' names 'sign', which is no task: it has no name, classes, draw, "
    "test_set",
    "learners=[3]": "claim 'it' names 3, which is no learner: it has no name, settings, "
    "fit_predict",
    "beside=[3]": "claim 'it' names 3 beside, which is neither a task nor a learner: it has no",
}


@pytest.mark.parametrize(("header", "sentence"), THINGS.items(), ids=THINGS)
def test_something_that_is_no_learner_or_task_is_told_where_it_is_named(project, header, sentence):
    name, _, value = header.partition("=")
    project.claims(stated("it", **{name: value}))
    assert f"test_claims.py:4: {sentence}" in output(project.run())


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("compare(3, good, task=task, m=m_small)", "3 is no learner: it has no name"),
        ("compare(good, good, task=good, m=m_small)", "is no task: it has no classes, draw"),
        ("compare(good, good, task=task, m=0)", "m must be a whole number of training rows"),
    ],
)
def test_it_is_told_where_it_is_compared_too(project, call, sentence):
    project.claims(body("it", COMPARE, f"assert {call} > smallest_effect"))
    result = project.run("-v")
    assert outcomes(result) == {"it": "ERROR"}
    assert sentence in output(result)


HEADERS = {  # in the order of their files: what is wrong in a header, and its message
    "nan": ("smallest_effect=float('nan')", "the bound smallest_effect is nan, not a number"),
    "infinite": ("bounds={'far': float('inf')}", "the bound far is inf, not a number"),
    "text": ("smallest_effect='0.1'", "the bound smallest_effect is '0.1', not a number"),
    "negative": ("smallest_effect=-0.1", "smallest_effect must be above zero"),
    "strength": (
        "strength='mostly'",
        "claim 'it' has strength 'mostly'; it must be one of always, usually, sometimes",
    ),
    "level": ("level=0.7", "level 0.7 is not between 0 and 0.5"),
    "parts": (
        "parts=2",
        "claim 'it' has 'parts', which is no longer needed: the comparisons that its body makes "
        "are counted; take it out",
    ),
    "no_time": (
        "source=Source('Talk').at()",
        "Source.at() for 'Talk' takes one time, or pairs of from and to; it was given 0",
    ),
    "odd_times": ("source=Source('Talk').at('1:00', '2:00', '3:00')", "it was given 3"),
    "bad_time": (
        "source=Source('Talk').at('5 min')",
        "the time '5 min' in 'Talk' is not minute:second",
    ),
    "bad_seconds": ("source=Source('Talk').at('1:60')", "the time '1:60' in 'Talk' is not"),
    "misspelt": ("smalest_effect=0.1", "claim 'it' has 'smalest_effect'; a header has "),
    "one_task": ("tasks=sign", "claim 'it': tasks must be a list, not Sign("),
}


def test_a_header_that_cannot_be_judged_is_told_of_with_its_line(project):
    for name, (header, _) in HEADERS.items():
        project.claims(f'@claim("it", "It is", {header})\ndef test(): ...', file=f"test_{name}.py")
    project.claims('@claim("Big One", "It is")\ndef test(): ...', file="test_id.py")
    result = project.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    text = output(result)
    assert "test_id.py:3: claim id 'Big One' must be lower-case words joined by" in text
    for name, (_, sentence) in HEADERS.items():
        assert re.search(rf"^test_{name}\.py:3: .*{re.escape(sentence)}", text, re.MULTILINE), name
    assert "declaration.py" not in text  # no place within the plugin


MISTAKES = {  # a claim's body, and the message about it
    "nan": (
        "assert compare(good, good, task=task, m=64) > float('nan')",
        "error of good minus good on sign, m = 64 was compared with nan, which is not a number",
    ),
    "undeclared": (
        "assert compare(good, good, task=task, m=64) > 0.07",
        "error of good minus good on sign, m = 64 was compared with 0.07, but sampling used "
        "smallest_effect = 0.05; declare the bound in @claim and measure with it",
    ),
    "no-such-bound": (
        "assert compare(good, good, task=task, m=64, bound='flat') > 0.05",
        "claim 'no-such-bound' measures with the bound 'flat' but declares smallest_effect; "
        "declare it in @claim",
    ),
    "silent": (
        "compare",
        "claim 'silent' ended without a comparison; its body must assert an estimate against "
        "a bound, or exact(...)",
    ),
    "not-asserted": (
        "compare(good, good, task=task, m=64) > smallest_effect",
        "claim 'not-asserted' made a comparison and did not assert it: error of good minus good "
        "on sign, m = 64 is 0.0000",
    ),
    "denied": (
        "assert not compare(good, good, task=task, m=64) > smallest_effect",
        "assert every comparison, and write < for `not` >",
    ),
    "raising": (
        "assert compare(Raising(), good, task=task, m=64) > smallest_effect",
        "raising on sign, m = 64, seeds 0-4: ValueError: these rows are too heavy",
    ),
    "untuned": (
        "assert compare(Untuned(), good, task=task, m=64) > smallest_effect",
        "untuned has no settings for sign with m = 64; tune it first",
    ),
    "metric": (
        "assert compare(good, good, task=task, m=64, metric='beauty') > smallest_effect",
        "there is no metric 'beauty'; these trials have error, majority_error",
    ),
}


def test_a_mistake_in_a_body_is_told_in_one_sentence(project):
    project.claims(*(body(id, COMPARE, line) for id, (line, _) in MISTAKES.items()))
    result = project.run("-v")
    assert outcomes(result) == dict.fromkeys(MISTAKES, "ERROR")
    assert result.ret == 1
    text = output(result)
    for id, (_, sentence) in MISTAKES.items():
        name = id.replace("-", "_")
        assert re.search(
            rf"^_+ ERROR at call of test_{name}\[cpu\] _+\n.*{re.escape(sentence)}",
            text,
            re.MULTILINE,
        ), id


@pytest.mark.parametrize("options", [("-v",), ("--collect-only",)])
def test_a_claim_without_what_its_body_takes_is_told_of(project, options):
    project.claims(
        body("taskless", COMPARE, "assert False", tasks="None"),
        body("learnerless", "compare, task, learner", "assert False"),
        stated("clear"),
    )
    result = project.run(*options)
    text = output(result)
    if "-v" in options:
        expected = {"taskless": "ERROR", "learnerless": "ERROR", "clear": "PASSED"}
        assert outcomes(result) == expected
        assert (
            "claim 'taskless' takes `task` but names no tasks; give tasks=... to @claim "
            "or list them in the hook pytest_scaling_tasks"
        ) in text
        assert (
            "claim 'learnerless' takes `learner` but names no learners; give learners=... to @claim"
        ) in text


MISUSES = {
    "called": "compare(1, 2)",
    "compared": "assert m_small == 256",
    "looked_into": "bounds.flat",
    "counted": "range(m_small)",
    "added": "m_small + 1",
    "truth": "assert exact",
}


def test_a_measuring_fixture_in_an_ordinary_test_says_where_it_belongs(project):
    for name, line in MISUSES.items():
        fixture = re.search("compare|m_small|bounds|exact", line).group()
        source = f"def test_{name}({fixture}):\n    {line}\n"
        (project.path / f"test_{name}.py").write_text(source)
    (project.path / "test_fixture.py").write_text(
        "import pytest\n@pytest.fixture\ndef half(m_small): return m_small // 2\n"
        "def test_half(half): pass\n"
    )
    result = project.run("-v")
    assert outcomes(result) == {name.replace("_", "-"): "FAILED" for name in MISUSES} | {
        "half": "ERROR"
    }
    text = output(result)
    sentence = "has a value only in the body of a test with @claim, not in other fixtures"
    assert len(re.findall(rf"^E +pytest.UsageError: .*{sentence}", text, re.MULTILINE)) == 7
    assert "measurements.py" not in text
