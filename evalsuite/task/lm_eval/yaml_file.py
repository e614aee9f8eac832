"""YAML task files, read as data: each field with the file and line where it stands. No tag runs or imports anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evalsuite.errors import DependencyError, EvalsuiteError, TaskError
from evalsuite.task.fields import type_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from evalsuite.types import JSONValue

__all__ = ["CodeReference", "TaskFile", "parse_yaml", "read_task_file"]

_MOST_BYTES = 1 << 20  # PyYAML reads some 100 kB a second
_MOST_VALUES = 1_000_000
_MOST_MERGED = 100_000
_MOST_DIGITS = 100
_MOST_INCLUDES = 20
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_WITH_PLACES = ("filter_list", "metric_list")  # lists of which each item's line is kept
_SCALARS = (str, int, float, bool, type(None))


class CodeReference(str):
    """The name of a Python function where a value should be; `where` is its file and line. Nothing is imported."""

    __slots__ = ("where",)

    def __new__(cls, text: str, where: str) -> CodeReference:
        """Return the name, with its place."""
        made = super().__new__(cls, text)
        made.where = where
        return made

    where: str


@dataclass(frozen=True, slots=True)
class TaskFile:
    """The fields of a task file, those it includes among them, and where each stands.

    Parameters
    ----------
    path : Path
    values : mapping of str to JSON value
    places : mapping of str to (Path, int)
        File and line of each field, counted from 1; of ``filter_list[0]`` and ``filter_list[0].filter[1]``, too.
    """

    path: Path
    values: dict[str, JSONValue] = field(default_factory=dict)
    places: dict[str, tuple[Path, int]] = field(default_factory=dict)

    def where(self, key: str) -> str:
        """Return what a message calls a field: ``file.yaml:12: doc_to_text``."""
        # What an alias or a merge key has made has the line of the item or field it is in.
        known = (key, key.partition(".")[0], key.partition("[")[0])
        path, line = next((self.places[place] for place in known if place in self.places), (self.path, 0))
        return f"{path}:{line}: {key}" if line else f"{path}: {key}"

    def update(self, values: Mapping[str, JSONValue], places: Mapping[str, tuple[Path, int]]) -> None:
        """Put in fields, in place of those of the same names."""
        for place in [place for place in self.places if place.partition("[")[0] in values]:
            del self.places[place]
        self.values.update(values)
        self.places.update(places)

    def folder(self, key: str) -> Path:
        """Return the folder of the file in which a field stands."""
        return self.places.get(key, (self.path, 0))[0].parent


def read_task_file(path: Path) -> TaskFile:
    """Read a task file and those it includes, whose fields its own replace.

    Raises
    ------
    TaskError
        If one cannot be read, is no mapping, or includes itself, or if a field that counts names code; the message
        names file and line.
    DependencyError
        If PyYAML is not installed.
    """
    file = _read(path, ())
    for key, value in file.values.items():
        for code in _code(value):
            raise TaskError(
                f"{code.where}: {key}: !function {code} names Python code, and no code runs from a task file. Write "
                "what it does as a Jinja template; or apply it to the data once, save them as JSON lines, and write a "
                f'file of your own with "include: {path.name}", "{key}: null" and the new dataset_kwargs.data_files'
            )
    return file


def _code(value: JSONValue) -> Iterator[CodeReference]:
    if isinstance(value, CodeReference):
        yield value
    elif isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _code(inner)


def _read(path: Path, above: tuple[Path, ...]) -> TaskFile:
    try:
        real = path.resolve()
    except RuntimeError as error:  # a link to itself
        raise TaskError(f"{path}: cannot be read: {error}") from error
    if real in above:
        raise TaskError(f"{path}: include: the file includes itself, by way of {above[-1]}")
    if len(above) >= _MOST_INCLUDES:
        raise TaskError(f"{path}: include: more than {_MOST_INCLUDES} files deep")
    try:
        if path.exists() and not path.is_file():
            raise TaskError(f"{path}: is not a file")
        if path.stat().st_size > _MOST_BYTES:
            raise TaskError(f"{path}: {path.stat().st_size:,} bytes are too many for a task file")
        text = path.read_text("utf-8")
    except OSError as error:
        raise TaskError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TaskError(f"{path}: not UTF-8 at byte {error.start}") from error
    values, lines = parse_yaml(text, str(path))
    own = TaskFile(path, values, {key: (path, line) for key, line in lines.items()})
    if "include" not in values:
        return own
    named = values.pop("include")
    whole = TaskFile(path)
    for one in named if isinstance(named, list) else [named]:
        if not isinstance(one, str):
            raise TaskError(f"{own.where('include')} must be a path or a list of paths, found {one!r:.80}")
        if "\0" in one:
            raise TaskError(f"{own.where('include')}: {one!r:.80} is not a path")
        base = _read(path.parent / one, (*above, real))
        whole.update({key: value for key, value in base.values.items() if key != "task_list"}, base.places)
    whole.update(own.values, own.places)
    return whole


def parse_yaml(text: str, name: str) -> tuple[dict[str, JSONValue], dict[str, int]]:
    """Return the fields of a YAML mapping, and the lines of fields and of their items.

    What has the tag ``!function`` is a `CodeReference`.

    Raises
    ------
    TaskError
        If it is not YAML, not a mapping with strings for keys, or has another tag.
    """
    if len(text) > _MOST_BYTES:
        raise TaskError(f"{name}: {len(text):,} characters are too many for a task file ({_MOST_BYTES:,})")
    try:
        import yaml
    except ImportError as error:
        raise DependencyError(f"{name}: task files in YAML need PyYAML: pip install 'evalsuite[yaml]'") from error

    def reference(loader: Any, node: Any) -> CodeReference:
        del loader
        line = node.start_mark.line + 1
        if node.tag != "!function":
            raise TaskError(f"{name}:{line}: the tag {node.tag!s:.80} is not YAML's own; task files are data alone")
        return CodeReference(f"{getattr(node, 'value', '')!s:.80}", f"{name}:{line}")

    def construct(loader: Any, node: Any, deep: bool = False) -> Any:
        line = node.start_mark.line + 1
        if node.tag in _NUMBERS and len(node.value) > _MOST_DIGITS:
            raise TaskError(f"{name}:{line}: a number of more than {_MOST_DIGITS} characters; put it in quotes")
        try:
            return yaml.SafeLoader.construct_object(loader, node, deep=deep)
        except (EvalsuiteError, yaml.YAMLError, RecursionError, MemoryError):
            raise
        except Exception as error:  # PyYAML does not look at what an explicit tag stands before
            raise TaskError(f"{name}:{line}: {node.value!r:.80} is not what its tag {node.tag!s:.80} says") from error

    # A class of its own, lest PyYAML's be changed.
    kind: Any = type("Loader", (yaml.SafeLoader,), {"construct_object": construct})
    kind.add_constructor(None, reference)
    try:
        loader = kind(text)
        try:
            node = loader.get_single_node()
            _count_merged(node, name, {})
            value = None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        what = getattr(error, "problem", None) or str(error)
        raise TaskError(f"{name}{line}: not YAML: {what}") from error
    except EvalsuiteError:
        raise
    except Exception as error:  # a stranger's file is no reason for a traceback
        raise TaskError(f"{name}: not YAML that can be read: {type(error).__name__}: {error!s:.200}") from error
    if not isinstance(value, dict):
        raise TaskError(f"{name}: a task file is a mapping of fields, found {type_name(value)}")
    lines = {}
    for key, _ in node.value:
        if isinstance(key.value, str):
            if key.value in lines:
                raise TaskError(f'{name}:{key.start_mark.line + 1}: the field "{key.value}" stands here a second time')
            lines[key.value] = key.start_mark.line + 1
    _check_values(value, name)
    return value, lines | _lines_within(node)


def _lines_within(node: Any) -> dict[str, int]:
    """Return the lines of a list's items, such as ``metric_list[0]``, and of the items of lists in these."""
    lines: dict[str, int] = {}
    for key, value in node.value:
        if key.value not in _WITH_PLACES or value.id != "sequence":
            continue
        for i, item in enumerate(value.value):
            place = f"{key.value}[{i}]"
            lines[place] = item.start_mark.line + 1
            for name, inner in item.value if item.id == "mapping" else ():
                if inner.id == "sequence":
                    lines |= {f"{place}.{name.value}[{j}]": x.start_mark.line + 1 for j, x in enumerate(inner.value)}
    return lines


