"""The project as a whole: made, described, listed among the recent ones, and the sample that ships."""
