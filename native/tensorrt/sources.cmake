# For native/tensorrt and for its tests, which compile the same files against other headers.
set(TENSORRT_NEUTRAL_SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/adapters.cc
  ${CMAKE_CURRENT_LIST_DIR}/cuda_session.cc
  ${CMAKE_CURRENT_LIST_DIR}/libraries.cc
  ${CMAKE_CURRENT_LIST_DIR}/log_words.cc)
set(TENSORRT_10_SOURCES
  ${CMAKE_CURRENT_LIST_DIR}/v10/adapter_10.cc
  ${CMAKE_CURRENT_LIST_DIR}/v10/build.cc
  ${CMAKE_CURRENT_LIST_DIR}/v10/build_options.cc
  ${CMAKE_CURRENT_LIST_DIR}/v10/engine_10.cc
  ${CMAKE_CURRENT_LIST_DIR}/v10/lane.cc
  ${CMAKE_CURRENT_LIST_DIR}/v10/log.cc
  ${CMAKE_CURRENT_LIST_DIR}/v10/progress.cc
  ${CMAKE_CURRENT_LIST_DIR}/v10/tensorrt_10.cc
  ${CMAKE_CURRENT_LIST_DIR}/v10/tensors.cc)
