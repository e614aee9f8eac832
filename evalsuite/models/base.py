"""The contract of a model: a batch of requests in, as many outputs in the same order out; or each as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalsuite.types import GenerationConfig, Modality, Output, Request

__all__ = ["RATING_BACKENDS", "LikelihoodModel", "Model", "OpenModel", "StreamingModel"]

RATING_BACKENDS = "hf:, the language models of zoo:, openai: with api=completions (choices alone)"
"""The backends whose models may be `LikelihoodModel`."""


@runtime_checkable
class Model(Protocol):
    """What the runner needs of a model. Structural: a class need not inherit from it.

    Attributes
    ----------
    spec : str
        How to name it on the command line, ``backend:name,key=value``.
    name : str
        How tables call it.
    fingerprint : str
        Changes whenever the model's outputs could: the SHA-256 of its weights and configuration, or of its source.
        Runs of models with equal fingerprints continue one another.
    modalities : frozenset of str
        What it can generate.
    batch_size : int
        Requests a call of `generate` should get when the user does not say.
    batch_invariant : bool
        Whether an output never depends on the other requests of its batch, down to the last bit. Where it is False,
        batches are padded to a constant size.
    dtype, device : str
        What it computes in and on; ``""`` where that means nothing.

    Notes
    -----
    ``inputs``, a frozenset of what the model can read, is optional: without it, that is text alone, and a task that
    shows images is refused. A model whose ``inputs`` hold ``"image"`` gets them as ``request.images``. Optional are
    also ``needs``, what it cannot do without, and ``image_size``, height and width of what it draws: a task with other
    requests, or for other images, is refused before the run. ``size_options`` says what would change that size,
    such as ``"height={height},width={width}"``, where any do.

    ``pads_to_longest`` and ``deterministic`` are optional and False by default. Where the first is True, a batch costs
    what its longest prompt does, and requests are sorted by length. Where the second is True, outputs at temperature 0
    depend on all of a request but its seed, and requests that are equal are asked once.

    Some methods are optional, too. ``load()`` loads weights and finds out the device; it is called before a log is
    begun, so that what is missing is said then. ``bind(task_sample_ids)`` is told the ids of all samples of the task,
    in canonical order, for models whose outputs exist already. Such a model may have ``n_outputs``, the number of
    samples it has an output for; a run that asks for more is refused before it begins. It may have
    ``check_asked(task_sample_ids, asked)``, too, which is told before a run what is to be asked and raises a
    `ModelError` where it has not that. ``loglikelihood`` makes it a
    `LikelihoodModel`. And a model that answers several requests at a time, none of them waiting for another, may be a
    `StreamingModel`.
    """

    @property
    def spec(self) -> str: ...  # noqa: D102 (the attributes are described above)
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def fingerprint(self) -> str: ...  # noqa: D102
    @property
    def modalities(self) -> frozenset[Modality]: ...  # noqa: D102
    @property
    def batch_size(self) -> int: ...  # noqa: D102
    @property
    def batch_invariant(self) -> bool: ...  # noqa: D102
    @property
    def dtype(self) -> str: ...  # noqa: D102
    @property
    def device(self) -> str: ...  # noqa: D102

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> Sequence[Output]:
        """Answer every request, in the same order.

        All randomness comes from ``request.seed``. An exception makes the runner ask again for each request alone, and
        record an error for those that still fail.
        """
        ...


@runtime_checkable
class StreamingModel(Model, Protocol):
    """A model that answers requests one by one, as many at a time as it likes: a server. No batch holds it up.

    The runner calls `generate_each` in place of ``generate``, and writes each output to the log as it comes. An output
    must not depend on what else is asked: ``batch_invariant`` is True, and ``batch_size`` means nothing. If it is a
    `LikelihoodModel`, too, requests for log-probabilities are among those that `generate_each` gets; their ``ask`` says
    so.
    """

    def generate_each(self, requests: Iterable[Request], config: GenerationConfig) -> Iterator[tuple[Request, Output]]:
        """Yield every request with its output, in any order.

        What goes wrong with one request is an error output of it. An EvalsuiteError ends the run. Any other exception
        becomes the error of each request that was taken and not answered, and those not taken are asked in a new call.

        Parameters
        ----------
        requests : iterable of Request
            They are made as they are taken: take no more than are worked on, and take them in the calling thread. All
            have different keys (sample id, repeat, turn).
        config : GenerationConfig

        Notes
        -----
        When the iterator is closed, nothing may go on in the background. When it is interrupted while it waits, it
        should still yield what has arrived before it raises the KeyboardInterrupt.
        """
        ...


@runtime_checkable
class LikelihoodModel(Model, Protocol):
    """A model that says how likely a given text is, for tasks that ask for ``"choices"`` or ``"rolling"``.

    Notes
    -----
    ``likelihoods``, a frozenset of what it can be asked for, is optional: without it, that is both. A model with
    ``check_likelihood(ask)`` is asked before anything is run, and raises an EvalsuiteError where it cannot.
    """

    def loglikelihood(self, requests: Sequence[Request], config: GenerationConfig) -> Sequence[Output]:
        """Rate the choices of every request, in the same order.

        Of each, the output has ``logprobs``, ``choice_tokens`` and ``greedy``, one a choice; its text is not looked at.
        Nothing is drawn at random: temperature and seed have no effect. What goes wrong with one request is an error
        output of it; an exception is as of ``generate``.
        """
        ...


class OpenModel(Protocol):
    """What a backend registers: a function that opens a model by name, cheaply; weights load at first use."""

    def __call__(self, name: str, options: Mapping[str, str], *, device: str = "auto") -> Model:
        """Open the model.

        Raises
        ------
        ModelError
            If there is no such model, an option is unknown or wrong, or a file is not what it should be.
        DependencyError
            If a package is missing.
        """
        ...
