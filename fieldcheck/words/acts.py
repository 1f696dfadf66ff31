"""What a person did, in a few words: every act that can be undone is named here, and a test asks for each of them."""

from __future__ import annotations

from fieldcheck.words.language import text


def acts() -> dict[str, str]:
    """Every act there is, by the name under which the history keeps it."""
    return {
        "classes.set": text("classes"),
        "clip.cut": text("clip cut"),
        "clip.join": text("clips joined"),
        "clip.move": text("clip border moved"),
        "draft.copy": text("boxes copied"),
        "draft.delete": text("box deleted"),
        "draft.draw": text("box drawn"),
        "draft.flag": text("box marked"),
        "draft.move": text("box moved"),
        "draft.name": text("class of a box"),
        "draft.point": text("point set"),
        "draft.snap": text("box snapped to edges"),
        "draft.suggest": text("suggestion taken over"),
        "golden.add": text("golden set"),
        "label.burst": text("rest of the burst"),
        "label.clear": text("label taken back"),
        "label.import": text("labels taken in"),
        "label.set": text("label"),
        "limits.set": text("limits"),
        "mark.expert": text("flag for the expert"),
        "mark.person": text("mark for a person"),
        "pair.drop": text("pair taken out of the report"),
        "pair.keep": text("pair kept for the report"),
        "pick.add": text("frames added"),
        "pick.must": text("frames asked for"),
        "pick.propose": text("choice of frames"),
        "pick.put_back": text("frames put back"),
        "pick.take_out": text("frames taken out"),
        "probe.allow": text("answers allowed to pictures of nothing"),
        "repeat.plan": text("blind repeats"),
        "repeat.set": text("second label"),
        "second_look.clear": text("second look taken back"),
        "second_look.set": text("second look"),
        "site.set": text("site and light"),
        "slice.delete": text("slice deleted"),
        "slice.save": text("slice saved"),
        "tag.set": text("tags"),
    }


def act_words(act: str) -> str:
    """One act; its own name where a later version knew it."""
    return acts().get(act, act)
