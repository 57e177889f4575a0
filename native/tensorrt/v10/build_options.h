// A BuildOrder as settings of TensorRT's builder. Everything that does not fit the model or the board throws Problem before minutes of
// building pass.
#pragma once

#include <memory>

#include "tensorrt/v10/calibration.h"
#include "tensorrt/v10/log.h"
#include "tensorrt/v10/tensorrt_10.h"

namespace hka::tensorrt::v10 {

// Precision, sparsity, DLA, limits, level, detail.
void setOptions(const BuildOrder& order, const nvinfer1::IBuilder& builder, nvinfer1::IBuilderConfig& config);

// Whether the network brings its own scales.
bool hasQuantizeLayers(const nvinfer1::INetworkDefinition& network);

// For int8 without Q/DQ nodes; nullptr when the order needs none. Belongs to the caller and must outlive the build.
std::unique_ptr<CachedCalibration> setCalibration(const BuildOrder& order, const nvinfer1::INetworkDefinition& network,
                                                  nvinfer1::IBuilderConfig& config);

// Adds each profile of the order. Names every input that is missing, foreign, or has a range that does not fit.
void setProfiles(const BuildOrder& order, const nvinfer1::INetworkDefinition& network, nvinfer1::IBuilder& builder,
                 nvinfer1::IBuilderConfig& config);

// One cache of all that fit; those that do not are passed over with a warning in the log. nullptr when TensorRT makes none.
std::unique_ptr<nvinfer1::ITimingCache> mergeCaches(const std::vector<Bytes>& caches, const nvinfer1::IBuilderConfig& config, Log& log);

}  // namespace hka::tensorrt::v10
