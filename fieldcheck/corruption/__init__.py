"""CORRUPTIONS: from a clean frame to what a site would have made of it, by a fixed physical table."""
