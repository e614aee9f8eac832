"""evalsuite beside lm-eval and inspect, each in processes of its own: what a sample costs, starting, memory, a server.

Run with ``python tests/benchmarks/harnesses.py`` where the extra ``benchmarks`` is installed; ``--only overhead,start``
takes some of the parts. Each command runs a few times; the least CPU time counts, with that of its children. What is
compared is asserted first: every tool must have scored every sample.

overhead
    1,000 samples of a model that answers at once, less 10 of them, by sample. evalsuite's outputs are on the disk when
    they count, inspect's nearly so, lm-eval's when all is over.
start
    ``--help``, and listing tasks: evalsuite with 5,000 task files beside its own, lm-eval with those it comes with.
server
    A server that takes 200 ms, 64 requests at a time: requests a second, beside a bare loop over aiohttp's client.
memory
    Most memory of a run of as many samples as ``--samples`` says (1,000,000 for evalsuite alone, 10,000 for all).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
SERVER = HERE.parent / "servers" / "openai_server.py"
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONSAFEPATH": "1"}
TIMES = 3
TICK = 2.1  # seconds; what was written so shortly before a listing is read again by the next

OURS = """
import sys
from evalsuite.evaluation import evaluate

class Instant:
    fingerprint = "instant"
    batch_size = int(sys.argv[3])
    def generate(self, requests, config):
        return [request.prompt.split(" ")[1] for request in requests]

(report,) = evaluate(Instant(), sys.argv[1], output=sys.argv[2])
print("scored", report.n_samples, report.primary.value)
"""
INSPECT = """
import sys
from inspect_ai import Task, eval as run
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelAPI, ModelOutput, modelapi
from inspect_ai.scorer import match
from inspect_ai.solver import generate

@modelapi(name="instant")
class Instant(ModelAPI):
    async def generate(self, input, tools, tool_choice, config):
        return ModelOutput.from_content(self.model_name, input[-1].text.split(" ")[1])

n, model = int(sys.argv[1]), sys.argv[3]
data = MemoryDataset([Sample(input=f"Say word{i} please.", target=f"word{i}", id=f"s{i}") for i in range(n)])
scorer = match(location="exact")
settings = {"model_base_url": sys.argv[4], "max_tokens": 8} if len(sys.argv) > 4 else {}
(log,) = run(Task(dataset=data, solver=generate(), scorer=scorer), model=model, log_dir=sys.argv[2], display="none",
             max_connections=64, **settings)
assert log.status == "success", log.error
print("scored", log.results.completed_samples, log.results.scores[0].metrics["accuracy"].value)
"""
OURS_HTTP = """
import sys
from evalsuite.evaluation import evaluate
model = f"openai:tiny,base_url={sys.argv[3]},concurrency=64,stream=false"
(report,) = evaluate(model, sys.argv[1], output=sys.argv[2], generation={"max_new_tokens": 8})
assert report.n_errors == 0
print("scored", report.n_samples, report.primary.value)
"""
BARE_HTTP = """
import asyncio, json, sys
import aiohttp

async def main(n, url):
    left = iter(range(n))
    done = 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
        async def work():
            nonlocal done
            for i in left:
                said = [{"role": "user", "content": f"Say word{i} please."}]
                body = {"model": "tiny", "messages": said, "max_tokens": 8, "seed": i, "temperature": 0}
                async with session.post(url + "/chat/completions", json=body) as response:
                    json.loads(await response.read())["choices"][0]["message"]["content"]
                done += 1
        await asyncio.gather(*(work() for _ in range(64)))
    print("scored", done, 0)

asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
"""
LM_EVAL = """task: {name}
dataset_path: json
dataset_kwargs:
  data_files:
    test: {data}
test_split: test
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
generation_kwargs:
  until: ["\\n"]
  max_gen_toks: 8
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
metadata:
  version: 1
"""


@dataclass(frozen=True)
class Took:
    """What a process took, with its children, and what it printed."""

    cpu: float
    wall: float
    peak_mb: float
    said: str


def run(command: list[str], **environment: str) -> Took:
    """Run a command and measure it."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        process = subprocess.Popen(
            command, stdout=said, stderr=complained, env={**os.environ, **OFFLINE, **environment}
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        complained.seek(0)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)[:300]}\n{said.read()[-2000:]}{complained.read()[-4000:]}")
        return Took(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, said.read())


