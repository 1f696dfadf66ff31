"""CODING: what is lost between the camera and the file.

Blocks are as coarse as on a picture of the reference size: the picture is coded at that size, and
what went wrong there is put on the large one. The blocks of a large picture itself are so small
that a model's resize would wash them away.

Faults of a line are faults of a clip: what one packet took away stays wrong until the next key
frame. `start_clip` corrupts frames that follow each other. A single picture has no neighbours: it
is taken as the twelfth after a key frame of a clip in which all that is seen moves past evenly.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count, islice, pairwise
from math import ceil, cos, pi, sin
from typing import Any

import cv2
import numpy as np

from fieldcheck.corruptions.transforms.pixels import (
    REFERENCE_SIDE,
    Picture,
    compute_scale,
    shrink_image,
    stretch_layer,
    to_bytes,
)
from fieldcheck.corruptions.transforms.transform import (
    PixelCorruption,
    ShareCorruption,
    require_range,
)

STRIP = 16  # reference pixels: a row of macroblocks, which travels in one packet
LOST_OF_BURST = 0.8  # of the packets while the line is bad
BURST = 3.0  # packets until it is good again, on average
KEY_EVERY = 25  # frames: one second of most cameras
AFTER_KEY = 12  # frames since the key frame that a single picture has behind it
SLOWEST, FASTEST = 3.0, 7.0  # reference pixels that a single picture's scene moves in a frame
UNWRITTEN = 135  # green of RGB that a decoder's buffer of noughts is shown as
GARBAGE = 24.0  # grey levels by which a macroblock read amiss differs from the one before
NextFrame = Callable[[Picture], Picture]


def compress_as_jpeg(img: Picture, quality: float) -> Picture:
    """JPEG compression of the picture, (H, W, 3) uint8 RGB, as it stands, and back, `quality` 1 to
    100, rounded."""
    bgr = cv2.cvtColor(img, cv2.COLOR_RGB2BGR)
    _done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, round(quality)])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)


def add_jpeg_blocks(img: Picture, quality: float) -> Picture:
    """JPEG artefacts: what JPEG does at the reference size, `quality` 1 to 100, put on the picture,
    (H, W, 3) uint8 RGB."""
    small = resize_to_reference(img)
    return add_coding_error(img, small, compress_as_jpeg(small, quality))


def add_macroblocks(img: Picture, quality: float, chroma: float) -> Picture:
    """Low bit rate: video with too few bits, blocks twice as large, and colour of which `chroma` of
    the pixels along each side are left. `img`: (H, W, 3) uint8 RGB; `quality` 1 to 100, of JPEG."""
    small = resize_to_reference(img)
    height, width = small.shape[:2]
    half = compress_as_jpeg(shrink_image(small, max(1, width // 2), max(1, height // 2)), quality)
    blocky = cv2.resize(half, (width, height), interpolation=cv2.INTER_LINEAR)
    y, *colours = cv2.split(cv2.cvtColor(np.asarray(blocky, np.uint8), cv2.COLOR_RGB2YCrCb))
    few = (max(1, round(width * chroma)), max(1, round(height * chroma)))
    poor = [
        cv2.resize(
            cv2.resize(channel, few, interpolation=cv2.INTER_AREA),
            (width, height),
            interpolation=cv2.INTER_LINEAR,
        )
        for channel in colours
    ]
    return add_coding_error(
        img, small, np.asarray(cv2.cvtColor(cv2.merge([y, *poor]), cv2.COLOR_YCrCb2RGB), np.uint8)
    )


def reduce_resolution(img: Picture, share: float) -> Picture:
    """Low resolution: the picture, (H, W, 3) uint8 RGB, at `share` of the pixels that the reference
    size has along each side, by averaging, and back by straight lines."""
    height, width = img.shape[:2]
    share_left = share / max(1.0, compute_scale(img))
    small = shrink_image(img, max(1, round(width * share_left)), max(1, round(height * share_left)))
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def add_lost_lines(img: Picture, share: float, seed: int) -> Picture:
    """Lost lines: strips four reference pixels high of the picture, (H, W, 3) uint8 RGB, that did
    not arrive: `share` of them show the strip above, moved to a side."""
    height, width = img.shape[:2]
    strips = max(1, round(height / (4 * compute_scale(img))))
    edges = np.rint(np.linspace(0, height, strips + 1)).astype(int)
    rng = np.random.default_rng(seed)
    ranks, moves = rng.permutation(strips), rng.uniform(-0.125, 0.125, strips)
    out = img.copy()
    for strip in np.flatnonzero(ranks < round(share * strips)):
        top, low = int(edges[strip]), int(edges[strip + 1])
        above = max(0, 2 * top - low)
        out[top:low] = np.roll(
            out[above : above + low - top], round(float(moves[strip]) * width), axis=1
        )
    return out


def resize_to_reference(img: Picture) -> Picture:
    """Reference size: the picture, (H, W, 3) uint8 RGB → (h, w, 3); a smaller one as it is."""
    scale = max(1.0, compute_scale(img))
    return shrink_image(
        img, max(1, round(img.shape[1] / scale)), max(1, round(img.shape[0] / scale)), quick=True
    )


def add_coding_error(img: Picture, before: Picture, after: Picture) -> Picture:
    """Coding error put on a picture, (H, W, 3) uint8 RGB: the picture plus what coding changed at
    the reference size, `before` and `after`: (h, w, 3)."""
    if before.shape == img.shape:
        return after
    error = np.asarray(cv2.addWeighted(after, 1, before, -1, 128), np.uint8)
    return np.asarray(cv2.addWeighted(img, 1, stretch_layer(error, img), 1, -128), np.uint8)


class Jpeg(PixelCorruption):
    """JPEG coding at `quality` 1 to 100, rounded; `native` for blocks as small as a file of this
    size has them."""

    def __init__(self, quality: float, native: bool = False, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.quality = require_range("quality", quality, 1, 100)
        self.native = bool(native)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return (
            compress_as_jpeg(img, self.quality)
            if self.native
            else add_jpeg_blocks(img, self.quality)
        )


class Downscale(PixelCorruption):
    """Fewer pixels: `scale` of those of the reference size along each side. One pixel is left of
    any side."""

    def __init__(self, scale: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.scale = require_range("scale", scale, 0.001, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return reduce_resolution(img, self.scale)


class LowBitrate(PixelCorruption):
    """Video with too few bits: `quality` 1 to 100 of its blocks, `chroma` of its colour pixels
    along each side."""

    def __init__(self, quality: float, chroma: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.quality = require_range("quality", quality, 1, 100)
        self.chroma = require_range("chroma", chroma, 0.001, 1)

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_macroblocks(img, self.quality, self.chroma)


class LostLines(ShareCorruption):
    """`share` of the strips that a picture is sent in did not arrive; the one above stands in their
    place."""

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return add_lost_lines(img, self.share, seed)


class PacketLoss:
    """Loss in bursts: `share` of all packets, by chance of a seed. Source: Gilbert 1960, Elliott
    1963. A larger share loses what a smaller one loses, and more."""

    def __init__(self, share: float, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        bad = share / LOST_OF_BURST
        self._turns_bad, self._stays_bad = bad / (1 - bad) / BURST, 1 - 1 / BURST
        self._is_bad = bool(self._rng.random() < bad)

    def draw(self, n: int) -> list[bool]:
        """Whether each of the next `n` packets is lost."""
        losses = []
        for turn, chance in self._rng.random((n, 2)):
            self._is_bad = bool(turn < (self._stays_bad if self._is_bad else self._turns_bad))
            losses.append(self._is_bad and bool(chance < LOST_OF_BURST))
        return losses


def list_strips(height: int, width: int, high: float = STRIP) -> list[slice]:
    """The rows of each strip, `high` reference pixels of them, of a picture of that size, from the
    top."""
    unit = high * min(height, width) / REFERENCE_SIDE
    parts = min(height, max(1, round(height / unit)))
    edges = np.rint(np.linspace(0, height, parts + 1)).astype(int).tolist()
    return [slice(top, low) for top, low in pairwise(edges)]


def iter_past(img: Picture, seed: int, frames: int) -> Iterator[Picture]:
    """Past of a single picture, (H, W, 3) uint8 RGB: the `frames` before it and itself, in which
    all of it moves past by a few pixels a frame, in a direction by chance. Views of one array."""
    rng = np.random.default_rng([seed, 1])
    turn, speed = rng.uniform(0, 2 * pi), rng.uniform(SLOWEST, FASTEST) * compute_scale(img)
    x, y = cos(turn) * speed, sin(turn) * speed
    above, below = ceil(max(0, -y) * frames), ceil(max(0, y) * frames)
    before, after = ceil(max(0, -x) * frames), ceil(max(0, x) * frames)
    wide = np.asarray(
        cv2.copyMakeBorder(img, above, below, before, after, cv2.BORDER_REFLECT), np.uint8
    )
    for age in range(frames, -1, -1):
        top, left = above + round(y * age), before + round(x * age)
        yield wide[top : top + img.shape[0], left : left + img.shape[1]]


class LineFault(PixelCorruption):
    """Fault of the line between camera and program: frames that follow each other are corrupted
    together."""

    behind = 1  # frames that a single picture's fault reaches back to

    @abstractmethod
    def start_clip(self, seed: int) -> NextFrame:
        """A function that takes the frames of a clip, (H, W, 3) uint8 RGB, one after the other, and
        returns each as it arrives, a new array."""

    def start_behind(self, img: Picture, seed: int) -> NextFrame:
        """The function of `start_clip` for a clip that goes on with the picture, (H, W, 3) uint8
        RGB, after a past that is drawn for it."""
        arrive = self.start_clip(seed)
        for frame in islice(iter_past(img, seed, self.behind), self.behind):
            arrive(frame)
        return arrive

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return self.start_behind(img, seed)(img)


class StripLoss(LineFault):
    """`loss` of the packets of a compressed video, in bursts. What a lost strip leaves behind stays
    until the next key frame; how a decoder covers it is what makes the kinds."""

    behind = AFTER_KEY

    def __init__(self, loss: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.loss = require_range("loss", loss, 0, 0.35)

    def start_clip(self, seed: int) -> NextFrame:
        lines, numbers = PacketLoss(self.loss, seed), count()
        damage: dict[int, Any] = {}
        last: list[Picture] = []

        def arrive(frame: Picture) -> Picture:
            strips = list_strips(*frame.shape[:2])
            is_lost = lines.draw(len(strips))
            # A key frame is sent again until it is whole, as is the first.
            if next(numbers) % KEY_EVERY == 0 or last[0].shape != frame.shape:
                damage.clear()
            else:
                for number in np.flatnonzero(is_lost).tolist():
                    rows, chance = strips[number], np.random.default_rng([seed, number])
                    damage[number] = self.cover_strip(
                        damage.get(number), last[0][rows], frame[rows], chance
                    )
            last[:] = [frame]
            arrived = frame.copy()
            for number, trace in damage.items():
                arrived[strips[number]] = self.show_strip(trace, frame[strips[number]])
            return arrived

        return arrive

    @abstractmethod
    def cover_strip(
        self, trace: Any, before: Picture, now: Picture, chance: np.random.Generator
    ) -> Any:
        """What a lost strip leaves behind: `trace` by an earlier loss, None for none; `before`,
        `now`: (h, w, 3) its rows in the frame before and in this one, as they were sent."""

    def show_strip(self, trace: Any, now: Picture) -> Picture:
        """The damaged rows, (h, w, 3), as the decoder shows them."""
        return np.asarray(trace, np.uint8)


class FrozenStrips(StripLoss):
    """A decoder that shows the last good strip until the next key frame."""

    def cover_strip(
        self, trace: Any, before: Picture, now: Picture, chance: np.random.Generator
    ) -> Any:
        return before.copy() if trace is None else trace


class GhostStrips(StripLoss):
    """A decoder that goes on from the strip before: changes are added to the wrong picture, which
    leaves trails."""

    def cover_strip(
        self, trace: Any, before: Picture, now: Picture, chance: np.random.Generator
    ) -> Any:
        wrong = np.asarray(cv2.subtract(before, now, dtype=cv2.CV_16S), np.int16)
        return wrong if trace is None else trace + wrong

    def show_strip(self, trace: Any, now: Picture) -> Picture:
        return np.asarray(cv2.add(now, trace, dtype=cv2.CV_8U), np.uint8)


class GreyStrips(GhostStrips):
    """A decoder that lost what changes refer to: they are added to plain grey."""

    def cover_strip(
        self, trace: Any, before: Picture, now: Picture, chance: np.random.Generator
    ) -> Any:
        if trace is not None:
            return super().cover_strip(trace, before, now, chance)
        return np.asarray(128 - now.astype(np.int16), np.int16)


class GreenStrips(StripLoss):
    """A decoder that shows its buffer where nothing was written: noughts, which are green."""

    def cover_strip(
        self, trace: Any, before: Picture, now: Picture, chance: np.random.Generator
    ) -> Any:
        unwritten = np.zeros_like(now)
        unwritten[..., 1] = UNWRITTEN
        return unwritten


class TransportStreamLoss(StripLoss):
    """MPEG-TS without packets: from the loss to the end of its strip the decoder reads what is not
    there, blocks of wrong colours."""

    def cover_strip(
        self, trace: Any, before: Picture, now: Picture, chance: np.random.Generator
    ) -> Any:
        if trace is not None:
            return trace
        height, width = now.shape[:2]
        start = int(chance.integers(max(1, width // 2)))
        blocks = ceil((width - start) / height)
        colours = np.cumsum(chance.normal(0, GARBAGE, (1, blocks, 3)), axis=1)
        colours += chance.uniform(64, 192)
        wrong = np.repeat(np.repeat(to_bytes(colours), height, axis=1), height, axis=0)
        return start, wrong[:, : width - start]

    def show_strip(self, trace: Any, now: Picture) -> Picture:
        start, wrong = trace
        return np.asarray(np.concatenate([now[:, :start], wrong], axis=1), np.uint8)


class SwappedStrips(ShareCorruption):
    """Packets that overtake each other: `share` of the strips stand where the next belongs, and the
    next in their place."""

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return swap_strips(img, self.share, seed)


def swap_strips(img: Picture, share: float, seed: int) -> Picture:
    """Strips out of order: `share` of those of the picture, (H, W, 3) uint8 RGB, half as high as
    one of compressed video, change places with the one below."""
    strips = list_strips(img.shape[0], img.shape[1], STRIP / 2)
    order = np.random.default_rng(seed).permutation(len(strips))
    turn = list(range(len(strips)))
    for number in order[: round(share * len(strips))].tolist():
        below = (number + 1) % len(strips)
        turn[number], turn[below] = turn[below], turn[number]
    return np.concatenate([img[strips[number]] for number in turn])


class Tearing(LineFault):
    """A buffer that is read while it is written: the lower `share` of the rows is of the frame
    before."""

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = require_range("share", share, 0, 1)

    def start_clip(self, seed: int) -> NextFrame:
        last: list[Picture] = []

        def arrive(frame: Picture) -> Picture:
            arrived = frame.copy()
            if last and last[0].shape == frame.shape:
                torn = round((1 - self.share) * frame.shape[0])
                arrived[torn:] = last[0][torn:]
            last[:] = [frame]
            return arrived

        return arrive


class Interlacing(LineFault):
    """Half pictures put together wrongly: every other line, a pixel of the reference size high, is
    `lag` frames old, in whole frames."""

    def __init__(self, lag: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.lag = require_range("lag", lag, 0, AFTER_KEY)
        self.behind = ceil(self.lag)

    def start_clip(self, seed: int) -> NextFrame:
        past: deque[Picture] = deque(maxlen=self.behind + 1)

        def arrive(frame: Picture) -> Picture:
            if past and past[0].shape != frame.shape:
                past.clear()
            past.append(frame)
            return weave_lines(frame, past[0])

        return arrive


def weave_lines(img: Picture, other: Picture) -> Picture:
    """Half pictures woven into each other: the picture, (H, W, 3) uint8 RGB, with every other line
    of another; a row that holds the end of a line is a mixture."""
    scale = max(1.0, compute_scale(img))
    ends = np.arange(img.shape[0] + 1) / scale
    covered = ends // 2 + np.clip(ends % 2 - 1, 0, 1)
    shares = np.diff(covered) * scale
    out, whole, part = img.copy(), shares > 1 - 1e-6, (shares > 1e-6) & (shares <= 1 - 1e-6)
    out[whole] = other[whole]
    share = shares[part].astype(np.float32)[:, None, None]
    out[part] = to_bytes(img[part] * (1 - share) + other[part] * share)
    return out


class FrameBlending(LineFault):
    """A converter or noise filter that keeps `share` of what it showed before: what moves leaves
    trails."""

    behind = 6

    def __init__(self, share: float, p: float = 0.5) -> None:
        super().__init__(p=p)
        self.share = require_range("share", share, 0, 1)

    def start_clip(self, seed: int) -> NextFrame:
        shown: list[Picture] = []

        def arrive(frame: Picture) -> Picture:
            if not shown or shown[0].shape != frame.shape:
                shown[:] = [frame]
            mixed = cv2.addWeighted(frame, 1 - self.share, shown[0], self.share, 0)
            shown[:] = [np.asarray(mixed, np.uint8)]
            return shown[0].copy()

        return arrive


def lose_bytes(img: Picture, share: float, seed: int) -> Picture:
    """Bytes lost in a picture, (H, W, 3) uint8 RGB, that is sent as YUY2: the lowest `share` of its
    rows is moved to a side, with red and blue differences exchanged."""
    height, width = img.shape[:2]
    rows = slice(height - round(share * height), height)
    out = img.copy()
    if rows.start < height:
        luma, red, blue = cv2.split(cv2.cvtColor(img[rows], cv2.COLOR_RGB2YCrCb))
        wrong = cv2.cvtColor(cv2.merge([luma, blue, red]), cv2.COLOR_YCrCb2RGB)
        away = round(float(np.random.default_rng(seed).uniform(0.05, 0.45)) * width)
        out[rows] = np.roll(wrong, away, axis=1)
    return out


class LostBytes(ShareCorruption):
    """A camera on USB whose picture lacks bytes: the rows behind them, `share` of all, are
    displaced and have wrong colours."""

    def apply(self, img: Picture, seed: int = 0, **_: Any) -> Picture:
        return lose_bytes(img, self.share, seed)
