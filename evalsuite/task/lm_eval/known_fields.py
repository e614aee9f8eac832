"""Which fields of lm-evaluation-harness's task files count, which do no harm, and which are refused, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.errors import TaskError, did_you_mean

if TYPE_CHECKING:
    from evalsuite.task.lm_eval.yaml_file import TaskFile

__all__ = ["IGNORED", "REFUSED", "USED", "check_known_fields"]

USED = (
    "task",
    "dataset_path",
    "dataset_name",
    "dataset_kwargs",
    "training_split",
    "validation_split",
    "test_split",
    "fewshot_split",
    "output_type",
    "doc_to_text",
    "doc_to_target",
    "doc_to_choice",
    "description",
    "target_delimiter",
    "fewshot_delimiter",
    "num_fewshot",
    "fewshot_config",
    "generation_kwargs",
    "repeats",
    "filter_list",
    "metric_list",
    "metadata",
)
"""What is read."""

IGNORED = ("tag", "group", "task_alias", "should_decontaminate", "doc_to_decontamination_query")
"""What changes no score of the task itself."""

_NO_CODE = "is code, and no code runs from a task file: "

REFUSED = {
    "class": _NO_CODE + "write the task as data, or in Python with evalsuite.Task",
    "process_docs": _NO_CODE + "apply it once, save the records as JSON lines, and name them under data_files",
    "process_results": _NO_CODE + "use the metrics of metric_list, or score the run's log with a metric of your own",
    "custom_dataset": _NO_CODE + "save what it makes as JSON lines, and name them under data_files",
    "unsafe_code": "asks for generated code to be run, which evalsuite does not",
    "use_prompt": "takes prompts of a package or the network: write the template as doc_to_text",
    "doc_to_image": "is of tasks that show images, which are not supported in this form",
    "doc_to_audio": "is of tasks with sound, which are not supported in this form",
    "gen_prefix": "is not supported: write the beginning of the answer at the end of doc_to_text",
    "task_list": "names several tasks in one file: write a file for each, which may include this one",
}
"""What is refused, and what to do instead."""


def check_known_fields(file: TaskFile) -> None:
    """Refuse a group of tasks, fields that cannot be honoured, and those that do not exist.

    Raises
    ------
    TaskError
        At the first; the message names file, line, field and what to do.
    """
    if isinstance(file.values.get("task"), list):
        raise TaskError(
            f"{file.where('task')}: this is a group of tasks, which are run one by one: give their files, "
            "--tasks a.yaml,b.yaml, or their names with --include-path"
        )
    for key, value in file.values.items():
        if value is None or (key == "unsafe_code" and value is False):
            continue
        if key in REFUSED:
            raise TaskError(f"{file.where(key)} {REFUSED[key]}")
        if key not in USED and key not in IGNORED:
            raise TaskError(
                f"{file.where(key)}: there is no such field{did_you_mean(key, (*USED, *IGNORED))} "
                f"(supported: {', '.join(USED)})"
            )
