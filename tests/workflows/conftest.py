from tests.made_projects import drawn, empty, footed, labelled, made, made_boxed, made_pointed, material, pointed

__all__ = ["drawn", "empty", "footed", "labelled", "made", "made_boxed", "made_pointed", "material", "pointed"]
