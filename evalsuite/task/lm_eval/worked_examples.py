"""What a task file says of worked examples: which records may be shown, how they are drawn, how they are written."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from evalsuite.errors import TaskError, did_you_mean
from evalsuite.task.lm_eval.dataset import Split
from evalsuite.task.lm_eval.few_shot import SAMPLERS, Sampler

if TYPE_CHECKING:
    from evalsuite.task.lm_eval.dataset import Dataset
    from evalsuite.task.lm_eval.yaml_file import TaskFile
    from evalsuite.types import JSONValue

__all__ = ["WorkedExamples"]

_KEYS = ("sampler", "split", "samples", "fewshot_delimiter", "target_delimiter")
_INSTEAD = ("doc_to_text", "doc_to_target", "doc_to_choice")


class WorkedExamples:
    """The fields ``fewshot_config`` and ``fewshot_split`` of a task file.

    Raises
    ------
    TaskError
        If ``fewshot_config`` is no table, or has a field that is not supported.
    """

    def __init__(self, file: TaskFile) -> None:
        self._file = file
        self._where = file.where("fewshot_config")
        config = file.values.get("fewshot_config")
        config = {} if config is None else config
        if not isinstance(config, dict):
            raise TaskError(f"{self._where} must be a table, found {config!r:.80}")
        known = (*_KEYS, *_INSTEAD)
        for key in config:
            if key not in known:
                hint = did_you_mean(key, known)
                raise TaskError(f'{self._where}: "{key}" is not supported{hint} (supported: {", ".join(known)})')
        self._config = {key: value for key, value in config.items() if value is not None}

    @property
    def instead(self) -> dict[str, JSONValue]:
        """Sources of fields that are others for worked examples than for what is asked."""
        return {key: self._config[key] for key in _INSTEAD if key in self._config}

    @cached_property
    def sampler(self) -> Sampler:
        """How examples are drawn; TaskError where there is no such way."""
        sampler = self._config.get("sampler", "default")
        if sampler not in SAMPLERS:
            raise TaskError(f"{self._where}: sampler must be one of {', '.join(SAMPLERS)}, found {sampler!r:.80}")
        return sampler

    @property
    def without_itself(self) -> bool:
        """Whether a record is kept from being shown with itself: where its split is that of the examples, or unsaid."""
        return self._name == self._file.values.get("test_split")

    @property
    def _name(self) -> JSONValue:
        return self._config.get("split", self._file.values.get("fewshot_split"))

    def delimiter(self, key: str, default: str) -> str:
        """Return a delimiter of examples; TaskError where it is no string."""
        value = self._config.get(key, default)
        if not isinstance(value, str):
            raise TaskError(f"{self._where}: {key} must be a string, found {value!r:.80}")
        return value

    def split(self, dataset: Dataset, asked: Split, num_fewshot: int) -> Split | None:
        """Return the records that may be shown; None where there are none and none are asked for.

        Raises
        ------
        TaskError
            If some are asked for and there are none.
        """
        name = self._name
        field = "fewshot_config" if "split" in self._config else "fewshot_split"
        if name is None and "samples" in self._config:
            return self._inline(self._config["samples"], asked)
        values = self._file.values
        if name is None:
            field = next(key for key in ("training_split", "validation_split", "test_split") if values.get(key))
            name = values[field]
            if name == asked.name and values.get("test_split") is not None:  # it would be shown with its own answer
                if num_fewshot:
                    raise TaskError(
                        f"{self._file.where('num_fewshot')}: worked examples are asked for, and there is no "
                        "fewshot_split, training_split or validation_split to take them from"
                    )
                return None
        if not isinstance(name, str):
            raise TaskError(f"{self._file.where(field)} must be the name of a split, found {name!r:.80}")
        if name not in dataset.splits and not num_fewshot:
            return None
        return dataset.split(name, field)

    def _inline(self, samples: Any, asked: Split) -> Split:
        where = f"{self._where}.samples"
        if not isinstance(samples, list) or not samples or not all(isinstance(one, dict) for one in samples):
            raise TaskError(f"{where} must be a list of records, found {samples!r:.80}")
        places = tuple(f"{where}[{i}]" for i in range(len(samples)))
        return Split(name="samples", records=tuple(samples), places=places, columns=asked.columns)
