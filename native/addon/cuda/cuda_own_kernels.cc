// The CUDA device's side of what a user brings: kernels that are compiled here, and counters that are read while one runs.
#include "addon/cuda/compiler/compiled_kernel.h"
#include "addon/cuda/counters/counter_session.h"
#include "addon/cuda/cuda_device.h"
#include "addon/cuda/cuda_timer.h"

namespace hka::addon {
namespace {

CounterFact factOf(const CounterProblem& problem) { return {problem.code, problem.sentence, problem.remedy}; }

}  // namespace

CompiledFacts CudaDevice::compile(const CompileOrder& order) {
  select();
  CompileRequest request;
  request.source = order.source;
  request.fileName = order.fileName;
  request.kernelName = order.entry;
  request.computeMajor = facts_.computeMajor;
  request.computeMinor = facts_.computeMinor;
  const CompileResult result = compileKernel(request, readCompilerPlaces());
  CompiledFacts facts;
  facts.log = result.log;
  facts.sentence = result.sentence;
  facts.remedy = result.remedy;
  if (!result.isCompiled) return facts;
  try {
    compiled_.push_back(std::make_unique<CompiledKernel>(index_, result));
  } catch (const KernelError& error) {
    facts.sentence = error.what();
    return facts;
  }
  const CompiledKernel& kernel = *compiled_.back();
  facts.isCompiled = true;
  facts.id = static_cast<uint32_t>(compiled_.size());
  facts.name = kernel.name();
  facts.parameterCount = static_cast<uint32_t>(result.kernel.parameterBytes.size());
  facts.registersPerThread = kernel.attributes().registerCount;
  facts.staticSharedBytes = kernel.attributes().staticSharedBytes;
  facts.localBytes = kernel.attributes().localBytes;
  facts.threadsPerBlockMax = kernel.attributes().threadsPerBlockMax;
  return facts;
}

Work CudaDevice::compiledWork(const CompiledCall& call) {
  if (call.id > compiled_.size()) throw DeviceError("compiled: this device compiled no such kernel.");
  CompiledKernel* kernel = compiled_[call.id - 1].get();
  const KernelAttributes& attributes = kernel->attributes();
  if (call.block.x > attributes.threadsPerBlockMax) {
    throw DeviceError(kernel->name() + " can have at most " + std::to_string(attributes.threadsPerBlockMax) +
                      " threads a block, because of its registers.");
  }
  if (call.dynamicSharedBytes > attributes.dynamicSharedBytesMax) {
    throw DeviceError(kernel->name() + " can have at most " + std::to_string(attributes.dynamicSharedBytesMax) +
                      " bytes of dynamic shared memory on this device.");
  }
  Work work;
  kernels::Launch launch;
  launch.name = kernel->name();
  launch.grid = call.grid;
  launch.block = call.block;
  launch.staticSharedBytes = attributes.staticSharedBytes;
  launch.dynamicSharedBytes = call.dynamicSharedBytes;
  work.stages = {{launch, {}}};
  work.start = [kernel, call](void* stream) {
    try {
      kernel->launch(stream, call.grid, call.block, call.dynamicSharedBytes, call.values);
    } catch (const KernelError& error) {
      throw DeviceError(error.what());
    }
    return 0;
  };
  return work;
}

CounterFacts CudaDevice::openCounters(const std::vector<std::string>& metrics) {
  select();
  counters_ = std::make_unique<CounterSession>(index_, metrics);
  CounterFacts facts;
  if (counters_->problem()) {
    facts.problem = factOf(*counters_->problem());
    counters_.reset();
    return facts;
  }
  for (const CounterProblem& problem : counters_->absent()) facts.absent.push_back(factOf(problem));
  return facts;
}

std::vector<double> CudaDevice::measureCounters(const Work& work, uint32_t stream) {
  if (!counters_) throw DeviceError("measureCounters: this device has no counters open.");
  const CounterResult result = counters_->measure([&] { launch(work, stream); });
  if (!result.kernels.empty()) return result.kernels.front();
  throw DeviceError(result.problem ? result.problem->sentence : "measureCounters: the call launched no kernel.");
}

}  // namespace hka::addon
