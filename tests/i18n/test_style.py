"""The words of the style guide (docs/glossary.md), held against every sentence of the program."""

import re

import pytest

from fieldcheck.i18n import language
from fieldcheck.ui.screens import list_actions
from tests.i18n.test_catalogue import CHECKOUT, FOLDERS, forms, sentences

ENGLISH = {
    r"pictures?": "frame (still from footage) or image (file)",
    r"answer(s|ed|ing)?": "prediction",
    r"(bring|brings|brought|take|takes|taken|took|come|comes|came) (it |them )?in": "import",
    r"(take|takes|taken|took) (it |them |this )?(back|out)": "undo, exclude",
    r"do(es|ne)? again|did again": "redo",
    r"mend(s|ed)?|forget|forgot(ten)?": "repair, delete",
    r"headline|claim(s|ed)?": "main result, reference score",
    r"(?<!three )figures?": "value",
    r"proven|shown to be|not decided|cannot be told|can not be told": "demonstrated, not demonstrated, inconclusive",
    r"not enough frames|the gap is over the limit": "Inconclusive, Not ready",
    r"somebody|nobody|whoever|anybody|two people|someone": "annotator, operator, person visible",
    r"95% range|limits so far": "95% CI, interval",
    r"is gone|is not there|is there|it takes": "not found, requires",
    r"(?<!run_)bench(?!\.json|\.py)|meanwhile|gets? hot|slower while": "latency, background load, throttling",
    r"swept|probe(s|d)?": "sweep, OOD test",
    r"fed|computed by|last step": "preprocessing, execution provider, final activation",
    r"the hundred|sampling list|(?<!of the )listed frames": "picked frames, sampled frames",
    r"lists? of (picks|frames)": "sampled frames, picked frames",
    r"learning|healthy": "baseline, normal",
    r"deal(s|t)? out": "split",
    r"frames? a (second|label)|a second as": "per second, fps",
    r"safe to use|sure(ly)? that": "never promised",
}
"""Words that no sentence of the program has, and the terms in their place."""

GERMAN = {
    r"KI": "95-%-Konfidenzintervall",
    r"man|jemand\w*|niemand\w*": "Sie, Passiv",
    r"antwort\w*|Prädiktion\w*": "Vorhersage",
    r"(?<!falsch-)(?<!richtig-)richtig(e[mnrs]?)? (erkannt|beantwortet|gelegen)|lag(en)? richtig": "korrekt",
    r"einlesen|eingelesen|einzulesen": "importieren",
    r"95-%-Bereich\w*": "95-%-Konfidenzintervall",
    r"Hauptzahl\w*": "Hauptergebnis",
    r"bewiesen|erwiesen": "nachgewiesen",
    r"Muss-?Bild\w*": "Pflichtbild",
    r"die Hundert": "gezogene Bilder",
    r"zu wenige Bilder für ein Urteil": "Nicht entscheidbar",
    r"ist weg|ist nicht da": "nicht gefunden",
    r"du|dein(e[mnrs]?)?|dir|dich": "Sie",
}

