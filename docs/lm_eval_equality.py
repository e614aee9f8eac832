"""Hold evalsuite's reading of task files against lm-evaluation-harness itself, prompt by prompt and score by score.

    python docs/lm_eval_equality.py golden       # lm-eval on tests/task/lm_eval_files with rules for a model
    python docs/lm_eval_equality.py model PATH   # both, with the transformers checkpoint at PATH

It needs lm-eval (0.4.13 was used) beside evalsuite; tests compare with the file that ``golden`` writes.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.reference import lm_eval_model

FOLDER = Path(__file__).parents[1] / "tests" / "task" / "lm_eval_files"
TASKS = ("sums", "votes", "names", "phrases", "colours", "letters", "ends", "prose")
REPEATS = {"votes": 3}


def rule_model() -> Any:
    """Return the model of rules as lm-eval has models."""
    from lm_eval.api.model import LM

    class Rules(LM):
        def __init__(self) -> None:
            super().__init__()
            self._asked: Counter[int] = Counter()

        def loglikelihood(self, requests: Any) -> Any:
            return [lm_eval_model.rate(*request.args) for request in requests]

        def loglikelihood_rolling(self, requests: Any) -> Any:
            return [lm_eval_model.rate_text(request.args[0]) for request in requests]

        def generate_until(self, requests: Any) -> Any:
            return [self._write(request) for request in requests]

        def _write(self, request: Any) -> str:
            prompt, settings = request.args
            text = lm_eval_model.write(prompt, self._asked[id(request)])
            self._asked[id(request)] += 1
            for stop in settings["until"]:
                text = text.split(stop)[0]
            return text

    return Rules()


def run_lm_eval(model: Any, **settings: Any) -> dict[str, Any]:
    """Return prompts, filtered outputs and scores by task."""
    import lm_eval
    from lm_eval.tasks import TaskManager

    os.chdir(FOLDER)  # data files are looked for in the current folder there
    tasks = TaskManager(include_path=str(FOLDER), include_defaults=False)
    found = lm_eval.simple_evaluate(
        model=model, tasks=list(TASKS), task_manager=tasks, log_samples=True, bootstrap_iters=0, **settings
    )
    made: dict[str, Any] = {}
    for name in TASKS:
        samples = found["samples"][name]
        by_filter: dict[str, list[Any]] = {}
        for sample in samples:
            by_filter.setdefault(sample["filter"], []).append(sample)
        first = next(iter(by_filter.values()))
        made[name] = {
            "requests": [[list(one) if isinstance(one, tuple) else one for one in s["arguments"]] for s in first],
            "filtered": {key: [s["filtered_resps"][0] for s in each] for key, each in by_filter.items()},
            "scores": {
                key: float(value) for key, value in found["results"][name].items() if "," in key and "stderr" not in key
            },
        }
        if settings:
            made[name]["written"] = [s["resps"][0][0] for s in first]
    return made


def main() -> None:
    """Write golden values, or print both scores side by side."""
    if sys.argv[1:] == ["golden"]:
        made = run_lm_eval(rule_model())
        text = json.dumps(made, indent=1, ensure_ascii=True, default=str)
        (FOLDER / "golden.json").write_text(text + "\n", "ascii")
        return
    import evalsuite
    from evalsuite.runlog import read_log

    path = Path(sys.argv[2]).resolve()
    theirs = run_lm_eval("hf", model_args=f"pretrained={path},dtype=float32", batch_size=1, device="cpu")
    print("| task | metric | lm-eval | evalsuite |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in TASKS:
            (report,) = evalsuite.evaluate(
                f"hf:{path},dtype=float32",
                str(FOLDER / f"{name}.yaml"),
                repeats=REPEATS.get(name, 1),
                output=folder,
                device="cpu",
            )
            for (metric, value), score in zip(theirs[name]["scores"].items(), report.scores, strict=True):
                print(f"| {name} | `{metric}` | {value:.9g} | {score.value:.9g} |")
        for name in ("sums", "votes", "names", "phrases"):
            log = read_log(next(Path(folder).glob(f"*/{name}/*/run.jsonl")))
            ours = [log.outputs[f"{i:05d}", 0, 0].text for i in range(len(theirs[name]["written"]))]
            n_equal = sum(a == b for a, b in zip(ours, theirs[name]["written"], strict=True))
            print(f"{name}: {n_equal} of {len(ours)} texts are equal, {len(set(ours))} of them different")


if __name__ == "__main__":
    main()
