"""Texts of an export, and what lies beside an exported recipe to be read."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.corruption.pipeline import SHARE, Part
from fieldcheck.words.corruptions import corruption_name
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import plural, text


def exported(kind: str, n: int, out: str) -> str:
    """One line for the terminal."""
    counted = {
        "recipe": plural("Recipe of {n} corruption exported to {out}.", "Recipe of {n} corruptions exported to {out}.", n),
        "ablation": plural("{n} leave-one-out recipe exported to {out}.", "{n} leave-one-out recipes exported to {out}.", n),
        "poison": plural("{n} corrupted image exported to {out}.", "{n} corrupted images exported to {out}.", n),
        "augmented": plural("{n} image exported to {out}.", "{n} images exported to {out}.", n),
        "mlflow": plural("{n} run exported to {out}.", "{n} runs exported to {out}.", n),
        "thresholds": plural(
            "Model card with {n} class threshold exported to {out}.", "Model card with {n} class thresholds exported to {out}.", n
        ),
        "tasks": plural(
            "{n} labelling task exported to {out}, without predictions.",
            "{n} labelling tasks exported to {out}, without predictions.",
            n,
        ),
        "suspects": plural(
            "{n} label exported to {out}, the most suspect first.", "{n} labels exported to {out}, the most suspect first.", n
        ),
    }
    labelled = plural("{n} labelled frame exported to {out}.", "{n} labelled frames exported to {out}.", n)
    return counted.get(kind, labelled).format(n=number(n), out=out)


def export_name(kind: str) -> str:
    """Format of an export in a list; names of other people's formats are theirs."""
    own = {
        "recipe": text("Recipe of this camera's corruptions (albumentations)"),
        "ablation": text("Leave-one-out recipes"),
        "poison": text("Benchmark images, corrupted"),
        "augmented": text("Collected failures, corrupted"),
        "suspects": text("Suspected label errors"),
        "thresholds": text("Model card with a threshold for each class"),
        "mlflow": text("Saved runs for MLflow"),
        "cvat-tasks": text("Labelling tasks for {tool} (without labels)").format(tool="CVAT"),
        "label-studio-tasks": text("Labelling tasks for {tool} (without labels)").format(tool="Label Studio"),
    }
    names = {
        "coco": "COCO", "yolo": "YOLO", "voc": "Pascal VOC", "cvat": "CVAT", "label-studio": "Label Studio", "csv": "CSV",
        "fiftyone": "FiftyOne", "parquet": "Parquet", "imagefolder": text("folder per class (ImageFolder)"),
        "masks": text("mask folder"),
    }  # fmt: skip
    if kind in own:
        return own[kind]
    return text("Labelled frames: {format}").format(format=names.get(kind, kind))


def export_about(kind: str) -> str:
    """Content of an export, in a sentence."""
    said = {
        "recipe": text("Corruptions fitted so that the benchmark resembles this camera, for training the next model."),
        "ablation": text("The same recipe with one corruption left out each time (ablation), to see which corruption helps in training."),
        "poison": text("Benchmark images with the sweep's corruptions and their labels, for training or testing."),
        "augmented": text("The collected failures with the same corruptions and their labels."),
        "suspects": text("Labels that the model contradicts with high confidence, most suspect first, for the data set owner."),
        "thresholds": text("Model card with per-class thresholds derived from the field labels."),
        "mlflow": text("All saved runs with parameters, scores and confidence intervals, as an MLflow tracking store."),
    }
    if kind.endswith("-tasks"):
        return text("Frames for labelling in another tool, without predictions.")
    labelled = text("Labelled frames with labels in this format. Anything the format cannot represent is listed after the export.")
    return said.get(kind, labelled)


def recipe_readme(trained: Sequence[Part], unseen: Sequence[Part], seed: int) -> str:
    """README.md of a recipe: how it is loaded, what is in it, and what was kept out."""
    said = [
        "# " + text("Corruptions for training, fitted to this camera by Fieldcheck"),
        text("Load with albumentations 2.0.8, from this folder:"),
        '```python\nimport albumentations as A\nimport fieldcheck_transforms\n\npipeline = A.load("pipeline.json")\n'
        f"pipeline.set_random_seed({seed})\n```",
        text("One to three corruptions at a time, mild or moderate, on {share} of the images; the rest stays clean.").format(
            share=percent(SHARE)
        ),
        "\n".join(_line(part) for part in trained),
        text("Training with these corruptions takes longer: plan 20 to 30% more epochs and watch the validation loss."),
        text("Held out to test whether training generalises; test with unseen/pipeline.json:"),
        "\n".join(_line(part) for part in unseen),
    ]
    return "\n\n".join(said) + "\n"


def _line(part: Part) -> str:
    figures = "; ".join(", ".join(f"{key} {value:g}" for key, value in stop.items()) for stop in part.stops)
    name = f"- {corruption_name(part.corruption)} (`{part.corruption}`): {figures}"
    return name + (" – " + text("this camera's parameters") if part.fitted else "")


def split_told(n_train: int, n_validation: int, out: str) -> str:
    """A split in one line for the terminal."""
    train = plural("{n} frame for training", "{n} frames for training", n_train).format(n=number(n_train))
    validation = plural("{n} for validation", "{n} for validation", n_validation).format(n=number(n_validation))
    return text("{train} and {validation} exported to {out}; no group is in both sets.").format(train=train, validation=validation, out=out)
