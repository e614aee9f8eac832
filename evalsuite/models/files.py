"""``files:PATH``: outputs that already exist: texts, in a JSONL file or as lines; images and videos."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from evalsuite.errors import InputError, ModelError, did_you_mean
from evalsuite.media import find_videos, image_files_at
from evalsuite.models.fingerprint import hash_file, hash_named
from evalsuite.models.image_files import ImageFilesModel, open_images
from evalsuite.models.options import check_known
from evalsuite.models.spec import ModelSpec
from evalsuite.models.video_files import VideoFilesModel
from evalsuite.types import FINISH_REASONS, GenerationConfig, Modality, Output, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FilesModel", "open_model"]

ID_FIELDS = ("id", "sample_id", "doc_id")
IMAGE_SUFFIXES = (".tar", ".npz", ".npy", ".parquet", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst")
TEXT_FIELDS = ("text", "output", "prediction", "response", "resps")
_Key = tuple[str, int, int]


def open_model(
    name: str, options: Mapping[str, str], *, device: str = "auto"
) -> FilesModel | ImageFilesModel | VideoFilesModel:
    """Open outputs: hash them; they are read at first use.

    Parameters
    ----------
    name : str
        Path of images: a folder, ``.tar``, ``.npz`` or several of them; of videos: an ``.npz`` or ``.npy``; or of
        texts, in UTF-8: ``.jsonl`` with an object a line, anything else with an output a line.
    options : mapping of str to str
        ``field``: where in an object of a ``.jsonl`` the text is; of a tar with several images a sample, the end of
        the names to take, such as ``output.png``.
    device : str, default "auto"
        Not used.

    Raises
    ------
    ModelError
        If there is no such file, it is empty, or an option is unknown.
    """
    where = f"files:{name}"
    check_known(where, options, ("field",))
    path = Path(name).expanduser()
    try:
        is_texts = path.is_file()
        has_image_name = path.name.lower().endswith(IMAGE_SUFFIXES)
        is_images = path.is_dir() or (has_image_name and (is_texts or bool(image_files_at(path))))
    except InputError as error:
        raise ModelError(f"{where}: {error}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ModelError(f"{where}: not a path: {error}") from None
    spec = str(ModelSpec(backend="files", name=name, options=options))
    if is_images:
        if "field" in options and path.suffix.lower() != ".tar":
            raise ModelError(f'{where}: option "field" is for .jsonl files and for tars; {path.name} holds images')
        if is_texts and path.suffix.lower() in (".npz", ".npy"):
            try:
                videos = find_videos(path)
            except InputError as error:
                raise ModelError(f"{where}: {error}") from error
            if videos is not None:
                fingerprint = hash_named({"file": hash_file(path).encode()})
                return VideoFilesModel(videos, spec=spec, name=path.stem, fingerprint=fingerprint)
        return open_images(path, spec, field=options.get("field"))
    if not is_texts:
        raise ModelError(
            f"{where}: expected texts (.jsonl, or a file with one output a line) or images (a folder, .tar or .npz, "
            f"or a pattern such as 'shards/*.tar'); {path} is not there"
        )
    if "field" in options and path.suffix != ".jsonl":
        raise ModelError(f'{where}: option "field" is for .jsonl files; every line of {path.name} is an output')
    try:
        digest = hash_file(path)
        is_empty = path.stat().st_size == 0
    except OSError as error:
        raise ModelError(f"{where}: cannot read {path}: {error.strerror}") from None
    if is_empty:
        raise ModelError(f"{where}: {path} is empty: there is no output in it")
    return FilesModel(
        path,
        spec=spec,
        field=options.get("field"),
        fingerprint=hash_named({"file": digest.encode(), "field": options.get("field", "").encode()}),
    )


class FilesModel:
    """Outputs that already exist. Satisfies `evalsuite.models.base.Model`.

    Outputs are taken as they are: stop strings and ``max_new_tokens`` were the business of whoever made them. A
    request for which the file has nothing gets an error output, which counts as no value and not as a wrong one.
    """

    modalities: frozenset[Modality] = frozenset({"text"})
    inputs: frozenset[Modality] = frozenset({"text", "image"})  # of whoever made the outputs
    batch_invariant = True
    batch_size = 64
    dtype = ""
    device = ""

    def __init__(self, path: Path, *, spec: str, field: str | None, fingerprint: str) -> None:
        self.spec = spec
        self.name = path.stem
        self.fingerprint = fingerprint
        self._path = path
        self._field = field
        self._by_id: dict[_Key, Output] | None = None
        self._by_position: list[Output] | None = None
        self._position: dict[str, int] | None = None

    def bind(self, task_sample_ids: Sequence[str]) -> None:
        """Say which task the outputs belong to; the runner does before it generates.

        Parameters
        ----------
        task_sample_ids : sequence of str
            The ids of *all* the task's samples, in its order, whatever the limit of the run. Line i of a file without
            ids belongs to the i-th of them.

        Raises
        ------
        ModelError
            If the file has ids that the task does not know; or no ids, and more outputs than the task has samples; or
            it is malformed. Whether there are too few, `check_asked` finds out.
        """
        self._read()
        known = set(task_sample_ids)
        if self._by_id is not None:
            ids = dict.fromkeys(sample_id for sample_id, _, _ in self._by_id)
            strange = [sample_id for sample_id in ids if sample_id not in known]
            if strange:
                raise ModelError(
                    f"{self._path}: {len(strange)} of its {len(ids)} ids are not among the {len(known)} samples of the "
                    f'task; the first is "{strange[0]}"{did_you_mean(strange[0], list(task_sample_ids)[:1000])}'
                )
        elif self._by_position is not None and len(self._by_position) > len(task_sample_ids):
            raise self._wrong_number(len(self._by_position), len(task_sample_ids), len(task_sample_ids))
        self._position = {sample_id: i for i, sample_id in enumerate(task_sample_ids)}

    def check_asked(self, task_sample_ids: Sequence[str], asked: Sequence[str]) -> None:
        """Find out whether there is a line without an id for each sample, or each of the first that are run.

        Parameters
        ----------
        task_sample_ids : sequence of str
            The ids of all the task's samples, in its order.
        asked : sequence of str
            Of those that are run.

        Raises
        ------
        ModelError
            If the file has another number of outputs, or is malformed.
        """
        self._read()
        if self._by_position is None:
            return
        n = len(self._by_position)
        is_beginning = n == len(asked) and list(asked) == list(task_sample_ids[:n])
        if n != len(task_sample_ids) and not is_beginning:
            raise self._wrong_number(n, len(task_sample_ids), len(asked))

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> list[Output]:
        """Look up the output of every request, in the same order.

        Raises
        ------
        ModelError
            If the file is malformed, or it has no ids and `bind` was not called.
        """
        self._read()
        return [self._find(request) for request in requests]

    def _find(self, request: Request) -> Output:
        found: Output | None = None
        if self._by_id is not None:
            found = self._by_id.get((request.sample_id, request.repeat, request.turn))
        elif self._by_position is not None:
            if self._position is None:
                raise ModelError(f"{self._path}: has no ids, so it must be told the order of the samples: call bind()")
            if request.repeat == request.turn == 0 and request.sample_id in self._position:
                found = self._by_position[self._position[request.sample_id]]
        if found is not None:
            return found
        return Output(
            finish_reason="error",
            error=f'{self._path} has no output for sample "{request.sample_id}", repeat {request.repeat}, turn '
            f"{request.turn}",
        )

    def _read(self) -> None:
        if self._by_id is not None or self._by_position is not None:
            return
        try:
            lines = self._path.read_bytes().split(b"\n")
        except OSError as error:
            raise ModelError(f"{self._path}: cannot be read: {error.strerror}") from None
        if lines[-1] == b"":
            lines.pop()
        if self._path.suffix != ".jsonl":
            self._by_position = [Output(text=text) for text in self._decoded(lines)]
            return
        keyed: dict[_Key, tuple[int, Output]] = {}
        unkeyed: list[Output] = []
        for number, line in enumerate(self._decoded(lines), start=1):
            if not line.strip():
                continue
            sample_id, repeat, turn, outputs = self._parse(line, number)
            if (sample_id is None and keyed) or (sample_id is not None and unkeyed):
                raise self._wrong(number, f"either every line has an id ({', '.join(ID_FIELDS)}) or none has")
            if sample_id is None:
                if len(outputs) != 1 or repeat or turn:
                    raise self._wrong(number, "repeats and turns need an id")
                unkeyed += outputs
                continue
            for i, output in enumerate(outputs):
                key = (sample_id, repeat + i, turn)
                if key in keyed:
                    raise self._wrong(
                        number, f'sample "{sample_id}", repeat {key[1]}, stands on line {keyed[key][0]} already'
                    )
                keyed[key] = (number, output)
        if not unkeyed and not keyed:
            raise ModelError(f"{self._path}: has blank lines only: there is no output in it")
        if unkeyed:
            self._by_position = unkeyed
        else:
            self._by_id = {key: output for key, (_, output) in keyed.items()}

    def _decoded(self, lines: list[bytes]) -> list[str]:
        texts = []
        for number, line in enumerate(lines, start=1):
            try:
                texts.append(line.removesuffix(b"\r").decode("utf-8-sig" if number == 1 else "utf-8"))
            except UnicodeDecodeError as error:
                raise self._wrong(number, f"is not UTF-8: {error.reason} at byte {error.start}") from None
        return texts

    def _parse(self, line: str, number: int) -> tuple[str | None, int, int, list[Output]]:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._wrong(number, f"is not valid JSON: {error}") from None
        if not isinstance(record, dict):
            raise self._wrong(number, f"expected a JSON object, found {type(record).__name__}")
        sample_id = next((record[key] for key in ID_FIELDS if key in record), None)
        if isinstance(sample_id, bool) or not isinstance(sample_id, str | int | None):
            raise self._wrong(number, f"an id must be text or a whole number, found {type(sample_id).__name__}")
        fields = TEXT_FIELDS if self._field is None else (self._field,)
        key = next((key for key in fields if key in record), None)
        if key is None:
            hint = "" if self._field is None else did_you_mean(self._field, record)
            raise self._wrong(number, f"expected the text in {', '.join(fields)}{hint}; found {', '.join(record)}")
        texts = record[key]
        while isinstance(texts, list) and len(texts) == 1 and isinstance(texts[0], list):
            texts = texts[0]  # lm-eval writes [[first, second, ...]]
        outputs = [self._output(text, record, key, number) for text in (texts if isinstance(texts, list) else [texts])]
        return (
            None if sample_id is None else str(sample_id),
            self._count(record, "repeat", number),
            self._count(record, "turn", number),
            outputs,
        )

    def _output(self, text: object, record: dict[str, Any], key: str, number: int) -> Output:
        reason = record.get("finish_reason") or "stop"
        if reason not in FINISH_REASONS:
            raise self._wrong(number, f"finish_reason must be one of {', '.join(FINISH_REASONS)}; found {reason!r}")
        error = record.get("error")
        if text is None:
            said = error if isinstance(error, str) else f'the file has null in "{key}"'
            return Output(finish_reason="error", error=f"{self._path}:{number}: {said}")
        if not isinstance(text, str):
            raise self._wrong(number, f'"{key}" must be text, found {type(text).__name__}')
        if reason == "error":
            return Output(text=text, finish_reason="error", error=str(error or "the file says so"))
        return Output(text=text, finish_reason=cast("Any", reason))

    def _count(self, record: dict[str, Any], key: str, number: int) -> int:
        value = record.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self._wrong(number, f'"{key}" must be a whole number of at least 0, found {value!r}')
        return value

    def _wrong_number(self, n: int, n_samples: int, n_asked: int) -> ModelError:
        run = f", of which {n_asked} are run" if n_asked < n_samples else ""
        enough = ", or the first of them that --limit leaves" if n_asked < n_samples else ""
        return ModelError(
            f"{self._path}: has {n} outputs without ids, but the task has {n_samples} samples{run}; give an output for "
            f"each sample of the task{enough}, in its order, or give ids"
        )

    def _wrong(self, number: int, what: str) -> ModelError:
        return ModelError(f"{self._path}:{number}: {what}")
