// What the fake driver offers beyond CUDA. Opened by name like the rest of it: "libcuda.so.1" must be the fake one.
#pragma once

extern "C" {
// Runs `run(state)` in the order of the stream, or keeps it while the stream is captured. `state` is from malloc and is freed in the end.
void fakeLaunch(void* stream, void (*run)(void*), void* state);
bool fakeIsCapturing(void* stream);
void fakeBreakCapture(void* stream);  // as a kernel launch of another library would
int fakeAllocationCount();
}