def least(command: list[str], times: int = TIMES) -> Took:
    """Return the run that took the least CPU time."""
    return min((run(command) for _ in range(times)), key=lambda took: took.cpu)


def scored(took: Took, n: int) -> Took:
    """Return it, if it scored as many samples."""
    found = re.search(r"scored (\d+)", took.said)
    assert found, took.said
    assert int(found[1]) == n, took.said
    return took


class Tools:
    """Commands of the three tools for a task of n samples, all in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def fresh(self) -> str:
        """Return a folder that nothing was written to."""
        self.count += 1
        return str(self.folder / f"out{self.count}")

    def task(self, n: int) -> str:
        """Write the task in our form."""
        folder = self.folder / f"ours{n}"
        folder.mkdir(exist_ok=True)
        digest = hashlib.sha256()
        with (folder / "samples.jsonl").open("wb") as file:
            for i in range(n):
                record = {"id": f"s{i}", "input": {"word": f"word{i}"}, "references": [f"word{i}"]}
                line = json.dumps(record).encode() + b"\n"
                digest.update(line)
                file.write(line)
        (folder / "task.toml").write_text(
            f'name = "bench{n}"\nversion = 1\nsummary = "A word."\n'
            f'samples = {{ file = "samples.jsonl", sha256 = "{digest.hexdigest()}" }}\n'
            'prompt = "Say {word} please."\nmetrics = [{ name = "exact_match", primary = true }]\n'
        )
        return str(folder / "task.toml")

    def lm_eval_task(self, n: int, answer: str = "lol") -> str:
        """Write the task in lm-eval's form; its dummy model says "lol"."""
        folder = self.folder / "lm_eval"
        folder.mkdir(exist_ok=True)
        data = folder / f"bench{n}.jsonl"
        data.write_text(
            "".join(json.dumps({"question": f"Say word{i} please.", "answer": answer}) + "\n" for i in range(n))
        )
        (folder / f"bench{n}.yaml").write_text(LM_EVAL.format(name=f"bench{n}", data=data))
        return str(folder)

    def ours(self, n: int, batch_size: int = 64) -> Took:
        """Run ours with a model that answers at once."""
        return scored(run([sys.executable, "-c", OURS, self.task(n), self.fresh(), str(batch_size)]), n)

    def inspect(self, n: int) -> Took:
        """Run inspect with one."""
        return scored(run([sys.executable, "-c", INSPECT, str(n), self.fresh(), "instant/x"]), n)

    def lm_eval(self, n: int) -> Took:
        """Run lm-eval with its own, and let it log the samples as the others do."""
        out = self.fresh()
        folder = self.lm_eval_task(n)
        command = [sys.executable, "-m", "lm_eval", "run", "--model", "dummy", "--tasks", f"bench{n}"]
        took = run([*command, "--include_path", folder, "--output_path", out, "--log_samples"])
        (results,) = Path(out).rglob("results_*.json")
        found = json.loads(results.read_bytes())
        assert found["n-samples"][f"bench{n}"]["effective"] == n
        assert found["results"][f"bench{n}"]["exact_match,none"] == 1.0
        return took


def overhead(tools: Tools) -> None:
    """Print what a sample costs."""
    few, many = 10, 1000
    print(f"CPU milliseconds a sample: a run of {many:,} less one of {few}, by sample; least of {TIMES}")
    runs = {
        "evalsuite, batches of 64": lambda n: tools.ours(n),
        "evalsuite, one by one": lambda n: tools.ours(n, 1),
        "lm-eval (nothing durable before the end)": tools.lm_eval,
        "inspect": tools.inspect,
    }
    for name, command in runs.items():
        costs = [min(command(n).cpu for _ in range(TIMES)) for n in (few, many)]
        print(f"  {name:42} {1000 * (costs[1] - costs[0]) / (many - few):8.3f}   (a run of {few}: {costs[0]:.2f} s)")
    large = 20_000
    costs = [min(tools.ours(n).cpu for _ in range(2)) for n in (few, large)]
    print(f"  {'evalsuite, ' + format(large, ',') + ' samples':42} {1000 * (costs[1] - costs[0]) / large:8.3f}")


