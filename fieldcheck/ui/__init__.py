"""The window: screens over the same workflows as the command line. Only this package imports Qt."""
