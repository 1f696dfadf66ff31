"""DataEval's first evaluation, a perturbation of NRTK and MAITE's own checks on a project: `ask.py
PROJECT`, in the environment of pins.txt, where the product stands beside them.

Printed, for the field and the benchmark: what spotcheck of MAITE says of data set and model, the
data set's length, classes and labels, the groups of duplicates that DataEval finds (its README's
evaluation on embeddings, and by hashes), how many outliers, the factors it reads, and the answers
of the model by MAITE's `predict`, as the images are and darkened by NRTK.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import maite.protocols.image_classification as ic
import maite.protocols.object_detection as od
import numpy as np
from dataeval import Metadata
from dataeval.extractors import TorchExtractor
from dataeval.flags import ImageStats
from dataeval.quality import Duplicates, Outliers
from maite.spotcheck import spotcheck_component
from maite.tasks import predict
from nrtk.impls.perturb_image.photometric.enhance import BrightnessPerturber
from nrtk.interop import MAITEImageClassificationAugmentation, MAITEObjectDetectionAugmentation
from torch.nn import Flatten

sys.path.insert(0, str(Path(__file__).parents[3]))

import fieldcheck


def main(path: Path) -> None:
    """Print what came of it."""
    with fieldcheck.Project.open(path, write=False) as project:
        sides = {on: describe(project, on) for on in ("field", "benchmark")}
    print(json.dumps(sides))


def describe(project: fieldcheck.Project, on: str) -> dict[str, Any]:
    """One side of the gap."""
    dataset, model = fieldcheck.MaiteDataset(project, on=on), fieldcheck.MaiteModel(project)
    boxes = hasattr(dataset[0][1], "boxes")
    protocols = od if boxes else ic
    assert isinstance(dataset, protocols.Dataset)
    assert isinstance(dataset, protocols.FieldwiseDataset)
    assert isinstance(model, protocols.Model)
    checked = spotcheck_component(protocols.Dataset)(dataset)
    images = [checked[index][0] for index in range(len(checked))]
    assert len(spotcheck_component(protocols.Model)(model)(images[:2])) == 2
    evaluator = Duplicates(
        flags=ImageStats.NONE,
        cluster_algorithm="hdbscan",
        cluster_sensitivity=1.5,
        extractor=TorchExtractor(Flatten()),
        batch_size=64,
    )
    augment = MAITEObjectDetectionAugmentation if boxes else MAITEImageClassificationAugmentation
    dark = augment(augment=BrightnessPerturber(factor=0.3), augment_id="dark")
    plain, darkened = (
        [
            flatten(answer)
            for batch in predict(
                model=model, dataset=dataset, batch_size=8, augmentation=augmentation
            )[0]
            for answer in batch
        ]
        for augmentation in (None, dark)
    )
    return {
        "n": len(dataset),
        "ids": [dataset.get_metadata(index)["id"] for index in range(len(dataset))],
        "index2label": dict(dataset.metadata["index2label"]),
        "first_evaluation": len(evaluator.evaluate(dataset)),
        "exact": [
            sorted(row["item_indices"])
            for row in Duplicates().evaluate(dataset).data().to_dicts()
            if row["dup_type"] == "exact"
        ],
        "outliers": len(Outliers().evaluate(dataset).data()),
        "factors": sorted(Metadata(dataset).factor_names),
        "answers": plain,
        "darkened": darkened,
    }


def flatten(answer: Any) -> list[float]:
    """Probabilities, or how many boxes and their scores."""
    scores = answer.scores if hasattr(answer, "scores") else answer
    box_count = [float(len(scores))] if hasattr(answer, "boxes") else []
    return [*box_count, *np.ravel(np.asarray(scores)).tolist()]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
