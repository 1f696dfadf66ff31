"""Stands before pandas on the path of a program: who installs the product has none, and
sqlite-utils loads it wherever it finds one."""

raise ImportError
