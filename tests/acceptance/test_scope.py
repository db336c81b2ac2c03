"""The scope of a claim: its tasks and learners, and how they make its verdict."""

from tests.acceptance.project import body, outcomes, output
from tests.experiments.bench import TIERS

COMPARE = "compare, task, m_small, smallest_effect"
TASKS = "[Sign('one'), Sign('two'), Sign('three')]"


PLANTED = {"y": 0.3, "n": 0.1, "o": (0.17, 0.1)}  # supported, refuted and open
VERDICTS = {  # by strength and by what comes out on three tasks
    "always": {"yyy": "supported", "yyn": "refuted", "yyo": "inconclusive", "noy": "refuted"},
    "usually": {
        "yyn": "supported",
        "yyo": "supported",
        "yno": "inconclusive",
        "ynn": "refuted",
        "nno": "refuted",
    },
    "sometimes": {
        "ynn": "supported",
        "yno": "supported",
        "nno": "inconclusive",
        "nnn": "refuted",
    },
}


def by_task(id, planted, **header):
    """A claim that is supported, refuted or left open on each of the tasks, as its letters say."""
    on = dict(zip(("one", "two", "three"), (PLANTED[letter] for letter in planted), strict=False))
    rival = f"Planted('rival-{planted}', on={on})"
    line = f"assert compare({rival}, good, task=task, m=m_small) > smallest_effect"
    return body(id, COMPARE, line, **({"tasks": TASKS} | header))


def test_the_strength_of_a_claim_turns_its_tasks_into_its_verdict(project):
    expected = {
        f"{strength}-{planted}": verdict
        for strength, verdicts in VERDICTS.items()
        for planted, verdict in verdicts.items()
    }
    for id in expected:
        strength, planted = id.split("-")
        source = by_task(id, planted, strength=repr(strength))
        project.claims(source, file=f"test_{strength}_{planted}.py")
    assert {id: record["verdict"] for id, record in project.records().items()} == expected


def test_narrowed_tasks_make_a_partial_verdict(project):
    project.conftest(f"def pytest_scaling_tasks(): return {TASKS}")
    project.claims(
        by_task("suite", "yny", tasks="None"), by_task("elsewhere", "yyy", tasks="[Sign('two')]")
    )
    result = project.run("-v", "-rs", "--scaling-tasks", "one, three")
    assert outcomes(result) == {"suite": "PASSED", "elsewhere": "SKIPPED"}
    result.stdout.fnmatch_lines(
        [
            "SKIPPED * not applicable: none of its tasks was asked for",
            "✓ suite: supported (always, of some of its tasks; no control)",
            "  ✓ one: *",
            "  ✓ three: *",
        ]
    )
    result.stdout.no_fnmatch_line("    two *")


def test_tasks_and_learners_beside_are_shown_and_do_not_count(project):
    project.claims(
        body(
            "beside",
            "compare, task, learner, m_small, smallest_effect",
            "assert compare(learner, good, task=task, m=m_small) > smallest_effect",
            tasks="[sign]",
            learners="[Planted('poor-but-on-two', 0.3, on=dict(two=0.1))]",
            beside="[Sign('two'), Planted('as-good', 0.1)]",
        )
    )
    result = project.run("-v", "--scaling-report=out")
    assert outcomes(result) == {"beside": "PASSED"}
    cells = project.reported("out")["beside"]["cells"]
    assert [
        (cell["task"], cell["learner"], cell["counted"], cell["verdict"]) for cell in cells
    ] == [
        ("sign", "poor-but-on-two", True, "supported"),
        ("sign", "as-good", False, "refuted"),
        ("two", "poor-but-on-two", False, "refuted"),
        ("two", "as-good", False, "refuted"),
    ]
    result.stdout.fnmatch_lines(["  ✗ sign · as-good (beside): *"])


def test_every_learner_of_a_task_must_support_the_claim(project):
    project.claims(
        body(
            "all",
            "compare, task, learner, m_small, smallest_effect",
            "assert compare(learner, good, task=task, m=m_small) > smallest_effect",
            strength="'sometimes'",
            learners="[rivals['supported'], rivals['refuted']]",
        )
    )
    assert project.records()["all"]["verdict"] == "refuted"


def test_a_task_of_other_tiers_is_not_applicable_here(project):
    project.claims(
        by_task("some", "y", tasks="[Sign('one'), Sign('huge', tiers=('standard', 'full'))]"),
        by_task("none", "y", tasks="[Sign('huge', tiers=('standard', 'full'))]"),
    )
    result = project.run("-v", "-rs")
    assert outcomes(result) == {"some": "PASSED", "none": "SKIPPED"}
    assert "not applicable: huge runs in the tiers standard and full" in output(result)
    result.stdout.fnmatch_lines(
        [
            "✓ some: supported (always; no control)",
            "  - huge: huge runs in *",
        ]
    )


SIZES = TIERS["quick"].sizes
AFFORDED = {  # rows, and the largest size up to them
    10**6: SIZES[-1],
    SIZES[-2]: SIZES[-2],
    SIZES[-2] - 1: SIZES[-3],
    SIZES[0]: SIZES[0],
}


def test_the_large_training_set_is_the_largest_that_the_learner_affords(project):
    project.claims(
        *(
            body(
                f"most-{most_rows}",
                "exact, learner, m_large",
                f"assert exact(m_large == {size}, f'{{m_large}} rows')",
                learners=f"[Planted('it', most_rows={most_rows})]",
            )
            for most_rows, size in AFFORDED.items()
        ),
        body(
            "tiny",
            "exact, learner, m_large",
            "assert exact(m_large, 'there are rows')",
            learners="[Planted('tiny', most_rows=10)]",
        ),
        body(
            "none",
            "exact, learner, m_large",
            "assert exact(m_large, 'there are rows')",
            learners="[Planted('absent', most_rows=0)]",
        ),
    )
    result = project.run("-v", "-rs")
    expected = {f"most-{most_rows}": "PASSED" for most_rows in AFFORDED}
    assert outcomes(result) == expected | {"tiny": "SKIPPED", "none": "SKIPPED"}
    assert "not applicable: tiny affords at most 10 rows in the tier quick" in output(result)
    assert "not applicable: absent does not run in the tier quick" in output(result)
