"""Texts of an export, and what lies beside an exported recipe to be read."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.corruption.pipeline import SHARE, RecipePart
from fieldcheck.words.corruptions import get_corruption_name
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.language import tr, tr_plural


def describe_export(kind: str, n: int, out: str) -> str:
    """One line for the terminal."""
    counted = {
        "recipe": tr_plural("Recipe of {n} corruption exported to {out}.", "Recipe of {n} corruptions exported to {out}.", n),
        "ablation": tr_plural("{n} leave-one-out recipe exported to {out}.", "{n} leave-one-out recipes exported to {out}.", n),
        "poison": tr_plural("{n} corrupted image exported to {out}.", "{n} corrupted images exported to {out}.", n),
        "augmented": tr_plural("{n} image exported to {out}.", "{n} images exported to {out}.", n),
        "mlflow": tr_plural("{n} run exported to {out}.", "{n} runs exported to {out}.", n),
        "thresholds": tr_plural(
            "Model card with {n} class threshold exported to {out}.", "Model card with {n} class thresholds exported to {out}.", n
        ),
        "tasks": tr_plural(
            "{n} labelling task exported to {out}, without predictions.",
            "{n} labelling tasks exported to {out}, without predictions.",
            n,
        ),
        "suspects": tr_plural(
            "{n} label exported to {out}, the most suspect first.", "{n} labels exported to {out}, the most suspect first.", n
        ),
    }
    labelled = tr_plural("{n} labelled frame exported to {out}.", "{n} labelled frames exported to {out}.", n)
    return counted.get(kind, labelled).format(n=format_number(n), out=out)


def get_export_name(kind: str) -> str:
    """Format of an export in a list; names of other people's formats are theirs."""
    own = {
        "recipe": tr("Recipe of this camera's corruptions (albumentations)"),
        "ablation": tr("Leave-one-out recipes"),
        "poison": tr("Benchmark images, corrupted"),
        "augmented": tr("Collected failures, corrupted"),
        "suspects": tr("Suspected label errors"),
        "thresholds": tr("Model card with a threshold for each class"),
        "mlflow": tr("Saved runs for MLflow"),
        "cvat-tasks": tr("Labelling tasks for {tool} (without labels)").format(tool="CVAT"),
        "label-studio-tasks": tr("Labelling tasks for {tool} (without labels)").format(tool="Label Studio"),
    }
    names = {
        "coco": "COCO", "yolo": "YOLO", "voc": "Pascal VOC", "cvat": "CVAT", "label-studio": "Label Studio", "csv": "CSV",
        "fiftyone": "FiftyOne", "parquet": "Parquet", "imagefolder": tr("folder per class (ImageFolder)"),
        "masks": tr("mask folder"),
    }  # fmt: skip
    if kind in own:
        return own[kind]
    return tr("Labelled frames: {format}").format(format=names.get(kind, kind))


def get_export_description(kind: str) -> str:
    """Content of an export, in a sentence."""
    said = {
        "recipe": tr("Corruptions fitted so that the benchmark resembles this camera, for training the next model."),
        "ablation": tr("The same recipe with one corruption left out each time (ablation), to see which corruption helps in training."),
        "poison": tr("Benchmark images with the sweep's corruptions and their labels, for training or testing."),
        "augmented": tr("The collected failures with the same corruptions and their labels."),
        "suspects": tr("Labels that the model contradicts with high confidence, most suspect first, for the data set owner."),
        "thresholds": tr("Model card with per-class thresholds derived from the field labels."),
        "mlflow": tr("All saved runs with parameters, scores and confidence intervals, as an MLflow tracking store."),
    }
    if kind.endswith("-tasks"):
        return tr("Frames for labelling in another tool, without predictions.")
    labelled = tr("Labelled frames with labels in this format. Anything the format cannot represent is listed after the export.")
    return said.get(kind, labelled)


def build_recipe_readme(trained: Sequence[RecipePart], unseen: Sequence[RecipePart], seed: int) -> str:
    """README.md of a recipe: how it is loaded, what is in it, and what was kept out."""
    said = [
        "# " + tr("Corruptions for training, fitted to this camera by Fieldcheck"),
        tr("Load with albumentations 2.0.8, from this folder:"),
        '```python\nimport albumentations as A\nimport fieldcheck_transforms\n\npipeline = A.load("pipeline.json")\n'
        f"pipeline.set_random_seed({seed})\n```",
        tr("One to three corruptions at a time, mild or moderate, on {share} of the images; the rest stays clean.").format(
            share=format_percent(SHARE)
        ),
        "\n".join(_format_part(part) for part in trained),
        tr("Training with these corruptions takes longer: plan 20 to 30% more epochs and watch the validation loss."),
        tr("Held out to test whether training generalises; test with unseen/pipeline.json:"),
        "\n".join(_format_part(part) for part in unseen),
    ]
    return "\n\n".join(said) + "\n"


def _format_part(part: RecipePart) -> str:
    figures = "; ".join(", ".join(f"{key} {value:g}" for key, value in stop.items()) for stop in part.stops)
    name = f"- {get_corruption_name(part.corruption)} (`{part.corruption}`): {figures}"
    return name + (" – " + tr("this camera's parameters") if part.fitted else "")


def describe_split(n_train: int, n_validation: int, out: str) -> str:
    """A split in one line for the terminal."""
    train = tr_plural("{n} frame for training", "{n} frames for training", n_train).format(n=format_number(n_train))
    validation = tr_plural("{n} for validation", "{n} for validation", n_validation).format(n=format_number(n_validation))
    return tr("{train} and {validation} exported to {out}; no group is in both sets.").format(train=train, validation=validation, out=out)
