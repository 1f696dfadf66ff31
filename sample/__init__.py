"""The sample project's workshop: renders its footage and benchmark, trains its model and writes its
answer key.

Not shipped. What it makes is shipped in `resources/demo/`. Every picture comes from numbers alone:
no photograph, no asset, no download.
"""
