"""Structured files with the wrong value at one place: every place of a document, and values of
every kind that may stand there."""

import copy
import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

DEEP: Any = [[[[1]]]]
VALUES: tuple[Any, ...] = (
    *(None, True, False, 5, 0, -1, 2.5, 1e300, 10**400),
    *("", "x", "x" * 300, "\u202e", "../../x", "a\x00b", "\ud800", "1,2;3"),
    *([], {}, [None], [5], ["x"], {"a": 1}, [{}], DEEP),
)
TEXTS = (
    "", "x", "5", "-1", "1e400", "nan", "\u202e", "../../x", "x" * 300, "1,2", "1,2;3", "[]",
    "true",
)  # fmt: skip
GONE = object()
"""Stands for the place itself taken out."""

Place = tuple[int | str, ...]


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every place of a JSON value, itself first."""
    yield place
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, found in inner:
        yield from places(found, (*place, key))


def with_value(document: Any, place: Place, value: Any) -> Any:
    """A copy of the document with that value at that place, or without it where `GONE`."""
    if not place:
        return None if value is GONE else value
    whole = copy.deepcopy(document)
    inner = whole
    for key in place[:-1]:
        inner = inner[key]
    if value is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return whole


def misplaced(document: Any) -> Iterator[str]:
    """The document as JSON, wrong at one place, for each place and each value."""
    for place in places(document):
        for value in (*VALUES, GONE):
            yield json.dumps(with_value(document, place, value))


def misplaced_xml(document: str) -> Iterator[str]:
    """An XML document, wrong at one place: each text, tag and attribute with each value, each
    element twice and not at all."""
    for at in range(sum(1 for _ in ElementTree.fromstring(document).iter())):
        for key in ("", *list(ElementTree.fromstring(document).iter())[at].attrib):
            for text in TEXTS:
                tree = ElementTree.fromstring(document)
                element = list(tree.iter())[at]
                if key:
                    element.set(key, text)
                else:
                    element.text = text
                yield ElementTree.tostring(tree, encoding="unicode")
        for change in ("twice", "gone", "renamed"):
            tree = ElementTree.fromstring(document)
            element = list(tree.iter())[at]
            above = next((one for one in tree.iter() if element in list(one)), None)
            if change == "renamed":
                element.tag = "other"
            elif above is not None:
                above.append(element) if change == "twice" else above.remove(element)
            yield ElementTree.tostring(tree, encoding="unicode")
