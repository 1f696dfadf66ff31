"""Many sites in one table: facts of projects as Parquet, and figures with sites as clusters."""
