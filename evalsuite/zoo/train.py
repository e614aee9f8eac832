"""Train a model of the zoo: ``python -m evalsuite.zoo.train NAME [--steps N] [--out DIR] [--data DIR]``.

The same recipe, seed and version of torch on one thread give the same weights.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import deque
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

from evalsuite.datasets.source import DEBIAN
from evalsuite.rng import CounterRng, derive_seed
from evalsuite.worlds.ledger import MODULUS
from evalsuite.zoo.card import main as write_cards
from evalsuite.zoo.examples import DATA, DataName, ledger_tokenizer, picture_tokenizer, record_tokenizer
from evalsuite.zoo.family_examples import program_tokenizer, tracking_tokenizer
from evalsuite.zoo.images.recipes import IMAGE_RECIPES
from evalsuite.zoo.images.train import train_images
from evalsuite.zoo.networks import build_network
from evalsuite.zoo.recipes import RECIPES, Recipe
from evalsuite.zoo.tokenizer import END, GO, PAD, Tokenizer
from evalsuite.zoo.weights import WEIGHTS, load_config, load_weights, save_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from evalsuite.zoo.example import Example
    from evalsuite.zoo.recurrent import Recurrent
    from evalsuite.zoo.transformer import Transformer

    Trainable: TypeAlias = Transformer | Recurrent

__all__ = ["IGNORED", "batches", "main", "train"]

IGNORED = -100
_POOL = 64  # batches among which examples are sorted by length
_CLIP = 1.0
_COUNT_NORM = 2.0  # of a count's embedding; a word's is 1
# Of what is no ledger: the tokeniser; what stands before a prompt, and most tokens to read and to write.
_TOKENIZERS: dict[DataName, Callable[[], Tokenizer]] = {
    "tracking_steps": tracking_tokenizer,
    "tracking_answer": tracking_tokenizer,
    "program_steps": program_tokenizer,
    "program_answer": program_tokenizer,
    "pictures": picture_tokenizer,
    "records": record_tokenizer,
}
_ASKED: dict[DataName, tuple[str, int, int]] = {
    "tracking_steps": ("Problem: ", 512, 64),
    "tracking_answer": ("Problem: ", 512, 64),
    "program_steps": ("Problem: ", 512, 96),
    "program_answer": ("Problem: ", 512, 96),
    "pictures": ("Request: ", 64, 17),
    "records": ("Record: ", 128, 128),
}


def batches(recipe: Recipe, tokenizer: Tokenizer) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the batches of a recipe, examples of about one length together.

    Yields
    ------
    ids : Tensor
        int64, shape (batch, columns): prompt, ``<go>``, completion, padding.
    targets : Tensor
        int64, shape (batch, columns): what to say after each column. Within the completion, the next token, and
        ``<eos>`` at its end; at the end of a numbered line of the prompt, or at each of its numbers, the kind of
        its operation; `IGNORED` elsewhere.
    """
    examples = DATA[recipe.data](recipe.seed)
    pool = 0
    while True:
        rows = [_row(example, tokenizer) for example in islice(examples, _POOL * recipe.batch)]
        rows.sort(key=lambda row: (len(row[0]), row[0]))
        chunks = [rows[i : i + recipe.batch] for i in range(0, len(rows), recipe.batch)]
        for chunk in CounterRng(derive_seed("zoo/order", recipe.seed, pool)).shuffled(chunks):
            ids = torch.full((len(chunk), len(chunk[-1][0])), PAD)
            targets = torch.full_like(ids, IGNORED)
            for i, (read, said) in enumerate(chunk):
                ids[i, : len(read)] = torch.tensor(read)
                targets[i, : len(said)] = torch.tensor(said)
            yield ids, targets
        pool += 1


