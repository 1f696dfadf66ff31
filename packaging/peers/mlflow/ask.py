"""An exported store as MLflow's own client reads it: `ask.py FOLDER`, in the environment of
pins.txt.

It imports nothing of the product. Printed: the version, and of each run its name, parameters,
newest metrics, the steps of `val_loss` and the files that the client lists and fetches.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}

import mlflow
from mlflow import MlflowClient


def main(folder: str) -> None:
    """Read everything through the client."""
    client = MlflowClient(tracking_uri=f"sqlite:///{Path(folder).resolve()}/mlflow.db")
    (experiment,) = [entry for entry in client.search_experiments() if entry.name != "Default"]
    runs = {}
    for run in client.search_runs([experiment.experiment_id]):
        run_id, name = run.info.run_id, run.info.run_name
        runs[name] = {
            "params": run.data.params,
            "metrics": run.data.metrics,
            "val_loss": [
                [entry.step, entry.value] for entry in client.get_metric_history(run_id, "val_loss")
            ],
            "files": sorted(entry.path for entry in client.list_artifacts(run_id)),
            "frames": len(client.list_artifacts(run_id, "frames")),
            "read": {
                entry.path: Path(client.download_artifacts(run_id, entry.path)).stat().st_size
                for entry in client.list_artifacts(run_id)
                if not entry.is_dir
            },
        }
    print(json.dumps({"version": mlflow.__version__, "experiment": experiment.name, "runs": runs}))


if __name__ == "__main__":
    main(*sys.argv[1:])
