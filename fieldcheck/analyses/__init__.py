"""The numbers that the report prints, one module each: what is computed and how it is said."""
