"""What went wrong and how a person hears of it."""
