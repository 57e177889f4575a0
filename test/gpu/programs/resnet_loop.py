"""An unmodified PyTorch program: ResNet-18 with random weights, inference on two streams.

resnet_loop.py ITERATIONS [profile]

Prints one JSON line with a checksum of the outputs; with `profile`, also the kernels by name that torch.profiler saw in
the same loop. An NVTX range named "loop" marks the loop, which begins and ends with an idle device.
"""

import json
import sys

import torch
import torchvision


def loop(model, inputs, streams, iterations, total):
    torch.cuda.synchronize()
    torch.cuda.nvtx.range_push("loop")
    for _ in range(iterations):
        for stream, image in zip(streams, inputs):
            with torch.cuda.stream(stream):
                output = model(image)
        torch.cuda.synchronize()
        total += output.double().sum().float()
    torch.cuda.synchronize()
    torch.cuda.nvtx.range_pop()
    return float(total)


def main():
    iterations = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    torch.manual_seed(7)
    torch.backends.cudnn.benchmark = False
    model = torchvision.models.resnet18(weights=None).cuda().eval()
    inputs = [torch.randn(4, 3, 224, 224, device="cuda") for _ in range(2)]
    streams = [torch.cuda.Stream() for _ in range(2)]
    with torch.inference_mode():
        loop(model, inputs, streams, 3, torch.zeros((), device="cuda"))
        total = torch.zeros((), device="cuda")
        torch.cuda.synchronize()
        if len(sys.argv) < 3:
            print(json.dumps({"checksum": loop(model, inputs, streams, iterations, total)}))
            return
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profiler:
            checksum = loop(model, inputs, streams, iterations, total)
    counts = {}
    for event in profiler.events():
        if event.device_type == torch.autograd.DeviceType.CUDA and not event.name.startswith(("Memcpy", "Memset")):
            counts[event.name] = counts.get(event.name, 0) + 1
    print(json.dumps({"checksum": checksum, "kernels": counts}))


if __name__ == "__main__":
    main()
