from tests.made_projects import drawn, empty, footed, labelled, made, made_boxed, material

__all__ = ["drawn", "empty", "footed", "labelled", "made", "made_boxed", "material"]