def _row(example: Example, tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    prompt, completion = [*tokenizer.encode(example.prompt), GO], tokenizer.encode(example.completion)
    targets = [IGNORED] * (len(prompt) - 1) + [*completion, END]
    if example.operations:
        vocabulary = tokenizer.vocabulary
        # A numbered line ends where, after the first label, a token begins another line.
        begins = [i for i, token in enumerate(prompt) if vocabulary[token].startswith("\n")]
        first = next(i for i, at in enumerate(begins) if vocabulary[prompt[at]] == "\n1.")
        for at, kind in zip(begins[first + 1 :], example.operations, strict=True):
            targets[at - 1] = vocabulary.index(f" {kind}")
    if example.signs:
        counts, steps = tokenizer.counts, tokenizer.label_index
        first = next(i for i, token in enumerate(prompt) if steps[token] == 1)
        numbers = [i for i, token in enumerate(prompt) if i > first and counts[token]]
        for at, kind in zip(numbers, example.signs, strict=True):
            targets[at] = tokenizer.vocabulary.index(f" {kind}")
    return prompt + completion, targets


def train(name: str, recipe: Recipe, out: Path, *, report_every: int = 100) -> float:
    """Train a model and write its weights and config.

    Parameters
    ----------
    name : str
        Under which it is saved.
    recipe : Recipe
        What to do.
    out : Path
        Folder to write to.
    report_every : int
        Steps between lines of progress.

    Returns
    -------
    float
        Mean loss over the last steps reported, nats a token.
    """
    torch.manual_seed(derive_seed("zoo/weights", recipe.seed) >> 1)
    tokenizer = _TOKENIZERS.get(recipe.data, ledger_tokenizer)()
    network = build_network(recipe.architecture, recipe.sizes, tokenizer)
    if recipe.begin:
        _begin_with(network, tokenizer, recipe.begin)
    elif recipe.data not in _TOKENIZERS:
        _place_counts_on_circles(network.embed.weight, tokenizer)
    started, mean = time.process_time(), float("nan")
    n_parameters = sum(weight.numel() for weight in network.parameters())
    _say(f"{name}: {n_parameters:,} parameters, {len(tokenizer.vocabulary)} tokens, {sum(recipe.rounds)} steps")
    stream, first = batches(recipe, tokenizer), 1
    for length in recipe.rounds:
        if first > 1:
            _round_weights(network)
        for step, loss in run_round(network, islice(stream, length), length, recipe.peak_rate, first):
            if step % report_every == 0 or step == sum(recipe.rounds):
                mean = loss
                _say(f"{name}: step {step}, loss {mean:.4f}, {time.process_time() - started:.0f} core-seconds")
            for early in (early for early, at in recipe.early.items() if at == step):
                save_model(out, early, network, _config(recipe, tokenizer, step, started, n_parameters))
        first += length
    save_model(out, name, network, _config(recipe, tokenizer, sum(recipe.rounds), started, n_parameters))
    return mean


def run_round(
    network: Trainable, stream: Iterable[tuple[Tensor, Tensor]], length: int, peak_rate: float, first: int
) -> Iterator[tuple[int, float]]:
    """Train for one rise and fall of the learning rate.

    Parameters
    ----------
    network : Transformer or Recurrent
        Is changed.
    stream : iterable of (ids, targets)
        `length` batches, as `batches` yields them.
    length : int
        Updates.
    peak_rate : float
        Highest learning rate.
    first : int
        Number of the first update.

    Yields
    ------
    tuple of int, float
        The number of the update, and the mean loss over the last hundred, nats a token.
    """
    optimizer = torch.optim.AdamW(network.parameters(), lr=peak_rate, betas=(0.9, 0.98), weight_decay=0.01)
    warm = max(1, length // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, (length - step) / max(1, length - warm))
    )
    recent: deque[float] = deque(maxlen=100)
    for step, (ids, targets) in enumerate(stream, first):
        learned = targets != IGNORED
        loss = functional.cross_entropy(network.head(network(ids)[learned]), targets[learned])
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
        optimizer.step()
        schedule.step()
        recent.append(loss.item())
        yield step, sum(recent) / len(recent)


@torch.no_grad()
def _round_weights(network: Trainable) -> None:
    """Round the weights as saving them does, so that a further round may as well begin from the file."""
    for weight in network.parameters():
        weight.copy_(weight.half().float())


@torch.no_grad()
def _begin_with(network: Trainable, tokenizer: Tokenizer, name: str) -> None:
    """Take over the weights of another model of the zoo, and its embeddings of the tokens that both know."""
    config, _ = load_config(WEIGHTS, name)
    weights = load_weights(WEIGHTS, name, config["weights_sha256"])
    known, embeddings = {token: i for i, token in enumerate(config["vocabulary"])}, weights["embed.weight"]
    shared = [i for i, token in enumerate(tokenizer.vocabulary) if token in known]
    network.embed.weight[shared] = embeddings[[known[tokenizer.vocabulary[i]] for i in shared]]
    network.load_state_dict({**weights, "embed.weight": network.embed.weight})


@torch.no_grad()
def _place_counts_on_circles(embeddings: Tensor, tokenizer: Tokenizer) -> None:
    """Start the counts 0 to 99 from their Fourier features modulo 4 and 25, which training is then free to change.

    Networks that learn to add modulo n from scratch end up with such features [1]_, after a long plateau. Modulo 4 and
    25, which together tell all counts apart, few frequencies suffice, and multiplying permutes them.

    References
    ----------
    .. [1] Nanda et al., "Progress measures for grokking via mechanistic interpretability", ICLR 2023.
    """
    ids = torch.tensor([tokenizer.vocabulary.index(f" {count}") for count in range(MODULUS)])
    turns = torch.cat([torch.arange(1, 3) / 4, torch.arange(1, 13) / 25])
    angles = 2 * torch.pi * torch.outer(torch.arange(MODULUS), turns)
    features = torch.cat([angles.cos(), angles.sin()], dim=1)
    embeddings[ids] *= 0.5
    embeddings[ids, : features.shape[1]] = features * _COUNT_NORM / len(turns) ** 0.5


def _config(recipe: Recipe, tokenizer: Tokenizer, step: int, started: float, n_parameters: int) -> dict[str, Any]:
    marker, most_read, most_written = _ASKED.get(recipe.data, ("Problem: ", 384, 96))
    return {
        **({"modality": "image"} if recipe.data == "pictures" else {}),
        "architecture": recipe.architecture,
        "sizes": dict(recipe.sizes),
        "parameters": n_parameters,
        "prompt_marker": marker,
        "max_prompt_tokens": most_read,
        "max_new_tokens": most_written,
        "pattern": tokenizer.pattern,
        "lowercase": tokenizer.lowercase,
        "training": {
            **{key: value for key, value in asdict(recipe).items() if key in ("data", "batch", "peak_rate", "seed")},
            **({"begin": recipe.begin} if recipe.begin else {}),
            "steps": step,
            "rounds": list(recipe.rounds),
            "core_seconds": round(time.process_time() - started),
            "torch": torch.__version__.partition("+")[0],
        },
        "vocabulary": list(tokenizer.vocabulary),
    }


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m evalsuite.zoo.train", description="Train a model of the zoo.")
    parser.add_argument("name", choices=sorted({*RECIPES, *IMAGE_RECIPES}))
    parser.add_argument("--steps", type=int, help="updates, instead of the recipe's")
    parser.add_argument("--seed", type=int, help="of data and weights, instead of the recipe's")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="folder to write to (default: the package's own)")
    parser.add_argument(
        "--data", type=Path, default=DEBIAN, help=f"folder of Fashion-MNIST, for models of images (default: {DEBIAN})"
    )
    options = parser.parse_args(arguments)
    changes = {} if options.seed is None else {"seed": options.seed}
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.name in IMAGE_RECIPES:
        image_recipe = replace(IMAGE_RECIPES[options.name], **changes)
        if options.steps is not None:
            image_recipe = replace(image_recipe, steps=options.steps)
        train_images(options.name, image_recipe, options.data, options.out)
        early = image_recipe.early
    else:
        recipe = replace(RECIPES[options.name], **changes)
        if options.steps is not None:
            recipe = replace(recipe, rounds=(options.steps,))
        train(options.name, recipe, options.out)
        early = recipe.early
    if options.out == WEIGHTS:
        write_cards([options.name, *early])


if __name__ == "__main__":
    main()
