"""``files:PATH``: outputs that already exist: texts, in a JSONL file or as lines; images and videos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.errors import InputError, ModelError, did_you_mean
from evalsuite.media import find_videos, image_files_at
from evalsuite.models.files_lines import TextOutputs, read_texts
from evalsuite.models.fingerprint import hash_file, hash_named
from evalsuite.models.image_files import ImageFilesModel, open_images
from evalsuite.models.options import check_known
from evalsuite.models.spec import ModelSpec
from evalsuite.models.video_files import VideoFilesModel
from evalsuite.types import GenerationConfig, Modality, Output, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FilesModel", "open_model"]

IMAGE_SUFFIXES = (".tar", ".npz", ".npy", ".parquet", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst")


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
        self._texts: TextOutputs | None = None
        self._position: dict[str, int] | None = None

    def bind(self, task_sample_ids: Sequence[str]) -> None:
        """Say which task the outputs belong to; the runner does before it generates.

        Parameters
        ----------
        task_sample_ids : sequence of str
            The ids of *all* the task's samples, in its order, whatever the limit of the run. Line i of a file without
            ids belongs to the i-th of them, and so does a whole ``doc_id``, counted from 0.

        Raises
        ------
        ModelError
            If the file has ids, or places, that the task does not have; or no ids, and more outputs than the task has
            samples; or it is malformed. Whether there are too few, `check_asked` finds out.
        """
        self._check_names(task_sample_ids)
        self._position = {sample_id: i for i, sample_id in enumerate(task_sample_ids)}

    @property
    def n_repeats(self) -> int:
        """The most outputs that the file has of a sample."""
        return self._read().n_repeats

    def check_asked(self, task_sample_ids: Sequence[str], asked: Sequence[str]) -> None:
        """Find out whether ids are the task's, and lines without any as many as its samples, or the first that are run.

        Parameters
        ----------
        task_sample_ids : sequence of str
            The ids of all the task's samples, in its order.
        asked : sequence of str
            Of those that are run.

        Raises
        ------
        ModelError
            If the file has another number of outputs, is malformed, or names samples that the task does not have.
        """
        self._check_names(task_sample_ids)
        texts = self._read()
        if texts.named_by != "order":
            return
        n = len(texts.outputs)
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
        return [self._find(request) for request in requests]

    def _check_names(self, task_sample_ids: Sequence[str]) -> None:
        texts, n_samples = self._read(), len(task_sample_ids)
        names = texts.names
        if texts.named_by == "order" and len(names) > n_samples:
            raise self._wrong_number(len(names), n_samples, n_samples)
        if texts.named_by == "place" and (beyond := [name for name in names if int(name) >= n_samples]):
            raise ModelError(
                f"{self._path}: {len(beyond)} of its {len(names)} places (doc_id, from 0) lie beyond the {n_samples} "
                f"samples of the task; the first is {beyond[0]}"
            )
        known = set(task_sample_ids)
        if texts.named_by == "id" and (strange := [str(name) for name in names if name not in known]):
            hint = did_you_mean(strange[0], list(task_sample_ids)[:1000])
            raise ModelError(
                f"{self._path}: {len(strange)} of its {len(names)} ids are not among the {len(known)} samples of the "
                f'task; the first is "{strange[0]}"{hint}; the first id of the task is "{task_sample_ids[0]}"'
            )

    def _find(self, request: Request) -> Output:
        texts = self._read()
        name: str | int | None = request.sample_id
        if texts.named_by != "id":
            if self._position is None:
                raise ModelError(f"{self._path}: has no ids, so it must be told the order of the samples: call bind()")
            name = self._position.get(request.sample_id)
        found = None if name is None else texts.outputs.get((name, request.repeat, request.turn))
        if found is not None:
            return found
        return Output(
            finish_reason="error",
            error=f'{self._path} has no output for sample "{request.sample_id}", repeat {request.repeat}, turn '
            f"{request.turn}",
        )

    def _read(self) -> TextOutputs:
        if self._texts is None:
            self._texts = read_texts(self._path, self._field)
        return self._texts

    def _wrong_number(self, n: int, n_samples: int, n_asked: int) -> ModelError:
        run = f", of which {n_asked} are run" if n_asked < n_samples else ""
        enough = ", or the first of them that --limit leaves" if n_asked < n_samples else ""
        return ModelError(
            f"{self._path}: has {n} outputs without ids, but the task has {n_samples} samples{run}; give an output for "
            f"each sample of the task{enough}, in its order, or give ids"
        )
