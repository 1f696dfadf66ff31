"""Looking around: frames and benchmark pictures as columns, alike pictures, tags, and the gap as a screen shows it."""
