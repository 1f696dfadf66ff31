"""The window: screens over the same functions as the command line. Only this package imports Qt."""
