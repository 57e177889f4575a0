// A libnvinfer.so.8, to be found where no 10 is.
extern "C" __attribute__((visibility("default"))) int getInferLibVersion() { return 8502; }
