"""How many decimals are kept of a computed value that is stored, ranked, drawn from or sealed."""

from typing import Final

DECIMALS: Final = 9
"""The last bits of a sum follow the version of the library that made it; nine decimals do not."""
