"""Writes the two logs of this example, as lm-evaluation-harness would with --log_samples.

No model is asked: prompt B is made to answer 70 of 100 questions and prompt A 48, more on easy
documents and fewer on hard ones. Put logs of your own in their place.
"""

import json
import random
from pathlib import Path

LOGS = Path(__file__).parent / "logs"
RATES = {"prompt-a": 0.48, "prompt-b": 0.70}
DOCUMENTS, QUESTIONS = 60, 5


def lines(name, rate):
    luck = random.Random(name)
    for item in range(DOCUMENTS * QUESTIONS):
        document = item // QUESTIONS
        ease = random.Random(document).gauss(0, 0.15)
        right = luck.random() < rate + ease
        yield {
            "doc_id": item,
            "doc": {"question": f"question {item}", "document": f"text-{document}"},
            "target": "yes",
            "resps": [["yes" if right else "no"]],
            "filtered_resps": ["yes" if right else "no"],
            "filter": "none",
            "metrics": ["exact_match"],
            "doc_hash": f"{item:08x}",
            "exact_match": float(right),
        }


if __name__ == "__main__":
    LOGS.mkdir(exist_ok=True)
    for name, rate in RATES.items():
        text = "".join(f"{json.dumps(line)}\n" for line in lines(name, rate))
        (LOGS / f"samples_{name}.jsonl").write_text(text, encoding="utf-8")
