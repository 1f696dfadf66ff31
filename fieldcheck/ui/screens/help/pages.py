"""All pages, in the language that is spoken."""

from __future__ import annotations

from fieldcheck.ui.registered import spec_of, specs
from fieldcheck.ui.screens.help.blocks import Block, HelpHeading, HelpPage, HelpParagraph, HelpSteps, Keys, Links, Terms
from fieldcheck.ui.shell.action_entry import EVERYWHERE, Entry
from fieldcheck.ui.shell.actions_table import SCREENS, screen_name
from fieldcheck.words.language import text

NUMBERS, GLOSSARY, KEYS = "numbers", "glossary", "keys"


def pages(entries: tuple[Entry, ...]) -> tuple[HelpPage, ...]:
    """One for each screen, then the numbers, the words and all keys."""
    screens = tuple(_of_screen(spec.id, entries) for spec in specs() if spec.help is not None)
    return (*screens, _numbers(), _glossary(), _all_keys(entries))


def _of_screen(name: str, entries: tuple[Entry, ...]) -> HelpPage:
    own = _keys(entries, name)
    keys: tuple[Block, ...] = (HelpHeading(text("Keys of this screen")), own) if own.pairs else ()
    more = Links(((NUMBERS, text("What the numbers mean")), (GLOSSARY, text("Glossary")), (KEYS, text("All keys"))))
    return HelpPage(name, screen_name(name), (*about(name), *keys, HelpHeading(text("More")), more))


def _keys(entries: tuple[Entry, ...], screen: str) -> Keys:
    return Keys(tuple((entry.shown_key, entry.text) for entry in entries if entry.screen == screen and entry.keys))


def _all_keys(entries: tuple[Entry, ...]) -> HelpPage:
    blocks: list[Block] = [HelpHeading(text("Everywhere")), _keys(entries, EVERYWHERE)]
    for name in SCREENS:
        own = _keys(entries, name)
        if own.pairs:
            blocks += [HelpHeading(screen_name(name)), own]
    return HelpPage(KEYS, text("All keys"), tuple(blocks))


def _numbers() -> HelpPage:
    return HelpPage(
        NUMBERS,
        text("What the numbers mean"),
        (
            HelpParagraph(
                text(
                    "Everything leads to one sentence: how often the model is right on its benchmark, how often on your site, and the gap."
                )
            ),
            HelpHeading(text("The figure and its range")),
            HelpParagraph(
                text(
                    "A hundred frames are a sample. Another hundred would give another figure. The range in brackets is made so that "
                    "it holds the true figure in 95 of 100 such samples. A wide range means that little is known yet, "
                    "not that the model is bad."
                )
            ),
            HelpHeading(text("Two ranges")),
            Terms(
                (
                    (
                        text("This footage"),
                        text(
                            "How often the model is right on all the footage you brought, labelled or not. "
                            "It says nothing about other days."
                        ),
                    ),
                    (
                        text("This camera"),
                        text(
                            "How often it would be right on other clips of the same camera. It is mostly wider, because frames of one clip "
                            "resemble each other. More clips narrow it; more frames of the same clips hardly do."
                        ),
                    ),
                )
            ),
            HelpHeading(text("Percentage points and per cent")),
            HelpParagraph(
                text(
                    "Scores are in per cent. A difference of two scores is in percentage points (pp): from 97% to "
                    "61% is a gap of 36 pp. A negative gap means that the model does better on site than on its "
                    "benchmark."
                )
            ),
            HelpHeading(text("The verdict")),
            HelpParagraph(
                text(
                    "It comes from the range of the gap, never from its middle, and from the limit that the project "
                    "has (3 pp where nobody set another)."
                )
            ),
            Terms(_verdicts()),
        ),
    )


def _verdicts() -> tuple[tuple[str, str], ...]:
    return (
        (text("Not ready"), text("The whole range of the gap lies above the limit, or a line of the checklist is not met.")),
        (text("Not enough frames"), text("The limit lies inside the range: more labels or more clips decide it.")),
        (
            text("Not shown to be ready"),
            text("The whole range of the gap is within the limit, but not every line of the checklist was measured and met."),
        ),
        (
            text("Ready for a supervised trial"),
            text("The whole range is within the limit and every line of the checklist is met. It never says safe."),
        ),
        (
            text("Not comparable"),
            text("The benchmark does not give here what was stated for it, so the gap may come from how the model is fed."),
        ),
    )


def _glossary() -> HelpPage:
    return HelpPage(
        GLOSSARY,
        text("Glossary"),
        (
            Terms(
                (
                    (text("Benchmark"), text("The labelled pictures that the model's score was published on.")),
                    (text("Field frames"), text("Frames of your own footage, drawn to be labelled.")),
                    (text("Gap"), text("Score on the benchmark minus score on the field frames, in percentage points (pp).")),
                    (text("Limit"), text("The largest gap that this project accepts. Somebody sets it, and the report names who.")),
                    (text("Clip"), text("A stretch of footage without a cut: the same scene, seen by one camera.")),
                    (text("Burst"), text("Frames of the same moment that look alike. Galleries show one of them.")),
                    (
                        text("Hard frames"),
                        text("The fifth of the footage that looks hardest for a model: dark, blurred, or with high uncertainty."),
                    ),
                    (text("Blind"), text("The model's answer is hidden until a frame is labelled, so that it cannot lead the person.")),
                    (text("Unsure"), text("A person cannot tell. The report says what the score would be, were the model wrong there.")),
                    (text("Confidence"), text("How certain the model says it is, 0 to 1. Being certain is not being right.")),
                    (text("Uncertainty (entropy)"), text("High where the model spreads its answer over several classes.")),
                    (text("Severity"), text("How strong a corruption is: 1 mild, 3 moderate, 5 severe.")),
                    (
                        text("What the model sees (input tensor)"),
                        text("The frame after it was cropped, scaled and normalised for the model."),
                    ),
                    (text("Model card"), text("A file beside the model: its classes, and how a picture is made into its input.")),
                )
            ),
        ),
    )


def about(screen: str) -> tuple[Block, ...]:
    """The blocks of a screen's page, without its keys. Raises KeyError for a screen without a page."""
    told = spec_of(screen).help
    if told is None:
        raise KeyError(screen)
    page = told()
    read: tuple[Block, ...] = (HelpHeading(text("How to read it")), *(HelpParagraph(one) for one in page.numbers)) if page.numbers else ()
    return (HelpParagraph(page.purpose), HelpHeading(text("What to do")), HelpSteps(page.steps), *read)
