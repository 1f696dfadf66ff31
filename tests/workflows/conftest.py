from tests.made_projects import drawn, empty, footed, labelled, made, material

__all__ = ["drawn", "empty", "footed", "labelled", "made", "material"]
