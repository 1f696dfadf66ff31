"""The Bench screen: how long a frame takes on this machine, long enough for heat to show."""
