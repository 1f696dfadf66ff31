"""Other people's formats: labelled sets read from files, and label names matched with frames."""
