"""What the product prints for six small projects, stored as text: whatever is moved or renamed
inside, this stays the same to the byte.

`python -m tests.outputs [PROJECT…]` writes `expected/` anew; read the difference before it is
committed.
"""
