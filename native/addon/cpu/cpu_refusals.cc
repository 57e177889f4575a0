// What only a GPU has: a compiler for CUDA C++, and counters of its multiprocessors.
#include "addon/cpu/cpu_device.h"

namespace hka::addon {

CompiledFacts CpuDevice::compile(const CompileOrder&) {
  CompiledFacts facts;
  facts.sentence = "A kernel of your own runs on a CUDA device only.";
  facts.remedy = "Run the experiment on a machine with an NVIDIA GPU.";
  return facts;
}

Work CpuDevice::compiledWork(const CompiledCall&) { throw DeviceError("compiled: this device compiled no such kernel."); }

CounterFacts CpuDevice::openCounters(const std::vector<std::string>&) {
  CounterFacts facts;
  facts.problem = {"countersOfCpu", "A CPU device has no hardware counters of CUDA.", ""};
  return facts;
}

std::vector<double> CpuDevice::measureCounters(const Work&, uint32_t) {
  throw DeviceError("measureCounters: this device has no counters open.");
}

}  // namespace hka::addon
