"""A Ray cluster of two nodes, on one machine, that loses one of them during a run."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from evalsuite.evaluation import plan_run, run_plan
from evalsuite.executors import make_executor, ray_cluster
from evalsuite.runlog import read_log
from evalsuite.task import load_task
from tests.executors import ray_models
from tests.executors.ray_models import Plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ray = pytest.importorskip("ray", reason="needs the package ray")
N = 40


def test_a_lost_node_costs_its_unfinished_batches_only(
    write_task: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ray.cluster_utils import Cluster

    task = load_task(str(write_task(N)))
    folder = tmp_path / "pids"
    folder.mkdir()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        lost = cluster.add_node(num_cpus=2)
        monkeypatch.setenv("RAY_ADDRESS", cluster.address)
        ray_cluster.connect(ray)
        ray.cloudpickle.register_pickle_by_value(ray_models)
        removed = threading.Event()

        def progress(done: int, wanted: int) -> None:
            if done >= 8 and not removed.is_set():
                removed.set()
                cluster.remove_node(lost, allow_graceful=False)

        executor = make_executor("ray", workers=3)
        model = Plain(folder, seconds=0.3)
        evaluation = run_plan(
            plan_run(model, task, root=tmp_path / "ray", executor=executor, repeats=2), progress=progress
        )
        executor.release()
        assert removed.is_set()
        log = read_log(evaluation.folder / "run.jsonl")
        assert log.path.read_bytes().count(b'"type":"output"') == len(log.outputs) == 2 * N
        local = run_plan(plan_run(Plain(folder), task, root=tmp_path / "local", repeats=2))
        expected = read_log(local.folder / "run.jsonl").outputs
        assert {key: one.text for key, one in log.outputs.items()} == {key: one.text for key, one in expected.items()}
        assert evaluation.report.record["scores"] == local.report.record["scores"]
    finally:
        ray.cloudpickle.unregister_pickle_by_value(ray_models)
        ray.shutdown()
        cluster.shutdown()
