"""Help screen: its pages in the language in use, the list of pages, and the presenter that opens
one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Protocol, TypeAlias

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QWidget,
)

from fieldcheck.domain.project_state import Changes
from fieldcheck.i18n.language import tr
from fieldcheck.ui.colours_and_high_contrast import Tokens
from fieldcheck.ui.context import HELP_PAGE, Context
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screen import GLOBAL, ActionSpec, Header, Screen, ScreenHeading
from fieldcheck.ui.screens import SCREENS, SPECS, get_screen_name, get_spec, list_actions
from fieldcheck.ui.theme import CLASS_NAME, TITLE, Metrics, Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.layouts import make_card, make_column, make_label, make_row

# All pages, in the language that is spoken.

# A page of help as plain blocks, and what a text browser shows of them.

SCHEME = "help:"


@dataclass(frozen=True, slots=True)
class HelpHeading:
    """The title of a part of the page."""

    text: str


@dataclass(frozen=True, slots=True)
class HelpParagraph:
    """One or more sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class HelpSteps:
    """Steps to take, in order."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HelpTerms:
    """Words, and what each means."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HelpKeys:
    """Keys, and what each does."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HelpLinks:
    """Other pages by name, and their titles."""

    pages: tuple[tuple[str, str], ...]


Block: TypeAlias = HelpHeading | HelpParagraph | HelpSteps | HelpTerms | HelpKeys | HelpLinks


@dataclass(frozen=True, slots=True)
class HelpPage:
    """`name` is the screen that it is about, or its own."""

    name: str
    title: str
    blocks: tuple[Block, ...]


def render_html(page: HelpPage) -> str:
    """The page as rich text that a QTextBrowser knows; every word of it is escaped, and links lead
    to other pages only."""
    return f'<p class="title">{escape(page.title)}</p>' + "".join(
        _render_block(block) for block in page.blocks
    )


def list_words(page: HelpPage) -> str:
    """Every word of a page, for finding it."""
    document = QTextDocument()
    document.setHtml(render_html(page))
    return document.toPlainText()


def build_style_sheet(tokens: Tokens, metrics: Metrics) -> str:
    """The style sheet of the pages, in the subset of CSS that rich text knows."""
    return (
        f"p {{ margin: 0 0 {metrics.scale_px(6)}px 0; }}"
        f".title {{ font-size: {metrics.scale_px(TITLE)}px; font-weight: 600; margin: 0 0 "
        f"{metrics.scale_px(8)}px 0; }}"
        f".heading {{ font-size: {metrics.scale_px(CLASS_NAME)}px; font-weight: 600; margin: "
        f"{metrics.scale_px(16)}px 0 "
        f"{metrics.scale_px(4)}px 0; }}"
        f"li {{ margin: 0 0 {metrics.scale_px(4)}px 0; }}"
        f"td {{ padding: {metrics.scale_px(3)}px {metrics.scale_px(16)}px "
        f"{metrics.scale_px(3)}px 0; }}"
        f"a {{ color: {tokens.accent}; }}"
    )


def _render_block(block: Block) -> str:
    match block:
        case HelpHeading(text):
            return f'<p class="heading">{escape(text)}</p>'
        case HelpParagraph(text):
            return f"<p>{escape(text)}</p>"
        case HelpSteps(text):
            return "<ol>" + "".join(f"<li>{escape(note)}</li>" for note in text) + "</ol>"
        case HelpTerms(pairs):
            return "".join(
                f"<p><b>{escape(term)}</b><br>{escape(meaning)}</p>" for term, meaning in pairs
            )
        case HelpKeys(pairs):
            rows = (
                f"<tr><td><b>{escape(key)}</b></td><td>{escape(action)}</td></tr>"
                for key, action in pairs
            )
            return f"<table>{''.join(rows)}</table>"
        case HelpLinks(pages):
            return (
                "<p>"
                + " · ".join(
                    f'<a href="{SCHEME}{escape(name)}">{escape(title)}</a>' for name, title in pages
                )
                + "</p>"
            )


NUMBERS, GLOSSARY, UPDATE, KEYS = "numbers", "glossary", "update", "keys"


def build_pages(entries: tuple[ActionSpec, ...]) -> tuple[HelpPage, ...]:
    """One for each screen, then the numbers, the words, updates and all keys."""
    screens = tuple(_build_screen_page(spec.id, entries) for spec in SPECS if spec.help is not None)
    own = _build_numbers_page(), _build_glossary_page(), _build_update_page()
    return (*screens, *own, _build_keys_page(entries))


def _build_screen_page(name: str, entries: tuple[ActionSpec, ...]) -> HelpPage:
    own = _list_screen_keys(entries, name)
    keys: tuple[Block, ...] = (
        (HelpHeading(tr("Shortcuts on this screen")), own) if own.pairs else ()
    )
    more = HelpLinks(
        (
            (NUMBERS, tr("Understanding the results")),
            (GLOSSARY, tr("Glossary")),
            (UPDATE, tr("Update from a USB stick")),
            (KEYS, tr("Keyboard shortcuts")),
        )
    )
    return HelpPage(
        name,
        get_screen_name(name),
        (*build_screen_help(name), *keys, HelpHeading(tr("More")), more),
    )


def _list_screen_keys(entries: tuple[ActionSpec, ...], screen: str) -> HelpKeys:
    return HelpKeys(
        tuple(
            (entry.shown_key, entry.text)
            for entry in entries
            if entry.screen == screen and entry.keys
        )
    )


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
            HelpParagraph(
                tr(
                    "The result is one sentence: the model's score on the benchmark, its score on "
                    "your site, and the gap."
                )
            ),
            HelpHeading(tr("Score and 95% CI")),
            HelpParagraph(
                tr(
                    "A hundred frames are a sample; another hundred would give another value. "
                    "The 95% confidence interval "
                    "(CI) in brackets is computed so that it contains the true value in "
                    "about 95 of 100 such samples. A "
                    "wide interval means that little is known yet, not that the model is bad."
                )
            ),
            HelpHeading(tr("Two intervals: this footage and these cameras")),
            HelpTerms(_list_intervals()),
            HelpHeading(tr("Percentage points and per cent")),
            HelpParagraph(
                tr(
                    "Scores are percentages. The difference of two scores is in percentage "
                    "points (pp): from 97% to 61% "
                    "the gap is 36 pp. A negative gap means that the field score is higher "
                    "than the benchmark score."
                )
            ),
            HelpHeading(tr("Verdict")),
            HelpParagraph(
                tr(
                    "The verdict depends on the whole interval of the gap, not on the point "
                    "estimate, and on the "
                    "project's gap limit (default 3 pp)."
                )
            ),
            HelpTerms(_list_verdicts()),
        ),
    )


def _list_intervals() -> tuple[tuple[str, str], ...]:
    return (
        (
            tr("This footage"),
            tr(
                "Estimated score on all footage in this project, labelled or not. "
                "It says nothing about other days."
            ),
        ),
        (
            tr("These cameras"),
            tr(
                "Expected score on other clips of the same camera. This interval "
                "is usually wider, because frames of "
                "one clip are similar. More clips narrow it; more frames of the "
                "same clips hardly do."
            ),
        ),
    )


def _list_verdicts() -> tuple[tuple[str, str], ...]:
    return (
        (
            tr("Not ready"),
            tr("The whole interval of at least one measured value lies beyond its limit."),
        ),
        (
            tr("Inconclusive"),
            tr(
                "No limit is broken, but at least one is contained in its interval or was not "
                "measured. The report names which one and what would decide it."
            ),
        ),
        (
            tr("Ready for a supervised trial"),
            tr(
                "The whole interval of every value with a limit lies within that limit. This "
                "verdict never means “safe”."
            ),
        ),
        (
            tr("Not comparable"),
            tr(
                "The measured benchmark score disagrees with the reference score, so part of "
                "the gap may come from different preprocessing."
            ),
        ),
    )


def _build_update_page() -> HelpPage:
    return HelpPage(
        UPDATE,
        tr("Update from a USB stick"),
        (
            HelpParagraph(
                tr(
                    "An update is one file (.fcupdate). It needs no network: copy it to a USB "
                    "stick and plug the stick into this computer."
                )
            ),
            HelpHeading(tr("Steps")),
            HelpSteps(_list_update_steps()),
            HelpHeading(tr("Troubleshooting")),
            HelpTerms(_list_update_problems()),
            HelpHeading(tr("Switch back")),
            HelpParagraph(
                tr(
                    "The version before is kept, and only that one. A project that the newer "
                    "version edited may open read-only in the older one; a copy from before is in "
                    "its backups folder."
                )
            ),
        ),
    )


def _list_update_steps() -> tuple[str, ...]:
    return (
        tr("Open Settings, then Update, and click “Choose update…”."),
        tr(
            "Choose the file on the stick. Signatures and hashes are checked before anything is "
            "unpacked; this needs 1.1 GB of free space."
        ),
        tr(
            "Wait for the self-test. The new version opens copies of your recent projects; the "
            "projects themselves are not changed."
        ),
        tr("Close Fieldcheck and start it again: the new version starts."),
        tr(
            "Run the model again before the next report: predictions count only in the version "
            "that made them. Labels stay."
        ),
    )


def _list_update_problems() -> tuple[tuple[str, str], ...]:
    return (
        (
            tr("If the stick is pulled out or the computer is switched off"),
            tr("The old version starts. Choose the same file again to complete the update."),
        ),
        (
            tr("If the file is refused as expired"),
            tr("Check the date of this computer, then ask for a newer file."),
        ),
        (
            tr("If the file is refused as damaged or signed by other keys"),
            tr(
                "Copy it again. If it is still refused, do not use it, and tell the person who "
                "gave it to you."
            ),
        ),
        (
            tr("If “Choose update…” is missing"),
            tr(
                "If Fieldcheck was installed with pip, update it with pip. If it was installed "
                "for all users, the package manager updates it; “For this user only” installs the "
                "update beside it."
            ),
        ),
    )


def _build_glossary_page() -> HelpPage:
    terms = _list_terms_of_result() + _list_terms_of_model()
    return HelpPage(GLOSSARY, tr("Glossary"), (HelpTerms(terms),))


def _list_terms_of_result() -> tuple[tuple[str, str], ...]:
    return (
        (
            tr("Benchmark"),
            tr("The labelled images on which the model's reference score was published."),
        ),
        (tr("Field frames"), tr("Frames of your footage picked for labelling.")),
        (
            tr("Gap"),
            tr(
                "Score on the benchmark minus score on the field frames, in percentage points (pp)."
            ),
        ),
        (tr("Limit"), tr("The largest gap this project accepts. The report names who set it.")),
        (tr("Clip"), tr("A continuous part of a recording: one camera, one scene, no cut.")),
        (
            tr("Burst"),
            tr("Nearly identical frames taken within moments. Galleries show one frame per burst."),
        ),
        (
            tr("Hard frames"),
            tr(
                "The 20% of frames that look hardest for a model: dark, blurred, "
                "or with high uncertainty."
            ),
        ),
    )


def _list_terms_of_model() -> tuple[tuple[str, str], ...]:
    return (
        (
            tr("Blind"),
            tr(
                "The prediction stays hidden until a frame is labelled, so that it "
                "cannot bias the label."
            ),
        ),
        (
            tr("Unsure"),
            tr(
                "The label for a frame that cannot be judged. The report also states what the "
                "score would be if the model were wrong on all of these frames."
            ),
        ),
        (
            tr("Confidence"),
            tr(
                "The model's own certainty, 0 to 1. High confidence does not mean a "
                "correct prediction."
            ),
        ),
        (
            tr("Uncertainty (entropy)"),
            tr("High when the prediction is spread over several classes."),
        ),
        (tr("Severity"), tr("How strong a corruption is: 1 mild, 3 moderate, 5 severe.")),
        (tr("Model input (tensor)"), tr("The frame after cropping, scaling and normalisation.")),
        (
            tr("Model card"),
            tr(
                "A file next to the model that lists its classes and defines how "
                "an image becomes its input."
            ),
        ),
    )


def build_screen_help(screen: str) -> tuple[Block, ...]:
    """The blocks of a screen's page, without its keys. Raises KeyError for a screen without a
    page."""
    get_help = get_spec(screen).help
    if get_help is None:
        raise KeyError(screen)
    page = get_help()
    read: tuple[Block, ...] = (
        (
            HelpHeading(tr("How to read results")),
            *(HelpParagraph(number) for number in page.numbers),
        )
        if page.numbers
        else ()
    )
    helps: tuple[Block, ...] = (
        (HelpHeading(tr("Troubleshooting")), HelpTerms(page.problems)) if page.problems else ()
    )
    risks: tuple[Block, ...] = (
        (HelpHeading(tr("Camera and transmission faults")), HelpTerms(page.risks))
        if page.risks
        else ()
    )
    steps = HelpSteps(page.steps)
    return (HelpParagraph(page.purpose), HelpHeading(tr("Steps")), steps, *helps, *read, *risks)


# The page of the screen that is shown, at its right edge; all pages are one link away.

PANEL_WIDTH = 360


class HelpPanel(QWidget):
    """`everything_requested`: the screen with all pages is wanted. Links lead to pages in here."""

    everything_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._pages = {page.name: page for page in build_pages(list_actions())}
        self.page = make_reader(theme)
        self.page.anchorClicked.connect(self._on_link_followed)
        self.everything = KeyButton(theme, tr("All help topics"), role="link")
        self.everything.clicked.connect(self.everything_requested)
        make_column(theme, (self.page, 1), parent=self).addWidget(
            self.everything, 0, Qt.AlignmentFlag.AlignLeft
        )
        self.setFocusProxy(self.page)

    def show_page(self, name: str) -> None:
        """The page of a screen, or another one, from its beginning; the first one for a name that
        has none."""
        page = self._pages.get(name) or next(iter(self._pages.values()))
        self.page.setHtml(render_html(page))
        self.page.setAccessibleName(tr("Help: {page}", page=page.title))

    def _on_link_followed(self, link: QUrl) -> None:
        self.show_page(link.toString().removeprefix(SCHEME))


def make_reader(theme: Theme) -> QTextBrowser:
    """What shows a page of help. Links lead to pages of this help; nothing is ever fetched."""
    reader = QTextBrowser()
    reader.setObjectName("reader")
    reader.setFrameShape(QFrame.Shape.NoFrame)
    reader.setOpenLinks(False)
    reader.document().setDefaultStyleSheet(build_style_sheet(theme.tokens, theme.metrics))
    reader.document().setDocumentMargin(0)
    return reader


# The list of pages on the left, the page on the right.

LIST_WIDTH, READABLE = 264, 760


class HelpView(QWidget):
    """`page_requested(name)`: somebody chose a page, in the list or by a link."""

    page_requested = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._texts: tuple[str, ...] = ()
        self.search = QLineEdit(placeholderText=tr("Search help"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search help"))
        self.search.textChanged.connect(self._filter_pages)
        self.search.returnPressed.connect(self._open_first)
        self.list = QListWidget()
        self.list.setProperty("nav", True)
        self.list.setAccessibleName(tr("Help topics"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page = make_reader(theme)
        self.page.setMaximumWidth(theme.metrics.scale_px(READABLE))
        frame = make_card(theme, QHBoxLayout())
        get_box_layout(frame).addWidget(self.page, 1)
        get_box_layout(frame).addStretch()
        self.nothing = make_label(tr("No help page has these words."), tone="quiet", wrap=True)
        self.nothing.hide()
        left = QWidget()
        left.setFixedWidth(theme.metrics.scale_px(LIST_WIDTH))
        make_column(theme, self.search, self.nothing, (self.list, 1), parent=left)
        make_row(theme, left, (frame, 1), gap=12, parent=self)
        self.list.currentRowChanged.connect(self._on_page_chosen)
        self.page.anchorClicked.connect(self._on_link_followed)

    def show_list(self, pages: tuple[HelpPage, ...]) -> None:
        """The titles of all pages."""
        self.list.blockSignals(True)
        self.list.clear()
        for page in pages:
            item = QListWidgetItem(page.title)
            item.setData(Qt.ItemDataRole.UserRole, page.name)
            item.setSizeHint(QSize(0, self._theme.metrics.target))
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._texts = tuple(f"{page.title} {list_words(page)}".casefold() for page in pages)

    def show_page(self, index: int, page: HelpPage) -> None:
        """The page that is number `index` in the list, from its beginning."""
        self.list.blockSignals(True)
        self.list.setCurrentRow(index)
        self.list.blockSignals(False)
        self.page.setHtml(render_html(page))
        self.page.setAccessibleName(tr("Help: {page}", page=page.title))

    def _filter_pages(self, typed: str) -> None:
        """Only the pages in which every typed word occurs."""
        words = typed.casefold().split()
        for index, text in enumerate(self._texts):
            self.list.item(index).setHidden(not all(word in text for word in words))
        self.nothing.setVisible(self._find_first() < 0)

    def _find_first(self) -> int:
        shown = (
            index for index in range(self.list.count()) if not self.list.item(index).isHidden()
        )
        return next(shown, -1)

    def _open_first(self) -> None:
        """The first page that is left, from the place where the first word stands."""
        index = self._find_first()
        if index >= 0:
            self._on_page_chosen(index)
            self.page.find(self.search.text().split()[0] if self.search.text().strip() else "")

    def _on_page_chosen(self, index: int) -> None:
        self.page_requested.emit(self.list.item(index).data(Qt.ItemDataRole.UserRole))

    def _on_link_followed(self, link: QUrl) -> None:
        self.page_requested.emit(link.toString().removeprefix(SCHEME))


BEFORE, PAGE = "before", "help.page"


class HelpDisplay(Protocol):
    """What the presenter requires of its view."""

    def show_list(self, pages: tuple[HelpPage, ...]) -> None: ...
    def show_page(self, index: int, page: HelpPage) -> None: ...


class HelpPresenter:
    """Knows all pages and which one is open. `kept` outlives the window's being built anew."""

    def __init__(
        self,
        view: HelpDisplay,
        entries: tuple[ActionSpec, ...],
        kept: dict[str, str],
        header: Header,
        leave_for: Callable[[str], None] = lambda _screen: None,
    ) -> None:
        self._view, self._kept, self._header, self._leave_for = view, kept, header, leave_for
        self._before = ""
        self._pages = build_pages(entries)
        self._names = [page.name for page in self._pages]
        view.show_list(self._pages)

    def enter(self) -> None:
        """The screen is shown now: the page that was asked for or that of the screen that was left,
        once; later the page that was open."""
        self._header.show_head(
            ScreenHeading(
                get_screen_name("help"), tr("All help is available offline. Esc leads back.")
            )
        )
        last_page, wanted = self._kept.pop(BEFORE, ""), self._kept.pop(HELP_PAGE, "")
        self._before = last_page or self._before
        self.show_page(wanted or last_page or self._kept.get(PAGE, ""))

    def escape(self) -> bool:
        """Back to the screen that was left for the help; whether there is one."""
        if not self._before:
            return False
        self._leave_for(self._before)
        return True

    def leave(self) -> None:
        """Nothing to release."""

    def refresh(self, changes: Changes) -> None:
        """Nothing to do: no project changes the help."""

    def on_primary_action(self) -> None:
        """Help has no primary action."""

    def show_page(self, name: str) -> None:
        """Another page; the first one for a name that has none."""
        index = self._names.index(name) if name in self._names else 0
        self._kept[PAGE] = self._names[index]
        self._view.show_page(index, self._pages[index])


def build_screen(context: Context, header: Header) -> Screen:
    """Builds the screen."""
    view = HelpView(context.theme)
    presenter = HelpPresenter(
        view, list_actions(), context.session_values, header, context.show_screen
    )
    view.page_requested.connect(presenter.show_page)
    return Screen(view, presenter, view.list)
