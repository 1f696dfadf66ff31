"""The Monitor screen: how each shift of the deployed model stands, and what to look at."""