def _count_merged(node: Any, name: str, counts: dict[int, int]) -> int:
    """Return how many pairs a mapping has once ``<<`` is carried out; refuses too many before any is copied."""
    if node is None or isinstance(node.value, str):
        return 0
    if id(node) in counts:
        return counts[id(node)]
    counts[id(node)] = 0
    total = 0
    for one in node.value:
        key, value = one if isinstance(one, tuple) else (None, one)
        inner = _count_merged(value, name, counts)
        if key is None:
            total += inner
            continue
        _count_merged(key, name, counts)
        is_merge = key.tag == "tag:yaml.org,2002:merge"
        total += inner if is_merge else 1
        counts[-1] = counts.get(-1, 0) + inner * is_merge  # of the whole file: no object has this id
        if counts[-1] > _MOST_MERGED:
            raise TaskError(f"{name}:{key.start_mark.line + 1}: merge keys (<<) make more than {_MOST_MERGED:,} fields")
    counts[id(node)] = total
    return total


def _check_values(value: object, name: str) -> None:
    """Refuse what JSON has not, and aliases that stand for themselves or for more than memory holds."""
    count = 0
    stack: list[tuple[object, int]] = [(value, 0)]
    while stack:
        one, depth = stack.pop()
        count += 1
        if count > _MOST_VALUES or depth > 100:
            raise TaskError(f"{name}: more than {_MOST_VALUES:,} values, or 100 of them within one another")
        if isinstance(one, dict):
            for key, inner in one.items():
                if not isinstance(key, str):
                    raise TaskError(f"{name}: keys must be strings, found {key!r:.80}; put it in quotes")
                stack.append((inner, depth + 1))
        elif isinstance(one, list):
            stack += [(inner, depth + 1) for inner in one]
        elif isinstance(one, int) and abs(one) >= 1 << 63:
            raise TaskError(f"{name}: an integer of {one.bit_length()} bits is too large; put it in quotes")
        elif not isinstance(one, _SCALARS):
            raise TaskError(f"{name}: found {one!r:.80}, which YAML takes for a {type(one).__name__}; put it in quotes")
