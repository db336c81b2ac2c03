"""Which of two prompts answers more questions? Both were run before; only their logs are read."""

from pathlib import Path

from pytest_scaling import claim, control, scores

LOGS = Path(__file__).parent / "logs"
PROMPT_A = scores(LOGS / "samples_prompt-a.jsonl", label="prompt A")
PROMPT_B = scores(LOGS / "samples_prompt-b.jsonl", label="prompt B")


@claim(
    "prompt-b-answers-more",
    "Prompt B answers five questions in a hundred more than prompt A",
    smallest_effect=0.05,
    given={"old": PROMPT_A, "new": PROMPT_B},
)
@control(
    "prompt-a-answers-more",
    "Prompt A answers five questions in a hundred more than prompt B",
    given={"old": PROMPT_B, "new": PROMPT_A},
)
def test_the_new_prompt_answers_more(compare, old, new, smallest_effect):
    assert compare(old, new, cluster="document") > smallest_effect


@claim(
    "prompt-b-answers-far-more",
    "Prompt B answers twenty questions in a hundred more than prompt A",
    smallest_effect=0.20,
)
def test_the_new_prompt_answers_far_more(compare, smallest_effect):
    assert compare(PROMPT_A, PROMPT_B, cluster="document") > smallest_effect
