"""The numbers that the report prints, one module or folder each: what is computed and how it is
said."""
