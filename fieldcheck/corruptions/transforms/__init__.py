"""The transforms that corrupt an image, one module a family."""
