"""The small network of the sample, its training and its export. PyTorch is needed here and nowhere
else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional

from sample.parts import CLASSES
from sample.training import INPUT

WIDTHS = (16, 32, 64, 96)
SEED = 20260310
EPOCHS = 18
# epochs until the pictures are varied in full: a network that starts on them takes long to catch on
RAMP = 9
BATCH = 64


class Network(nn.Module):
    """Four stages of two 3×3 convolutions, the first of each halving the picture; then mean,
    maximum, a linear layer: 210,000 weights."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for width in WIDTHS:
            for stride, wide in ((2, before), (1, width)):
                layers += [
                    nn.Conv2d(wide, width, 3, stride, 1, bias=False),
                    nn.BatchNorm2d(width),
                    nn.ReLU(inplace=True),
                ]
            before = width
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(before * 2, len(CLASSES))

    def forward(self, pictures: Tensor) -> Tensor:
        seen = self.body(pictures)
        return self.head(torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], 1))


def tensor(pictures: np.ndarray) -> Tensor:
    """(N, H, W, 3) uint8 RGB to (N, 3, H, W), 0..1 minus a half, over a quarter: what the card
    says."""
    return (torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255 - 0.5) / 0.25


def train(pictures: np.ndarray, classes: np.ndarray, epochs: int = EPOCHS) -> Network:
    """A network trained on clean pictures, turned, mirrored, shifted and a little softer, grainier,
    brighter or darker. Seeded."""
    torch.manual_seed(SEED)
    network = Network().to(memory_format=torch.channels_last)
    x, y = tensor(pictures), torch.from_numpy(classes).long()
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.02)
    steps = epochs * (len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, 4e-3, total_steps=steps, pct_start=0.15
    )
    for epoch in range(epochs):
        network.train()
        order, total = torch.randperm(len(x)), 0.0
        for k in range(len(x) // BATCH):
            batch = order[k * BATCH : (k + 1) * BATCH]
            varied = _varied(x[batch], min(1.0, (epoch + 1) / RAMP))
            loss = functional.cross_entropy(network(varied), y[batch], label_smoothing=0.02)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1} of {epochs}: loss {total / (len(x) // BATCH):.3f}", flush=True)
    return network.eval()


def _varied(x: Tensor, strength: float) -> Tensor:
    """One quarter turn and mirror for the batch, a shift; for each picture a sharpness, a grain, a
    gain and an offset."""
    x = torch.rot90(x, int(torch.randint(4, ())), (2, 3))
    if torch.rand(()) < 0.5:
        x = x.flip(3)
    down, right = (int(v) for v in torch.randint(-5, 6, (2,)))
    padded = functional.pad(x, (5, 5, 5, 5), mode="replicate")
    x = padded[:, :, 5 + down : 5 + down + INPUT, 5 + right : 5 + right + INPUT]
    gain, offset = (
        torch.empty(len(x), 1, 1, 1).uniform_(1 - 0.6 * strength, 1 + 0.2 * strength),
        torch.empty(len(x), 1, 1, 1).uniform_(-0.15, 0.15),
    )
    soft = functional.avg_pool2d(functional.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
    x = x + (soft - x) * torch.empty(len(x), 1, 1, 1).uniform_(-0.4 * strength, 0.6 * strength)
    x = x + torch.randn_like(x) * torch.empty(len(x), 1, 1, 1).uniform_(0, 0.10 * strength)
    return ((x + 2) * gain - 2 + offset).contiguous(memory_format=torch.channels_last)


def export(network: Network, target: Path) -> None:
    """Write ONNX, opset 17, any batch, batch normalisation folded, softmax at the end, nothing in
    it but the graph."""
    folded = nn.Sequential(*_folded(network.body))
    whole = _Answer(folded, network.head).eval()
    shape = {"pictures": {0: "batch"}, "answer": {0: "batch"}}
    example = torch.zeros(2, 3, INPUT, INPUT)
    torch.onnx.export(
        whole, (example,), str(target), input_names=["pictures"], output_names=["answer"],
        dynamic_axes=shape, opset_version=17, dynamo=False,
    )  # fmt: skip
    model = onnx.load(str(target))
    model.ir_version = 8
    model.producer_name, model.producer_version, model.doc_string = "sample", "", ""
    del model.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


class _Answer(nn.Module):
    def __init__(self, body: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.body, self.head = body, head

    def forward(self, pictures: Tensor) -> Tensor:
        seen = self.body(pictures)
        return torch.softmax(self.head(torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], 1)), 1)


def _folded(body: nn.Sequential) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for layer in body:
        if isinstance(layer, nn.BatchNorm2d):
            layers[-1] = nn.utils.fuse_conv_bn_eval(layers[-1].eval(), layer.eval())  # type: ignore[type-var]
        else:
            layers.append(layer)
    return layers
