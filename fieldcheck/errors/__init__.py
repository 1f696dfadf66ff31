"""Everything that can be expected to go wrong: one family of errors, each with its facts and its
message. Raised at the lowest place that knows, printed at the door."""