VERBS = frozenset([
    "accept", "acknowledge", "add", "apply", "brighten", "cancel", "choose", "close", "compare",
    "confirm", "continue", "copy", "create", "decrease", "delete", "diagnose", "draw", "duplicate",
    "edit", "enlarge", "enter", "exclude", "export", "filter", "find", "fit", "flag", "go",
    "import", "include", "increase", "label", "lock", "magnify", "mark", "measure", "merge", "move", "open",
    "paste", "pause", "pick", "play", "redo", "relabel", "remove", "repeat", "reproduce", "reset",
    "review", "run", "save", "search", "seal", "select", "set", "show", "skip", "snap", "split", "start",
    "tag", "try", "undo", "unpack", "use", "verify", "zoom",
])  # fmt: skip
"""Verbs with which an action begins; a new one is added here once it is the usual word."""
STEPS = frozenset([
    "next", "previous", "first", "last", "newer", "older", "shorter", "longer", "larger", "smaller",
])  # fmt: skip
"""A step to a neighbour is named by where it leads."""
NAMED_BY_NOUN = frozenset([
    "go.help", "primary", "new", "keys", "menu", "messages", "jobs", "full_screen", "gloves",
    "quit", "project.new", "capture.auto", "capture.page", "explore.gap",
    "explore.frames", "explore.map", "explore.doubt", "explore.charts", "explore.fix",
    "explore.model_wrong",
    "explore.cannot_tell", "stress.live", "stress.sweep", "stress.probes", "monitor.charts",
    "monitor.entropy", "monitor.distance", "report.form", "evidence.packs", "evidence.runs",
    "evidence.people", "evidence.exports", "evidence.fleet",
])  # fmt: skip
"""Actions that show a pane, switch a mode or judge a frame bear its name."""
NUMBERED = ("Condition: ", "Corruption ")
"""Keys of a row of choices bear the name of their choice."""


def without_places(said):
    """A sentence without its placeholders and the commands between backticks."""
    return re.sub(r"\{[^{}]*\}|`[^`]*`", "", said)


def used(words, said):
    """What of the `words` stands in a sentence."""
    return [
        f"{said!r}: not {word!r} but {instead}"
        for word, instead in words.items()
        if re.search(rf"\b({word})\b", said, re.IGNORECASE)
    ]


@pytest.fixture(scope="module")
def german():
    (folder,) = FOLDERS
    return sentences(folder)


def test_no_english_sentence_has_a_word_that_the_style_guide_replaces(german):
    said = [without_places(one) for message in german for one in forms(message)[0]]
    assert [line for one in said for line in used(ENGLISH, one)] == []


def test_no_german_sentence_has_a_word_that_the_style_guide_replaces(german):
    said = [without_places(one) for message in german for one in forms(message)[1]]
    assert [line for one in said for line in used(GERMAN, one)] == []


def test_every_action_is_a_verb_with_its_object_or_leads_to_a_neighbour():
    with language.use_language("en"):
        names = {entry.id: entry.text for entry in list_actions()}
    nouns = {
        name
        for name, said in names.items()
        if said.split()[0].lower() not in VERBS | STEPS and not said.startswith(NUMBERED)
    }
    assert nouns == NAMED_BY_NOUN
    alone = {name for name, said in names.items() if name not in nouns and len(said.split()) == 1}
    assert alone == {"undo", "redo"}
    assert [said for said in names.values() if said.endswith(".") or said[0].islower()] == []


@pytest.mark.parametrize("said", [
    "Take in the log", "The picture was read", "It is 41 pp below, proven on half B",
    "{path} is gone; nothing was changed.", "Ask whoever set it.",
    "The headline waits for labels", "30 frames a second",
])  # fmt: skip
def test_a_sentence_with_such_a_word_is_noticed(said):
    assert used(ENGLISH, without_places(said))


def test_the_page_of_terms_names_every_term_that_the_program_must_use():
    page = (CHECKOUT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for term in (
        "frame", "image", "prediction", "label", "95% CI", "demonstrated", "Inconclusive",
        "execution provider", "latency", "demo project",
    ):  # fmt: skip
        assert re.search(rf"^\| \*\*[^|]*\b{term}\b", page, re.MULTILINE), term


def test_every_german_term_of_the_page_is_one_that_the_program_says(german):
    page = (CHECKOUT / "docs" / "glossary.md").read_text(encoding="utf-8")
    said = "\n".join(one for message in german for one in forms(message)[1]).lower()
    rows = re.findall(r"^\| \*\*([^|]+)\*\* \| ([^|]+) \|", page, re.MULTILINE)
    assert len(rows) > 20
    missing = [
        term
        for _, german_term in rows
        for term in re.split(r", | / ", german_term.strip())
        if term.split(" (")[0].lower() not in said
    ]
    assert missing == []
