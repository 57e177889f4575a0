#include "cpu_device.h"

#include <algorithm>
#include <stdexcept>

namespace hka {
namespace {

constexpr size_t kBufferFloatsMax = size_t{1} << 28;  // 1 GiB

void require(bool condition, const char* sentence) {
  if (!condition) throw std::invalid_argument(sentence);
}

}  // namespace

CpuDevice::CpuDevice(uint32_t threadCount, int64_t epochNs, uint32_t sourceId) : pool_(threadCount), recorder_(epochNs, sourceId) {
  recorder_.describe(threadCount);
}

CpuDevice::~CpuDevice() = default;

float* CpuDevice::at(uint32_t buffer, size_t floatCount) {
  const auto found = buffers_.find(buffer);
  require(found != buffers_.end(), "There is no such buffer.");
  require(floatCount <= found->second.size(), "The buffer is smaller than the shape.");
  return found->second.data();
}

uint32_t CpuDevice::alloc(size_t floatCount) {
  require(floatCount > 0 && floatCount <= kBufferFloatsMax, "A buffer holds 1 to 2^28 floats.");
  const auto& values = buffers_.emplace(++lastBuffer_, std::vector<float>(floatCount)).first->second;
  recorder_.allocation(values.data(), floatCount * sizeof(float), false);
  return lastBuffer_;
}

void CpuDevice::free(uint32_t buffer) {
  const float* address = at(buffer, 0);
  recorder_.allocation(address, buffers_[buffer].size() * sizeof(float), true);
  buffers_.erase(buffer);
}

void CpuDevice::upload(uint32_t buffer, const float* values, size_t floatCount) {
  float* target = at(buffer, floatCount);
  const double startNs = recorder_.nowNs();
  std::copy_n(values, floatCount, target);
  recorder_.copy(0, floatCount * sizeof(float), startNs, recorder_.nowNs());
}

void CpuDevice::download(uint32_t buffer, float* values, size_t floatCount) {
  const float* source = at(buffer, floatCount);
  const double startNs = recorder_.nowNs();
  std::copy_n(source, floatCount, values);
  recorder_.copy(0, floatCount * sizeof(float), startNs, recorder_.nowNs());
}

template <class Run>
void CpuDevice::launch(const char* name, uint32_t stream, Run&& run) {
  const double startNs = recorder_.nowNs();
  const Launch made = run();
  recorder_.kernel(name, stream, made, startNs, recorder_.nowNs());
}

void CpuDevice::gemm(uint32_t tile, const GemmShape& shape, uint32_t a, uint32_t b, uint32_t c, uint32_t stream) {
  require(tile == 8 || tile == 16 || tile == 32, "The tile is 8, 16 or 32.");
  require(shape.m > 0 && shape.n > 0 && shape.k > 0, "A matrix has at least one row and one column.");
  require(a != c && b != c, "The product cannot be written over a factor.");
  const float* left = at(a, shape.m * shape.k);
  const float* right = at(b, shape.k * shape.n);
  float* product = at(c, shape.m * shape.n);
  const char* name = tile == 8 ? "gemm_tile<8>" : tile == 16 ? "gemm_tile<16>" : "gemm_tile<32>";
  launch(name, stream, [&] { return gemmTile(pool_, tile, shape, left, right, product); });
}

void CpuDevice::conv3x3(const ConvShape& shape, uint32_t input, uint32_t weights, uint32_t output, uint32_t stream) {
  require(shape.channelsIn > 0 && shape.channelsOut > 0 && shape.height > 0 && shape.width > 0, "A picture has at least one pixel.");
  require(input != output, "The output cannot be written over the input.");
  const size_t plane = shape.height * shape.width;
  const float* in = at(input, shape.channelsIn * plane);
  const float* filter = at(weights, shape.channelsIn * shape.channelsOut * 9);
  float* out = at(output, shape.channelsOut * plane);
  launch("conv3x3", stream, [&] { return hka::conv3x3(pool_, shape, in, filter, out); });
}

void CpuDevice::softmax(size_t rows, size_t columns, uint32_t input, uint32_t output, uint32_t stream) {
  require(rows > 0 && columns > 0, "A matrix has at least one row and one column.");
  const float* in = at(input, rows * columns);
  float* out = at(output, rows * columns);
  launch("softmax_rows", stream, [&] { return hka::softmax(pool_, rows, columns, in, out); });
}

void CpuDevice::relu(size_t count, uint32_t input, uint32_t output, uint32_t stream) {
  require(count > 0, "There is at least one element.");
  const float* in = at(input, count);
  float* out = at(output, count);
  launch("relu", stream, [&] { return hka::relu(pool_, count, in, out); });
}

}  // namespace hka
