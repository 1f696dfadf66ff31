"""The list of commands: where each is made, and what it does in a sentence, so that help loads none of them."""

from __future__ import annotations

# Room of `fieldcheck.cli` → its commands, each with the first sentence of its own help; a test holds them to be the same.
ROOMS = {
    "project": {
        "new": "Makes a project folder.",
        "model": "The models of a project.",
        "benchmark": "The benchmark of a project.",
        "check": "Integrity of a project folder.",
        "demo": "Makes the sample project and opens it.",
    },
    "footage": {
        "import": "Videos, and folders of pictures or videos, become clips.",
        "pick": "Proposes the hundred: the hard ones among them, every one with a known probability.",
    },
    "labels": {
        "label": "Labels of the picked frames.",
        "undo": "Takes the newest acts back.",
        "redo": "Does again what was taken back.",
    },
    "limits": {
        "limits": (
            "Shows or sets the limits: the largest gap and the rates accepted, which classes are OK, "
            "and the plant's own defect rate and costs."
        ),
    },
    "looks": {
        "look": "Label review: another look at what label and model disagree on.",
    },
    "score": {
        "run": "Runs the model; what was answered before is not run again.",
        "embed": "Makes the vectors that tell how alike pictures are; what was made before is not made again.",
        "report": "Writes the gap report.",
    },
    "stress": {
        "stress": "Sweeps corruptions over three severities, moderate first; what was answered before is not run again.",
        "probe": "Shows the model pictures of nothing, and its own frames with something taken away.",
    },
    "fix": {
        "fix": "Tries changes of preprocessing on one half of the labelled clips, and proves the best on the other half.",
    },
    "try_model": {
        "try": "Shows pictures to a model: what it saw, and what it says.",
    },
    "against": {
        "compare": "Before and after: two models of the project on the same labelled frames.",
        "gate": "For every training run: may the new model take the old one's place? Exits 0 pass, 3 fail, 4 not enough frames.",
        "golden": "Folders that must stay right, whatever model comes next.",
    },
    "bench": {
        "bench": "Measures how long a frame takes on this machine: decode, resize, normalise, forward, post-processing.",
    },
    "monitor": {
        "monitor": "Takes in what a deployed model saw, by shifts, and says how each stands.",
    },
    "runs": {
        "runs": "Lists the stored runs, the newest first.",
        "replay": "Repeats a stored run and says whether every digit is the same.",
    },
    "cameras": {
        "cameras": "Lists cameras by identity, without opening one.",
    },
    "capture": {
        "capture": "Records raw frames as clips.",
    },
    "export": {
        "export": "Writes labels, slices, suspected label errors, recipes and pictures for training, as other tools read them.",
        "split": "Writes a train and a validation set by whole clips, recordings, cameras or locations, never by frame.",
    },
    "admin": {
        "admin": "The PIN that keeps operators from changing limits; it keeps honest people honest, and nobody else.",
    },
    "evidence": {
        "pack": "Writes an evidence pack: database, saved frames, models and every figure, sealed in one file that verifies itself.",
        "verify": "Holds every byte of a pack against its hashes, and works every figure out again from its labels and predictions.",
        "unpack": "Makes a new project of a pack, after a look at every byte of it.",
        "seal": "Seals limits, classes and list before the first label, and signs them with a key; a seal that stands is shown.",
        "share": "Deals the picks that are not labelled yet out to two people, a pack each, with an overlap that tells how far they agree.",
        "merge": "Takes the labels of other projects or packs in; where two people differ, both answers stay and somebody decides.",
        "adjudicate": "Lists the frames on which two people differ, or decides one of them; both answers stay.",
    },
}
