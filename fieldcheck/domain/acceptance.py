"""What a customer and a plant agree on for the acceptance of an inspection: configuration, planned
sample, terms and signers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fieldcheck.i18n.language import Msgid, msgid
from fieldcheck.safe_text import clean_name


@dataclass(frozen=True, slots=True)
class AcceptanceField:
    """One text that a person fills in. `code`: its name in documents and options; `name`: on the
    page; `option_help`: of the terminal."""

    code: str
    name: Msgid
    option_help: str


CONFIGURATION = (
    AcceptanceField("camera", msgid("Camera"), "Camera type and serial number."),
    AcceptanceField("lens", msgid("Lens"), "Lens, aperture and working distance."),
    AcceptanceField("light", msgid("Light"), "Light source and its setting."),
    AcceptanceField("exposure", msgid("Exposure"), "Exposure time, gain and trigger."),
    AcceptanceField("software", msgid("Software"), "Inspection software and its version."),
)
TERMS = (
    AcceptanceField("conditions", msgid("Conditions"), "Conditions for which the result holds."),
    AcceptanceField("validity", msgid("Validity"), "How long the acceptance is valid."),
    AcceptanceField("retest", msgid("Repeat test"), "What requires a repeat of the test."),
)
SIGNERS = (
    AcceptanceField("customer", msgid("Customer"), "Person who signs for the customer."),
    AcceptanceField("production", msgid("Production"), "Person who signs for production."),
)
TEXTS = (*CONFIGURATION, *TERMS, *SIGNERS)
NUMBERS = ("planned_parts", "planned_shifts", "parts_per_shift")
MOST = 10**9  # largest number that is taken


@dataclass(frozen=True, slots=True)
class AcceptanceTerms:
    """Texts by the codes of `TEXTS`, empty where not given. `planned_parts` with a defect in
    `planned_shifts`: the sample that was planned; `parts_per_shift` produced; None: not given.
    `by`: who entered it last."""

    camera: str = ""
    lens: str = ""
    light: str = ""
    exposure: str = ""
    software: str = ""
    conditions: str = ""
    validity: str = ""
    retest: str = ""
    customer: str = ""
    production: str = ""
    planned_parts: int | None = None
    planned_shifts: int | None = None
    parts_per_shift: int | None = None
    by: str = ""


def is_number_of_parts(value: object) -> bool:
    """Whether a value is a number of parts or shifts, from 1 to `MOST`."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST


def parse_acceptance_terms(stored: object) -> AcceptanceTerms:
    """Terms as a project stores them; what no version can have written is left out."""
    known: dict[str, Any] = stored if isinstance(stored, dict) else {}
    terms: dict[str, Any] = {
        name: clean_name(known[name])
        for name in (*(field.code for field in TEXTS), "by")
        if isinstance(known.get(name), str)
    }
    terms |= {name: known[name] for name in NUMBERS if is_number_of_parts(known.get(name))}
    return AcceptanceTerms(**terms)
