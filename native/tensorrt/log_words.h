// What TensorRT says only in its log: figures of a build, and why something was refused.
#pragma once

#include <string>
#include <vector>

#include "tensorrt/orders.h"
#include "tensorrt/problem.h"

namespace hka::tensorrt {

// Takes the figure from a line such as "Total Weights Memory: 157136256 bytes" (TensorRT 10, severity note); other lines change nothing.
void readMemoryLine(const std::string& line, BuildMemory& memory);

// A logged line as the end of a sentence of ours: without its own end.
std::string sentenceOf(std::string line);

// Whether the lines tell that memory ran out.
bool tellsOutOfMemory(const std::vector<std::string>& errorLines);

// Why a plan was refused, from the errors logged meanwhile: other version, other device, no plan, out of memory, or the first line itself.
Problem loadProblem(const std::vector<std::string>& errorLines, const std::string& ownVersion);

// Why a build failed: out of memory, no implementation for a layer, or the last line itself.
Problem buildProblem(const std::vector<std::string>& errorLines);

}  // namespace hka::tensorrt