def start(tools: Tools) -> None:
    """Print what starting costs."""
    folder = tools.folder / "five_thousand"
    source = (Path(tools.task(10)).read_text(), (Path(tools.task(10)).parent / "samples.jsonl").read_bytes())
    for i in range(5000):
        one = folder / f"t{i:04}"
        one.mkdir(parents=True)
        (one / "task.toml").write_text(source[0].replace('"bench10"', f'"many{i:04}"'))
        (one / "samples.jsonl").write_bytes(source[1])
    ours = [sys.executable, "-m", "evalsuite"]
    listing = [*ours, "list", "tasks", "--include-path", str(folder)]
    os.environ["XDG_CACHE_HOME"] = str(tools.folder / "cache")
    time.sleep(TICK)
    first = run(listing)
    again = least(listing, 7)
    assert "many4999" in first.said
    assert again.said == first.said
    print("CPU seconds of a whole process")
    print(f"  evalsuite --help                           {least([*ours, '--help'], 7).cpu:8.3f}")
    print(f"  evalsuite list tasks, 5,000 files more     {again.cpu:8.3f}   (the first time {first.cpu:.2f})")
    print(f"  lm-eval --help                             {least([sys.executable, '-m', 'lm_eval', '--help']).cpu:8.3f}")
    print(
        f"  lm-eval ls tasks (its own)                 {run([sys.executable, '-m', 'lm_eval', 'ls', 'tasks']).cpu:8.3f}"
    )
    help_ = [sys.executable, "-c", "from inspect_ai._cli.main import main; main()", "--help"]
    print(f"  inspect --help                             {least(help_).cpu:8.3f}")


def server(tools: Tools, n: int = 3200) -> None:
    """Print how many requests a second each gets out of one server."""
    print(f"Requests a second, {n:,} requests, 64 at a time, of a server that takes 200 ms (at most 320), by the")
    print("server's clock from the first request to the last answer; and how busy its 64 places were")
    command = [sys.executable, str(SERVER), "0.2"]
    for name in ("a bare loop", "evalsuite", "lm-eval", "inspect"):
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            _asked(tools, name, n, url)
            with urlopen(f"{url}/measured") as answer:
                measured = json.load(answer)
            process.communicate()
        assert measured["n"] == n
        busy = measured["busy"] / (64 * measured["seconds"])
        print(f"  {name:42} {n / measured['seconds']:8.1f} {100 * busy:8.1f} %")


def _asked(tools: Tools, name: str, n: int, url: str) -> Took:
    if name == "a bare loop":
        return scored(run([sys.executable, "-c", BARE_HTTP, str(n), url]), n)
    if name == "evalsuite":
        return scored(run([sys.executable, "-c", OURS_HTTP, tools.task(n), tools.fresh(), url]), n)
    if name == "inspect":
        model = ["openai-api/tiny/tiny", url]
        return scored(run([sys.executable, "-c", INSPECT, str(n), tools.fresh(), *model], TINY_API_KEY="none"), n)
    folder = tools.lm_eval_task(n)
    arguments = f"model=tiny,base_url={url}/chat/completions,num_concurrent=64,tokenizer_backend=None"
    command = [sys.executable, "-m", "lm_eval", "run", "--model", "local-chat-completions", "--tasks", f"bench{n}"]
    options = ["--model_args", arguments, "--apply_chat_template", "--include_path", folder]
    return run([*command, *options, "--output_path", tools.fresh()], OPENAI_API_KEY="none")


def memory(tools: Tools, n: int) -> None:
    """Print the most memory that runs take."""
    few = min(n, 10_000)
    print(f"Most memory of a process, MB, {few:,} samples")
    for name, command in {"evalsuite": tools.ours, "lm-eval": tools.lm_eval, "inspect": tools.inspect}.items():
        print(f"  {name:42} {command(few).peak_mb:8.0f}")
    took = tools.ours(n)
    name = f"evalsuite, {n:,} samples"
    print(f"  {name:42} {took.peak_mb:8.0f}   ({took.cpu / n * 1e6:.0f} us of CPU each)")


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="overhead,start,server,memory")
    parser.add_argument("--samples", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tools = Tools(Path(folder))
        for name in options.only.split(","):
            {"overhead": overhead, "start": start, "server": server, "memory": lambda t: memory(t, options.samples)}[
                name
            ](tools)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
