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
    keys: tuple[Block, ...] = (HelpHeading(text("Shortcuts on this screen")), own) if own.pairs else ()
    more = Links(((NUMBERS, text("Understanding the results")), (GLOSSARY, text("Glossary")), (KEYS, text("Keyboard shortcuts"))))
    return HelpPage(name, screen_name(name), (*about(name), *keys, HelpHeading(text("More")), more))


def _keys(entries: tuple[Entry, ...], screen: str) -> Keys:
    return Keys(tuple((entry.shown_key, entry.text) for entry in entries if entry.screen == screen and entry.keys))


def _all_keys(entries: tuple[Entry, ...]) -> HelpPage:
    blocks: list[Block] = [HelpHeading(text("All screens")), _keys(entries, EVERYWHERE)]
    for name in SCREENS:
        own = _keys(entries, name)
        if own.pairs:
            blocks += [HelpHeading(screen_name(name)), own]
    return HelpPage(KEYS, text("Keyboard shortcuts"), tuple(blocks))


def _numbers() -> HelpPage:
    return HelpPage(
        NUMBERS,
        text("Understanding the results"),
        (
            HelpParagraph(text("The result is one sentence: the model's score on the benchmark, its score on your site, and the gap.")),
            HelpHeading(text("Score and 95% CI")),
            HelpParagraph(
                text(
                    "A hundred frames are a sample; another hundred would give another value. The 95% confidence interval"
                    " (CI) in brackets is computed so that it contains the true value in about 95 of 100 such samples. A "
                    "wide interval means that little is known yet, not that the model is bad."
                )
            ),
            HelpHeading(text("Two intervals: this footage and this camera")),
            Terms(
                (
                    (
                        text("This footage"),
                        text("Estimated score on all footage in this project, labelled or not. It says nothing about other days."),
                    ),
                    (
                        text("This camera"),
                        text(
                            "Expected score on other clips of the same camera. This interval is usually wider, because frames of "
                            "one clip are similar. More clips narrow it; more frames of the same clips hardly do."
                        ),
                    ),
                )
            ),
            HelpHeading(text("Percentage points and per cent")),
            HelpParagraph(
                text(
                    "Scores are percentages. The difference of two scores is in percentage points (pp): from 97% to 61% "
                    "the gap is 36 pp. A negative gap means that the field score is higher than the benchmark score."
                )
            ),
            HelpHeading(text("Verdict")),
            HelpParagraph(
                text(
                    "The verdict depends on the whole interval of the gap, not on the point estimate, and on the "
                    "project's gap limit (default 3 pp)."
                )
            ),
            Terms(_verdicts()),
        ),
    )


def _verdicts() -> tuple[tuple[str, str], ...]:
    return (
        (text("Not ready"), text("The whole interval is above the limit, or a checklist item is not met.")),
        (
            text("Inconclusive"),
            text(
                "The interval of the gap contains the limit, or a checklist item was not measured. The report names what would decide it."
            ),
        ),
        (
            text("Ready for a supervised trial"),
            text("The whole interval is within the limit and every checklist item is met. This verdict never means “safe”."),
        ),
        (
            text("Not comparable"),
            text(
                "The measured benchmark score disagrees with the reference score, so part of the gap may come from different preprocessing."
            ),
        ),
    )


def _glossary() -> HelpPage:
    return HelpPage(
        GLOSSARY,
        text("Glossary"),
        (
            Terms(
                (
                    (text("Benchmark"), text("The labelled images on which the model's reference score was published.")),
                    (text("Field frames"), text("Frames of your footage picked for labelling.")),
                    (text("Gap"), text("Score on the benchmark minus score on the field frames, in percentage points (pp).")),
                    (text("Limit"), text("The largest gap this project accepts. The report names who set it.")),
                    (text("Clip"), text("A continuous part of a recording: one camera, one scene, no cut.")),
                    (text("Burst"), text("Nearly identical frames taken within moments. Galleries show one frame per burst.")),
                    (
                        text("Hard frames"),
                        text("The 20% of frames that look hardest for a model: dark, blurred, or with high uncertainty."),
                    ),
                    (text("Blind"), text("The prediction stays hidden until a frame is labelled, so that it cannot bias the label.")),
                    (
                        text("Unsure"),
                        text(
                            "The label for a frame that cannot be judged. The report shows the score as if the model were wrong "
                            "on all of these frames."
                        ),
                    ),
                    (text("Confidence"), text("The model's own certainty, 0 to 1. High confidence does not mean a correct prediction.")),
                    (text("Uncertainty (entropy)"), text("High when the prediction is spread over several classes.")),
                    (text("Severity"), text("How strong a corruption is: 1 mild, 3 moderate, 5 severe.")),
                    (
                        text("Model input (tensor)"),
                        text("The frame after cropping, scaling and normalisation."),
                    ),
                    (
                        text("Model card"),
                        text("A file next to the model that lists its classes and defines how an image becomes its input."),
                    ),
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
    read: tuple[Block, ...] = (
        (HelpHeading(text("How to read results")), *(HelpParagraph(one) for one in page.numbers)) if page.numbers else ()
    )
    return (HelpParagraph(page.purpose), HelpHeading(text("Steps")), HelpSteps(page.steps), *read)
