"""The frame around every screen: rail, header, banner, status bar, and the one table of actions."""
