"""Many small PyTorch kernels: prints the microseconds a launch as JSON.

torch_launches.py LAUNCHES none|cuda|both

`cuda` and `both` run the loop under torch.profiler with the activities CUDA, or CPU and CUDA; the time that the profiler
takes after the loop, to make its result, is given apart.
"""

import json
import sys
import time

import torch


def run(launches):
    values = torch.zeros(32, device="cuda")
    torch.cuda.synchronize()
    begin = time.perf_counter()
    for _ in range(launches):
        values.add_(1.0)
    torch.cuda.synchronize()
    return (time.perf_counter() - begin) / launches * 1e6


def main():
    launches = int(sys.argv[1])
    mode = sys.argv[2]
    run(2000)
    if mode == "none":
        print(json.dumps({"launchUs": run(launches), "afterSec": 0}))
        return
    kinds = torch.profiler.ProfilerActivity
    activities = [kinds.CUDA] if mode == "cuda" else [kinds.CPU, kinds.CUDA]
    profiler = torch.profiler.profile(activities=activities)
    profiler.__enter__()
    launch_us = run(launches)
    begin = time.perf_counter()
    profiler.__exit__(None, None, None)
    print(json.dumps({"launchUs": launch_us, "afterSec": time.perf_counter() - begin}))


if __name__ == "__main__":
    main()
