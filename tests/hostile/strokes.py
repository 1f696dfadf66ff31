"""Files broken anywhere: cut, with bytes taken out, put in or turned into others."""

from collections.abc import Iterable

from hypothesis import strategies as st

STROKES = st.lists(
    st.tuples(
        st.sampled_from(["cut", "drop", "put", "turn"]),
        st.floats(0, 1),
        st.binary(min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=4,
)


def struck(data: bytes, strokes: Iterable[tuple[str, float, bytes]]) -> bytes:
    """`data` after some strokes; each has its place as a share of the length."""
    for how, share, some in strokes:
        at = int(share * len(data))
        after = data[at + len(some) :]
        data = {
            "cut": data[:at],
            "drop": data[:at] + after,
            "put": data[:at] + some + data[at:],
            "turn": data[:at] + some + after,
        }[how]
    return data
