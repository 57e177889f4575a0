// Every kernel family by its name: JavaScript's arguments in, a Work out. One file a family beside this one.
#pragma once

#include "addon/binding/work_arguments.h"
#include "addon/work.h"

namespace hka::addon {

// Each throws DeviceError when an argument does not fit.
Work ceilingWork(const WorkArguments& arguments);
Work convWork(const WorkArguments& arguments);
Work convHalfWork(const WorkArguments& arguments);
Work elementwiseWork(const WorkArguments& arguments);
Work gemmWork(const WorkArguments& arguments);
Work gemmHalfWork(const WorkArguments& arguments);
Work heartbeatWork(const WorkArguments& arguments);
Work nmsWork(const WorkArguments& arguments);
Work preprocessWork(const WorkArguments& arguments);
Work softmaxWork(const WorkArguments& arguments);
Work tensorWork(const WorkArguments& arguments);

// What a call may name as `variant`: our own, in the order of their ideas, then "auto" and "cublas" where there are such.
std::vector<std::string> gemmVariants();
std::vector<std::string> convHalfVariants();
std::vector<std::string> gemmHalfVariants();

// The variants of a family, as a call names them; none for a family that is none or has but one.
std::vector<std::string> kernelVariants(const std::string& kernel);

// The work of the family that `kernel` names. Throws DeviceError for a family that is none, for arguments that do not fit, and for a
// grid that no CUDA device runs.
Work makeWork(const std::string& kernel, const WorkArguments& arguments);

}  // namespace hka::addon
