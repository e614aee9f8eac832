"""Write what the documentation says of tasks, metrics and models from the things themselves.

``python docs/generate.py`` writes ``docs/metrics/*.md``, ``docs/tasks/*.md`` and the tables of README.md;
``--check`` only says which of them are out of date, and exits with 1.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from evalsuite.cli.list import entries
from evalsuite.metrics import METRICS
from evalsuite.scoring import task_metrics
from evalsuite.task import load_task
from evalsuite.task.load import tasks_folder

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Write the files, or check them."""
    check = "--check" in sys.argv[1:]
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        print(f"{'out of date' if check else 'written'}: {path.relative_to(ROOT)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text_of(path), encoding="utf-8")
    return int(check and bool(stale))


def pages() -> dict[Path, str]:
    """Return every generated file and its content."""
    found = {ROOT / "README.md": readme()}
    for name in METRICS.names():
        found[ROOT / "docs" / "metrics" / f"{name}.md"] = metric_page(name)
    for name, _ in entries("tasks"):
        found[ROOT / "docs" / "tasks" / f"{name}.md"] = task_page(name)
    return found


def text_of(path: Path) -> str:
    """Return the content of one generated file."""
    return pages()[path]


def readme() -> str:
    """Return README.md with its tables made anew."""
    text = (ROOT / "README.md").read_text("utf-8")
    tables = {
        "tasks": table("task", "what", [(f"[`{n}`](docs/tasks/{n}.md)", s) for n, s in entries("tasks")]),
        "metrics": table("metric", "what", [(f"[`{n}`](docs/metrics/{n}.md)", s) for n, s in entries("metrics")]),
        "models": table("model", "what", [(f"`{n}`", s) for n, s in entries("models")]),
    }
    for name, lines in tables.items():
        text = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m, t=lines: m[1] + t + m[2], text, flags=re.DOTALL
        )
    return text


def table(left: str, right: str, rows: list[tuple[str, str]]) -> str:
    """Return a Markdown table of two columns."""
    return "\n".join([f"| {left} | {right} |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)]) + "\n"


def metric_page(name: str) -> str:
    """Return a metric's page, from its docstring."""
    metric = METRICS.get(name)
    low, high = metric.value_range
    direction = "Higher" if metric.higher_is_better else "Lower"
    facts = f"{direction} is better; from {low:g} to {high:g}. Version {metric.version}. Signature by default:\n"
    made = metric()
    # Inception's weights do not come with the package, and their hash is part of the signature.
    needs_weights = getattr(made, "extractor", None) == "inception_fid"
    signature = f"{name}|extractor:inception_fid:6726825d...|..." if needs_weights else None
    if signature is None:  # that of other weights is of whoever has them
        signature = f"{name}|...|version:{metric.version}" if made.reads_files else made.signature()
    body = markdown(inspect.getdoc(metric) or "")
    first, _, rest = body.partition("\n")
    return f"# `{name}`\n\n{first}\n\n{facts}`{signature}`\n{rest}\n".replace("\n\n\n", "\n\n")


def task_page(name: str) -> str:
    """Return a task's page: the facts of its file, then its own README."""
    task = load_task(name)
    clusters = len({sample.cluster or sample.id for sample in task.samples})
    depths = [sample.depth for sample in task.samples if sample.depth is not None]
    metrics = [f"`{spec.name}`{' (primary)' if spec.primary else ''}" for spec, _ in task_metrics(task)]
    facts = [
        ("version", str(task.version)),
        ("generates", task.modality),
        ("samples", f"{len(task.samples)}, in {clusters} clusters"),
        ("worked examples", str(len(task.fewshot))),
        ("metrics", ", ".join(metrics)),
    ]
    if task.modality == "text":
        facts.insert(4, ("most new tokens", str(task.generation.max_new_tokens)))
    if task.image_shape is not None:
        height, width, channels = task.image_shape
        facts.insert(2, ("image size", f"{height} x {width}, {'grey' if channels == 1 else 'in colours'}"))
    if task.prompt_formats:
        shown = [f"`{one}`{' (default)' if one == task.prompt_format else ''}" for one in task.prompt_formats]
        facts.append(("[prompt formats](../tasks.md#prompt-formats)", ", ".join(shown)))
    if depths:
        facts.insert(3, ("depth", f"{min(depths)} to {max(depths)} steps"))
    request = task.request(task.samples[0], repeat=0, turn=0, history=(), run_seed=0)
    prompt = request.prompt.strip() if request else ""
    own = (tasks_folder() / name / "README.md").read_text("utf-8").strip()
    own = re.sub(r"^# .*\n+", "", own)
    own = re.sub(r"^#", "##", own, flags=re.MULTILINE)
    return (
        f"# `{name}`\n\n{task.summary}\n\n{table('what', 'value', facts)}\n"
        + (f"The first prompt:\n\n```text\n{prompt}\n```\n\n" if prompt else "")
        + f"{own}\n"
    )


def markdown(docstring: str) -> str:
    """Return a numpydoc docstring as Markdown: section titles, code, citations, examples."""
    text = re.sub(r"^(\w[\w ]*)\n-{3,}$", r"## \1\n", docstring, flags=re.MULTILINE)
    text = re.sub(r"^\.\. \[(\d+)\] ", r"\n[\1] ", text, flags=re.MULTILINE)
    text = re.sub(r"\[(\d+)\]_", r"[\1]", text).replace("``", "`")
    text = re.sub(r"^((?:>>>|\.\.\.) .*(?:\n(?!\n|##).*)*)", r"```python\n\1\n```", text, flags=re.MULTILINE)
    text = re.sub(r"^(\w[\w, ]*) : (.*)$", r"- **`\1`** (\2)", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text)


if __name__ == "__main__":
    sys.exit(main())
