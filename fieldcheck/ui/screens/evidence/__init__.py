"""Evidence: stored runs, repeated; seal and packs; labels of two people; exports."""
