"""All pages, in the language that is spoken."""

from __future__ import annotations

from fieldcheck.ui.registered import get_spec, list_specs
from fieldcheck.ui.screens.help.blocks import Block, HelpHeading, HelpKeys, HelpLinks, HelpPage, HelpParagraph, HelpSteps, HelpTerms
from fieldcheck.ui.shell.action_entry import GLOBAL, ActionSpec
from fieldcheck.ui.shell.actions_table import SCREENS, get_screen_name
from fieldcheck.words.language import tr

NUMBERS, GLOSSARY, KEYS = "numbers", "glossary", "keys"


def build_pages(entries: tuple[ActionSpec, ...]) -> tuple[HelpPage, ...]:
    """One for each screen, then the numbers, the words and all keys."""
    screens = tuple(_build_screen_page(spec.id, entries) for spec in list_specs() if spec.help is not None)
    return (*screens, _build_numbers_page(), _build_glossary_page(), _build_keys_page(entries))


def _build_screen_page(name: str, entries: tuple[ActionSpec, ...]) -> HelpPage:
    own = _list_screen_keys(entries, name)
    keys: tuple[Block, ...] = (HelpHeading(tr("Shortcuts on this screen")), own) if own.pairs else ()
    more = HelpLinks(((NUMBERS, tr("Understanding the results")), (GLOSSARY, tr("Glossary")), (KEYS, tr("Keyboard shortcuts"))))
    return HelpPage(name, get_screen_name(name), (*build_screen_help(name), *keys, HelpHeading(tr("More")), more))


def _list_screen_keys(entries: tuple[ActionSpec, ...], screen: str) -> HelpKeys:
    return HelpKeys(tuple((entry.shown_key, entry.text) for entry in entries if entry.screen == screen and entry.keys))


def _build_keys_page(entries: tuple[ActionSpec, ...]) -> HelpPage:
    blocks: list[Block] = [HelpHeading(tr("All screens")), _list_screen_keys(entries, GLOBAL)]
    for name in SCREENS:
        own = _list_screen_keys(entries, name)
        if own.pairs:
            blocks += [HelpHeading(get_screen_name(name)), own]
    return HelpPage(KEYS, tr("Keyboard shortcuts"), tuple(blocks))


def _build_numbers_page() -> HelpPage:
    return HelpPage(
        NUMBERS,
        tr("Understanding the results"),
        (
            HelpParagraph(tr("The result is one sentence: the model's score on the benchmark, its score on your site, and the gap.")),
            HelpHeading(tr("Score and 95% CI")),
            HelpParagraph(
                tr(
                    "A hundred frames are a sample; another hundred would give another value. The 95% confidence interval"
                    " (CI) in brackets is computed so that it contains the true value in about 95 of 100 such samples. A "
                    "wide interval means that little is known yet, not that the model is bad."
                )
            ),
            HelpHeading(tr("Two intervals: this footage and this camera")),
            HelpTerms(
                (
                    (
                        tr("This footage"),
                        tr("Estimated score on all footage in this project, labelled or not. It says nothing about other days."),
                    ),
                    (
                        tr("This camera"),
                        tr(
                            "Expected score on other clips of the same camera. This interval is usually wider, because frames of "
                            "one clip are similar. More clips narrow it; more frames of the same clips hardly do."
                        ),
                    ),
                )
            ),
            HelpHeading(tr("Percentage points and per cent")),
            HelpParagraph(
                tr(
                    "Scores are percentages. The difference of two scores is in percentage points (pp): from 97% to 61% "
                    "the gap is 36 pp. A negative gap means that the field score is higher than the benchmark score."
                )
            ),
            HelpHeading(tr("Verdict")),
            HelpParagraph(
                tr(
                    "The verdict depends on the whole interval of the gap, not on the point estimate, and on the "
                    "project's gap limit (default 3 pp)."
                )
            ),
            HelpTerms(_list_verdicts()),
        ),
    )


def _list_verdicts() -> tuple[tuple[str, str], ...]:
    return (
        (tr("Not ready"), tr("The whole interval is above the limit, or a checklist item is not met.")),
        (
            tr("Inconclusive"),
            tr("The interval of the gap contains the limit, or a checklist item was not measured. The report names what would decide it."),
        ),
        (
            tr("Ready for a supervised trial"),
            tr("The whole interval is within the limit and every checklist item is met. This verdict never means “safe”."),
        ),
        (
            tr("Not comparable"),
            tr(
                "The measured benchmark score disagrees with the reference score, so part of the gap may come from different preprocessing."
            ),
        ),
    )


def _build_glossary_page() -> HelpPage:
    return HelpPage(
        GLOSSARY,
        tr("Glossary"),
        (
            HelpTerms(
                (
                    (tr("Benchmark"), tr("The labelled images on which the model's reference score was published.")),
                    (tr("Field frames"), tr("Frames of your footage picked for labelling.")),
                    (tr("Gap"), tr("Score on the benchmark minus score on the field frames, in percentage points (pp).")),
                    (tr("Limit"), tr("The largest gap this project accepts. The report names who set it.")),
                    (tr("Clip"), tr("A continuous part of a recording: one camera, one scene, no cut.")),
                    (tr("Burst"), tr("Nearly identical frames taken within moments. Galleries show one frame per burst.")),
                    (
                        tr("Hard frames"),
                        tr("The 20% of frames that look hardest for a model: dark, blurred, or with high uncertainty."),
                    ),
                    (tr("Blind"), tr("The prediction stays hidden until a frame is labelled, so that it cannot bias the label.")),
                    (
                        tr("Unsure"),
                        tr(
                            "The label for a frame that cannot be judged. The report shows the score as if the model were wrong "
                            "on all of these frames."
                        ),
                    ),
                    (tr("Confidence"), tr("The model's own certainty, 0 to 1. High confidence does not mean a correct prediction.")),
                    (tr("Uncertainty (entropy)"), tr("High when the prediction is spread over several classes.")),
                    (tr("Severity"), tr("How strong a corruption is: 1 mild, 3 moderate, 5 severe.")),
                    (
                        tr("Model input (tensor)"),
                        tr("The frame after cropping, scaling and normalisation."),
                    ),
                    (
                        tr("Model card"),
                        tr("A file next to the model that lists its classes and defines how an image becomes its input."),
                    ),
                )
            ),
        ),
    )


def build_screen_help(screen: str) -> tuple[Block, ...]:
    """The blocks of a screen's page, without its keys. Raises KeyError for a screen without a page."""
    told = get_spec(screen).help
    if told is None:
        raise KeyError(screen)
    page = told()
    read: tuple[Block, ...] = (
        (HelpHeading(tr("How to read results")), *(HelpParagraph(one) for one in page.numbers)) if page.numbers else ()
    )
    return (HelpParagraph(page.purpose), HelpHeading(tr("Steps")), HelpSteps(page.steps), *read)
