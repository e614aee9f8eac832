from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from evalsuite.errors import ModelError
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Request

if TYPE_CHECKING:
    from pathlib import Path

Ask = Callable[..., Request]
SOURCE = """
from evalsuite.types import Output

def shout(prompt, mark="!", times=1, low=False):
    return prompt.lower() + mark if low else prompt.upper() + mark * times

def batch(requests, config):
    return [f"{r.sample_id} {config.max_new_tokens}" for r in requests]

def prompts(prompts): return [p + "." for p in prompts]
def request(request): return Output(text=request.sample_id, finish_reason="length")
def seeded(prompt, *, seed, config): return f"{seed} {config.temperature}"
def number(prompt): return 7
def short(requests): return ["one"]
def text(requests): return "one text"
def surrogate(prompt): return "\\ud800"
def needs(prompt, other): return ""
def nothing(): return ""
async def later(prompt): return ""

class Bot:
    def __init__(self, word="hi"): self.word = word
    def generate(self, requests, config): return [self.word for _ in requests]

class Caller:
    def __call__(self, prompt): return prompt[::-1]

class Broken:
    def __init__(self): raise RuntimeError("no weights")

class Net:
    def forward(self): ...
    def generate(self, input_ids): ...

bot = Bot("yo")
"""


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "my_models.py"
    path.write_text(SOURCE)
    yield path
    for name in ("my_models", "bad_import"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("shout", "A!"),
        ("shout,mark=?", "A?"),
        ("shout,times=3", "A!!!"),
        ("shout,low=true", "a!"),
        ("batch", "a 256"),
        ("prompts", "a."),
        ("request", "a"),
        ("seeded", "9 0.0"),
        ("surrogate", "\ud800"),
        ("Bot", "hi"),
        ("Bot,word=yes", "yes"),
        ("bot", "yo"),
        ("bot.generate", "yo"),
        ("Caller", "a"),
    ],
)
def test_conventions(ask: Ask, spec: str, text: str) -> None:
    model = open_model(f"python:my_models:{spec}")
    assert [o.text for o in model.generate([ask("a", seed=9)] * 2, GenerationConfig())] == [text] * 2
    assert model.generate([], GenerationConfig()) == []
    assert model.spec == f"python:my_models:{spec}"


def test_an_output_is_taken_as_it_is_and_a_text_is_cut(ask: Ask) -> None:
    config = GenerationConfig(stop=("C", "B"))
    assert open_model("python:my_models:request").generate([ask("abc")], config)[0].finish_reason == "length"
    assert open_model("python:my_models:shout").generate([ask("abc")], config)[0].text == "A"


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("number", TypeError, "must answer with str, an image, a video or Output, got int"),
        ("text", TypeError, "must answer a batch with a list of str, images, videos or Output, got str"),
        ("short", ValueError, "one answer a request, expected 2, got 1"),
    ],
)
def test_wrong_answers(ask: Ask, name: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        open_model(f"python:my_models:{name}").generate([ask("a"), ask("b")], GenerationConfig())


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("my_models", "expected python:module:callable"),
        ("no_such_module:f", r"cannot import no_such_module .*ModuleNotFoundError: No module named 'no_such_module'"),
        ("bad_import:f", r"cannot import bad_import .*ValueError: out of luck"),
        ("my_models:shoot", r'my_models has no "shoot"; did you mean "shout"\?'),
        ("my_models:shout,marks=1", r'unknown option "marks"; did you mean "mark"\?'),
        ("my_models:shout,times=x", r'option "times" must be a whole number; got "x"'),
        ("my_models:shout,low=1", r'option "low" must be true or false; got "1"'),
        ("my_models:shout,prompt=x", r'unknown option "prompt"'),
        ("my_models:bot,word=x", r'unknown option "word". It takes none'),
        ("my_models:needs", r'nothing fills its parameter "other"'),
        ("my_models:nothing", r"takes no positional argument"),
        ("my_models:later", r"is a coroutine function"),
        ("my_models:Broken", r"cannot make a Broken: RuntimeError: no weights"),
        ("my_models:Net", r"Net\.generate takes tensors, not requests.*hf:FOLDER"),
        ("my_models:SOURCE.x", r'has no "SOURCE"'),
    ],
)
def test_refused(tmp_path: Path, spec: str, message: str) -> None:
    (tmp_path / "bad_import.py").write_text("raise ValueError('out of luck')")
    with pytest.raises(ModelError, match=message):
        open_model(f"python:{spec}")


def test_fingerprint_is_of_source_and_spec(module: Path) -> None:
    first = open_model("python:my_models:shout").fingerprint
    assert open_model("python:my_models:shout").fingerprint == first
    assert open_model("python:my_models:shout,mark=?").fingerprint != first
    assert open_model("python:my_models:Bot").fingerprint != first
    module.write_text(SOURCE + "# changed")
    # The code that is loaded is still the old one, and is known as such.
    assert open_model("python:my_models:shout").fingerprint == first
    del sys.modules["my_models"]
    assert open_model("python:my_models:shout").fingerprint != first


def test_modules_of_the_standard_library_have_a_fingerprint() -> None:
    assert open_model("python:builtins:ascii").fingerprint


def test_a_module_that_ends_the_process_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from evalsuite.cli import main

    monkeypatch.chdir(tmp_path)
    (tmp_path / "leaves_at_once.py").write_text('import sys\nsys.exit("a bad configuration")\n')
    assert main(["run", "--model", "python:leaves_at_once:f", "--tasks", "ledger", "--limit", "1"]) == 2
    assert "cannot import leaves_at_once" in capsys.readouterr().err
    (tmp_path / "leaves_later.py").write_text(
        "import sys\nclass Model:\n    fingerprint = 'x'\n    def load(self):\n        sys.exit(3)\n"
        "    def generate(self, requests, config):\n        return []\n"
    )
    assert main(["run", "--model", "python:leaves_later:Model", "--tasks", "ledger", "--limit", "1"]) != 0
