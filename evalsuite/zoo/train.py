"""Train a model of the zoo: ``python -m evalsuite.zoo.train NAME [--steps N] [--out DIR]``.

The same recipe, seed and version of torch on one thread give the same weights.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from evalsuite.rng import CounterRng, derive_seed
from evalsuite.worlds.ledger import MODULUS
from evalsuite.zoo.card import main as write_cards
from evalsuite.zoo.examples import DATA, ledger_tokenizer, record_tokenizer
from evalsuite.zoo.networks import build_network
from evalsuite.zoo.recipes import RECIPES, Recipe
from evalsuite.zoo.tokenizer import END, GO, PAD, Tokenizer
from evalsuite.zoo.weights import WEIGHTS, save_model

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["batches", "main", "train"]

_POOL = 64  # batches among which examples are sorted by length
_CLIP = 1.0


def batches(recipe: Recipe, tokenizer: Tokenizer) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the batches of a recipe, examples of about one length together.

    Yields
    ------
    ids : Tensor
        int64, shape (batch, columns): prompt, ``<go>``, completion, ``<eos>``, padding.
    learned : Tensor
        bool, shape (batch, columns): True where the token belongs to the completion.
    """
    examples = DATA[recipe.data](recipe.seed)
    pool = 0
    while True:
        rows = []
        for prompt, completion in islice(examples, _POOL * recipe.batch):
            read, written = [*tokenizer.encode(prompt), GO], [*tokenizer.encode(completion), END]
            rows.append((read + written, len(read)))
        rows.sort(key=lambda row: (len(row[0]), row[0]))
        chunks = [rows[i : i + recipe.batch] for i in range(0, len(rows), recipe.batch)]
        for chunk in CounterRng(derive_seed("zoo/order", recipe.seed, pool)).shuffled(chunks):
            ids = torch.full((len(chunk), len(chunk[-1][0])), PAD)
            learned = torch.zeros_like(ids, dtype=torch.bool)
            for i, (row, n_read) in enumerate(chunk):
                ids[i, : len(row)] = torch.tensor(row)
                learned[i, n_read : len(row)] = True
            yield ids, learned
        pool += 1


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
    tokenizer = record_tokenizer() if recipe.data == "records" else ledger_tokenizer()
    network = build_network(recipe.architecture, recipe.sizes, tokenizer)
    if recipe.data != "records":
        _place_counts_on_circles(network.embed.weight, tokenizer)
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.peak_rate, betas=(0.9, 0.98), weight_decay=0.01)
    warm = max(1, recipe.steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, (recipe.steps - step) / max(1, recipe.steps - warm))
    )
    started, recent, mean = time.process_time(), [], float("nan")
    n_parameters = sum(weight.numel() for weight in network.parameters())
    _say(f"{name}: {n_parameters:,} parameters, {len(tokenizer.vocabulary)} tokens, {recipe.steps} steps")
    for step, (ids, learned) in enumerate(islice(batches(recipe, tokenizer), recipe.steps), 1):
        hidden = network(ids[:, :-1])
        loss = functional.cross_entropy(network.head(hidden[learned[:, 1:]]), ids[:, 1:][learned[:, 1:]])
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
        optimizer.step()
        schedule.step()
        recent.append(loss.item())
        if step % report_every == 0 or step == recipe.steps:
            mean, recent = sum(recent) / len(recent), []
            _say(
                f"{name}: step {step}/{recipe.steps}, loss {mean:.4f}, {time.process_time() - started:.0f} core-seconds"
            )
        for early in (early for early, at in recipe.early.items() if at == step):
            save_model(out, early, network, _config(recipe, tokenizer, step, started, n_parameters))
    save_model(out, name, network, _config(recipe, tokenizer, recipe.steps, started, n_parameters))
    return mean


@torch.no_grad()
def _place_counts_on_circles(embeddings: Tensor, tokenizer: Tokenizer) -> None:
    """Start the counts 0 to 99 from their Fourier features modulo 100, which training is then free to change.

    Networks that learn to add modulo n from scratch end up with such features [1]_, after a long plateau.

    References
    ----------
    .. [1] Nanda et al., "Progress measures for grokking via mechanistic interpretability", ICLR 2023.
    """
    ids = torch.tensor([tokenizer.vocabulary.index(f" {count}") for count in range(MODULUS)])
    angles = 2 * torch.pi / MODULUS * torch.outer(torch.arange(MODULUS), torch.arange(1, MODULUS // 2 + 1))
    features = torch.cat([angles.cos(), angles.sin()], dim=1)
    embeddings[ids, :MODULUS] = features / MODULUS**0.5 * (MODULUS / embeddings.shape[1]) ** 0.5 * 2**0.5


def _config(recipe: Recipe, tokenizer: Tokenizer, step: int, started: float, n_parameters: int) -> dict[str, Any]:
    records = recipe.data == "records"
    return {
        "architecture": recipe.architecture,
        "sizes": dict(recipe.sizes),
        "parameters": n_parameters,
        "prompt_marker": "Record: " if records else "Problem: ",
        "max_prompt_tokens": 128 if records else 384,
        "max_new_tokens": 128 if records else 256,
        "pattern": tokenizer.pattern,
        "lowercase": tokenizer.lowercase,
        "training": {
            **{key: value for key, value in asdict(recipe).items() if key in ("data", "batch", "peak_rate", "seed")},
            "steps": step,
            "planned_steps": recipe.steps,
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
    parser.add_argument("name", choices=sorted(RECIPES))
    parser.add_argument("--steps", type=int, help="updates, instead of the recipe's")
    parser.add_argument("--seed", type=int, help="of data and weights, instead of the recipe's")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="folder to write to (default: the package's own)")
    options = parser.parse_args(arguments)
    recipe = RECIPES[options.name]
    if options.steps is not None:
        recipe = replace(recipe, steps=options.steps)
    if options.seed is not None:
        recipe = replace(recipe, seed=options.seed)
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    train(options.name, recipe, options.out)
    if options.out == WEIGHTS:
        write_cards([options.name, *recipe.early])


if __name__ == "__main__":
    main()
