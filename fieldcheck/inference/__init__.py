"""The model: an ONNX file opened, its card settled, frames turned into tensors and tensors into answers."""
