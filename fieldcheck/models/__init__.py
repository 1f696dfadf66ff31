"""Models: ONNX sessions, cards, runs, comparison and quantisation."""
