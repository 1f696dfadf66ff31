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
        "recipe": plural("Recipe of {n} corruption written to {out}.", "Recipe of {n} corruptions written to {out}.", n),
        "ablation": plural("{n} recipe written to {out}.", "{n} recipes written to {out}, one for each corruption left out.", n),
        "poison": plural("{n} corrupted picture written to {out}.", "{n} corrupted pictures written to {out}.", n),
        "augmented": plural("{n} picture written to {out}.", "{n} pictures written to {out}.", n),
        "mlflow": plural("{n} run written to {out}.", "{n} runs written to {out}.", n),
        "thresholds": plural(
            "Card with {n} threshold of a class written to {out}.", "Card with {n} thresholds of classes written to {out}.", n
        ),
        "tasks": plural(
            "{n} blank task written to {out}; no answer of a model is in it.",
            "{n} blank tasks written to {out}; no answer of a model is in them.",
            n,
        ),
        "suspects": plural(
            "{n} label written to {out}, the most suspect first.", "{n} labels written to {out}, the most suspect first.", n
        ),
    }
    labelled = plural("{n} labelled frame written to {out}.", "{n} labelled frames written to {out}.", n)
    return counted.get(kind, labelled).format(n=number(n), out=out)


def export_name(kind: str) -> str:
    """Format of an export in a list; names of other people's formats are theirs."""
    own = {
        "recipe": text("Recipe of this camera's corruptions (albumentations)"),
        "ablation": text("Recipes with one corruption left out each"),
        "poison": text("Benchmark pictures, corrupted"),
        "augmented": text("Collected failures, corrupted"),
        "suspects": text("Suspected label errors"),
        "thresholds": text("Model card with a threshold for each class"),
        "mlflow": text("Stored runs for MLflow"),
        "cvat-tasks": text("Blank tasks for {tool}").format(tool="CVAT"),
        "label-studio-tasks": text("Blank tasks for {tool}").format(tool="Label Studio"),
    }
    names = {
        "coco": "COCO", "yolo": "YOLO", "voc": "Pascal VOC", "cvat": "CVAT", "label-studio": "Label Studio", "csv": "CSV",
        "fiftyone": "FiftyOne", "parquet": "Parquet", "imagefolder": text("a folder for each class"),
        "masks": text("mask folder"),
    }  # fmt: skip
    if kind in own:
        return own[kind]
    return text("Labelled frames: {format}").format(format=names.get(kind, kind))


def export_about(kind: str) -> str:
    """Content of an export, in a sentence."""
    said = {
        "recipe": text("The corruptions that make the benchmark look like this camera, fitted, for the training of the next model."),
        "ablation": text("The same recipe, once for each corruption left out: what the model learns from which shows in training."),
        "poison": text("Benchmark pictures under the corruptions of the sweep, with their labels, to train or test on."),
        "augmented": text("The collected failures under the same corruptions, with their labels."),
        "suspects": text("Labels that the model contradicts with confidence, the most suspect first, for whoever owns the data set."),
        "thresholds": text("The model card with the threshold of each class that the field's labels suggest."),
        "mlflow": text("Every stored run with parameters, scores and their limits, as a store that MLflow opens."),
    }
    if kind.endswith("-tasks"):
        return text("Frames for other people to label, as blank tasks; no answer of a model is in them.")
    labelled = text(
        "The labelled frames as pictures, with their labels in this format. What the format cannot hold is told after the export."
    )
    return said.get(kind, labelled)


def recipe_readme(trained: Sequence[Part], unseen: Sequence[Part], seed: int) -> str:
    """README.md of a recipe: how it is loaded, what is in it, and what was kept out."""
    said = [
        "# " + text("Corruptions for training, fitted by Fieldcheck"),
        text("Load it with albumentations 2.0.8, from this folder:"),
        '```python\nimport albumentations as A\nimport fieldcheck_transforms\n\npipeline = A.load("pipeline.json")\n'
        f"pipeline.set_random_seed({seed})\n```",
        text("One to three corruptions at once, mild or moderate, on {share} of the pictures; the rest stays clean.").format(
            share=percent(SHARE)
        ),
        "\n".join(_line(part) for part in trained),
        text("Training with them takes longer: plan 20 to 30% more epochs, and go by the validation loss."),
        text("Kept out, so that they can show whether training helped beyond what was trained; test with unseen/pipeline.json:"),
        "\n".join(_line(part) for part in unseen),
    ]
    return "\n\n".join(said) + "\n"


def _line(part: Part) -> str:
    figures = "; ".join(", ".join(f"{key} {value:g}" for key, value in stop.items()) for stop in part.stops)
    name = f"- {corruption_name(part.corruption)} (`{part.corruption}`): {figures}"
    return name + (" – " + text("this camera's figures") if part.fitted else "")


def split_told(n_train: int, n_validation: int, out: str) -> str:
    """A split in one line for the terminal."""
    train = plural("{n} frame for training", "{n} frames for training", n_train).format(n=number(n_train))
    validation = plural("{n} for validation", "{n} for validation", n_validation).format(n=number(n_validation))
    return text("{train} and {validation} written to {out}; no group stands on both sides.").format(
        train=train, validation=validation, out=out
    )
