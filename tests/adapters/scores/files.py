"""Files of scores as other tools write them, small and with planted scores."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def csv(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def lm_eval(path: Path, right: Mapping[int, float], **more: Any) -> Path:
    """A log of lm-evaluation-harness; two questions share a document."""
    lines = [
        {
            "doc_id": item,
            "doc": {"question": f"question {item}", "document": f"text {item // 2}"},
            "target": "yes",
            "arguments": {"gen_args_0": {"arg_0": "...", "arg_1": {"until": ["\n"]}}},
            "resps": [["yes"]],
            "filtered_resps": ["yes"],
            "filter": "strict-match",
            "metrics": ["exact_match"],
            "doc_hash": f"hash of {item}",
            "prompt_hash": "p",
            "target_hash": "t",
            "exact_match": score,
            **more,
        }
        for item, score in right.items()
    ]
    return csv(path, *map(json.dumps, lines))


def sample(item: str, value: Any, epoch: int = 1, **more: Any) -> dict[str, Any]:
    """A sample of inspect_ai."""
    return {
        "id": item,
        "epoch": epoch,
        "input": "question",
        "target": "yes",
        "scores": {"match": {"value": value, "answer": "yes", "explanation": None}},
        "metadata": {"document": item[:1]},
        **more,
    }


HEADER = {
    "version": 2,
    "status": "success",
    "eval": {"task": "qa", "model": "mockllm/model", "dataset": {"samples": 4}},
}


def inspect_json(path: Path, *samples: Mapping[str, Any], **header: Any) -> Path:
    log = {**HEADER, **header, "samples": list(samples)}
    path.write_text(json.dumps(log), encoding="utf-8")
    return path


def inspect_eval(path: Path, *samples: Mapping[str, Any], **header: Any) -> Path:
    """A log of inspect_ai in its zip format."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("_journal/start.json", json.dumps({"version": 2}))
        for each in samples:
            name = f"samples/{each['id']}_epoch_{each['epoch']}.json"
            opened.writestr(name, json.dumps(each))
        opened.writestr("summaries.json", "[]")
        opened.writestr("header.json", json.dumps({**HEADER, **header}))
    return path
