"""The list of commands: where each is made, and what it does in a sentence, so that help loads none
of them."""

from __future__ import annotations

# Room of `fieldcheck.cli` → its commands, each with the first sentence of its own help; a test
# holds them to be the same.
ROOMS = {
    "project": {
        "new": "Create a project.",
        "model": "Models of a project.",
        "benchmark": "Benchmark of a project.",
        "check": "Check the integrity of a project.",
        "demo": "Create and open the demo project.",
    },
    "footage": {
        "import": "Import videos and image folders.",
        "pick": (
            "Pick a stratified random sample of frames for labelling, with known inclusion "
            "probabilities."
        ),
    },
    "parts": {
        "parts": "Show or set which part each frame shows, and when a part counts as rejected."
    },
    "labels": {
        "label": "Labels of the picked frames.",
        "undo": "Undo the latest actions.",
        "redo": "Redo undone actions.",
        "look": "Label review: frames on which label and prediction disagree.",
    },
    "limits": {
        "limits": (
            "Show or set the limits that the verdict follows from, OK classes, and the site's own "
            "defect rate and costs."
        ),
        "admin": "The admin PIN, which prevents operators from changing limits by mistake.",
        "checklist": "Show the checklist by phase, or set that an item does not apply.",
    },
    "run_and_report": {
        "run": "Run the model.",
        "embed": "Compute image embeddings for similarity.",
        "report": "Export the gap report.",
        "runs": "List saved runs, newest first.",
        "replay": "Reproduce a saved run and compare every prediction.",
    },
    "stress": {
        "stress": "Run a corruption sweep at three severities, moderate first.",
        "probe": (
            "Run the OOD and shortcut test: images without a correct class, and field frames "
            "with parts removed."
        ),
    },
    "fix": {
        "fix": (
            "Search for preprocessing changes that help on the labelled clips, all of them tested "
            "together."
        )
    },
    "try_model": {"try": "Run a model on images without a project; show input and prediction."},
    "gate": {
        "compare": "Compare two models of the project on the same labelled frames.",
        "gate": "Compare a new model with the current one for CI.",
        "golden": "Golden sets: labelled images that must stay correct with every new model.",
    },
    "latency": {
        "latency": (
            "Measure the latency per frame on this machine: decode, resize, normalise, "
            "inference, post-processing."
        )
    },
    "monitor": {"monitor": "Monitor a deployed model by shift."},
    "capture": {
        "capture": "Record clips from a camera.",
        "cameras": "List connected cameras without opening them.",
    },
    "export": {
        "export": (
            "Export labels, slices, suspected label errors, recipes and training images in "
            "formats of other tools."
        ),
        "split": (
            "Export a training and a validation set, split by whole clips, recordings, "
            "cameras or locations, never by frame."
        ),
    },
    "evidence": {
        "pack": (
            "Create an evidence pack: database, saved frames, models and all values in one "
            "sealed file with its own verification program."
        ),
        "verify": (
            "Verify a pack: check all hashes and recompute all values from labels and predictions."
        ),
        "unpack": "Verify a pack and unpack it to a new project.",
        "seal": (
            "Seal limits, classes and sampled frames before the first label, optionally signed."
        ),
        "share": (
            "Split unlabelled picked frames between two annotators, one pack each, with an "
            "overlap to measure agreement."
        ),
        "merge": "Merge labels from other projects or packs.",
        "adjudicate": "List label conflicts, or resolve one.",
    },
}

# Former name → command. It works as before, and no list or suggestion has it.
ALIASES = {"bench": "latency"}
