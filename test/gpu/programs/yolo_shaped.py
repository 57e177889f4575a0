"""The network of probe/engines/onnx/generate/yolo-shaped.ts in PyTorch: the layers and shapes of YOLOv8n with random weights.

yolo_shaped.py SIDE fp16|fp32 RUNS

One picture, channels last, the whole network in a CUDA graph; fp32 is without TF32. Prints one JSON line: microseconds of a
replay alone and of one with the input going in and the output coming back (medians), parameters and places.
"""

import json
import statistics
import sys
import time

import torch
from torch import nn

BINS = 16
CLASSES = 80


class ConvSilu(nn.Module):
    def __init__(self, channels_in, channels_out, kernel, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2)
        self.act = nn.SiLU(inplace=True)

    def forward(self, x):
        return self.act(self.conv(x))


class Bottleneck(nn.Module):
    def __init__(self, channels, is_residual):
        super().__init__()
        self.cv1 = ConvSilu(channels, channels, 3)
        self.cv2 = ConvSilu(channels, channels, 3)
        self.is_residual = is_residual

    def forward(self, x):
        y = self.cv2(self.cv1(x))
        return x + y if self.is_residual else y


class C2f(nn.Module):
    def __init__(self, channels_in, channels_out, repeats, is_residual):
        super().__init__()
        hidden = channels_out // 2
        self.cv1 = ConvSilu(channels_in, 2 * hidden, 1)
        self.cv2 = ConvSilu((2 + repeats) * hidden, channels_out, 1)
        self.m = nn.ModuleList(Bottleneck(hidden, is_residual) for _ in range(repeats))

    def forward(self, x):
        parts = list(self.cv1(x).chunk(2, 1))
        for block in self.m:
            parts.append(block(parts[-1]))
        return self.cv2(torch.cat(parts, 1))


class Sppf(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.cv1 = ConvSilu(channels, channels // 2, 1)
        self.cv2 = ConvSilu(2 * channels, channels, 1)
        self.pool = nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        parts = [self.cv1(x)]
        for _ in range(3):
            parts.append(self.pool(parts[-1]))
        return self.cv2(torch.cat(parts, 1))


class Detect(nn.Module):
    def __init__(self, widths, side):
        super().__init__()
        box, scores = max(16, widths[0] // 4, 4 * BINS), max(widths[0], min(CLASSES, 100))

        def branch(width, inner, channels):
            return nn.Sequential(ConvSilu(width, inner, 3), ConvSilu(inner, inner, 3), nn.Conv2d(inner, channels, 1))

        self.cv2 = nn.ModuleList(branch(width, box, 4 * BINS) for width in widths)
        self.cv3 = nn.ModuleList(branch(width, scores, CLASSES) for width in widths)
        self.bins = nn.Parameter(torch.arange(BINS, dtype=torch.float32).view(1, BINS, 1, 1), requires_grad=False)
        centres, strides = [], []
        for stride in (8, 16, 32):
            count = side // stride
            at = torch.arange(count, dtype=torch.float32) + 0.5
            y, x = torch.meshgrid(at, at, indexing="ij")
            centres.append(torch.stack((x.flatten(), y.flatten())))
            strides.append(torch.full((count * count,), float(stride)))
        self.register_buffer("centres", torch.cat(centres, 1)[None])
        self.register_buffer("strides", torch.cat(strides)[None, None])

    def forward(self, levels):
        rows = [torch.cat((a(x), b(x)), 1).flatten(2) for a, b, x in zip(self.cv2, self.cv3, levels)]
        bins, scores = torch.cat(rows, 2).split((4 * BINS, CLASSES), 1)
        shares = bins.reshape(bins.shape[0], 4, BINS, -1).transpose(1, 2).softmax(1)
        left_top, right_bottom = (shares * self.bins).sum(1).chunk(2, 1)
        first, second = self.centres - left_top, self.centres + right_bottom
        cells = torch.cat(((first + second) / 2, second - first), 1)
        return torch.cat((cells * self.strides, scores.sigmoid()), 1)


class YoloShaped(nn.Module):
    def __init__(self, side):
        super().__init__()
        self.b0, self.b1 = ConvSilu(3, 16, 3, 2), ConvSilu(16, 32, 3, 2)
        self.b2, self.b3 = C2f(32, 32, 1, True), ConvSilu(32, 64, 3, 2)
        self.b4, self.b5 = C2f(64, 64, 2, True), ConvSilu(64, 128, 3, 2)
        self.b6, self.b7 = C2f(128, 128, 2, True), ConvSilu(128, 256, 3, 2)
        self.b8, self.b9 = C2f(256, 256, 1, True), Sppf(256)
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.n12, self.n15 = C2f(384, 128, 1, False), C2f(192, 64, 1, False)
        self.n16, self.n18 = ConvSilu(64, 64, 3, 2), C2f(192, 128, 1, False)
        self.n19, self.n21 = ConvSilu(128, 128, 3, 2), C2f(384, 256, 1, False)
        self.detect = Detect((64, 128, 256), side)

    def forward(self, x):
        low = self.b4(self.b3(self.b2(self.b1(self.b0(x)))))
        middle = self.b6(self.b5(low))
        high = self.b9(self.b8(self.b7(middle)))
        n12 = self.n12(torch.cat((self.up(high), middle), 1))
        n15 = self.n15(torch.cat((self.up(n12), low), 1))
        n18 = self.n18(torch.cat((self.n16(n15), n12), 1))
        n21 = self.n21(torch.cat((self.n19(n18), high), 1))
        return self.detect((n15, n18, n21))


def captured(model, image):
    """The graph and its output, after a warm-up on another stream, as PyTorch asks for it."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(5):
            model(image)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        output = model(image)
    return graph, output


def network_us(graph, runs):
    times = []
    for _ in range(9):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(runs):
            graph.replay()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) / runs * 1e6)
    return statistics.median(times)


def whole_us(graph, image, output, runs):
    source = torch.randn(image.shape).to(image.dtype).pin_memory()
    target = torch.empty(output.shape, dtype=output.dtype, pin_memory=True)
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        image.copy_(source, non_blocking=True)
        graph.replay()
        target.copy_(output, non_blocking=True)
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times)


def main():
    side, precision, runs = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    torch.manual_seed(7)
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    dtype = torch.float16 if precision == "fp16" else torch.float32
    model = YoloShaped(side).eval().to("cuda", dtype=dtype, memory_format=torch.channels_last)
    image = torch.randn(1, 3, side, side, device="cuda", dtype=dtype).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        graph, output = captured(model, image)
        result = {
            "networkUs": network_us(graph, runs),
            "wholeUs": whole_us(graph, image, output, runs),
            "parameterCount": sum(each.numel() for each in model.parameters()),
            "placeCount": output.shape[2],
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
