#include "cupti_library.h"

#include <dirent.h>
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace hka {
namespace {

// The path of a library that is loaded already and whose file name begins with `name`; empty when there is none.
std::string loadedPath(const char* name) {
  struct Search {
    const char* name;
    std::string path;
  } search{name, ""};
  dl_iterate_phdr(
      [](dl_phdr_info* library, size_t, void* data) {
        auto* wanted = static_cast<Search*>(data);
        const char* slash = std::strrchr(library->dlpi_name, '/');
        const char* file = slash ? slash + 1 : library->dlpi_name;
        if (std::strncmp(file, wanted->name, std::strlen(wanted->name)) != 0) return 0;
        wanted->path = library->dlpi_name;
        return 1;
      },
      &search);
  return search.path;
}

std::vector<std::string> list(const std::string& folder) {
  std::vector<std::string> names;
  if (DIR* directory = opendir(folder.c_str())) {
    while (const dirent* entry = readdir(directory)) names.emplace_back(entry->d_name);
    closedir(directory);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// 13 for a driver of CUDA 13.x; 0 when it cannot be told.
int driverMajor() {
  void* driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
  if (driver == nullptr) return 0;
  const auto get = reinterpret_cast<int (*)(int*)>(dlsym(driver, "cuDriverGetVersion"));
  int version = 0;
  const bool isKnown = get != nullptr && get(&version) == 0;
  dlclose(driver);
  return isKnown ? version / 1000 : 0;
}

std::vector<std::string> foldersOf(const std::string& root) {
  std::vector<std::string> folders;
  const std::string local = root + "/usr/local";
  for (const std::string& name : list(local)) {
    if (name.compare(0, 4, "cuda") != 0) continue;
    const std::string toolkit = local + "/" + name;
    for (const std::string& target : list(toolkit + "/targets")) {
      if (target[0] != '.') folders.push_back(toolkit + "/targets/" + target + "/lib");
    }
    folders.push_back(toolkit + "/extras/CUPTI/lib64");
    folders.push_back(toolkit + "/lib64");
    folders.push_back(toolkit + "/lib");
  }
  folders.push_back(root + "/usr/lib/aarch64-linux-gnu");
  folders.push_back(root + "/usr/lib/x86_64-linux-gnu");
  return folders;
}

// libcupti.so.13 → 13, libcupti.so.11.4 → 11; 0 for names with a date and for others.
int majorOf(const std::string& file) {
  constexpr const char* kName = "libcupti.so.";
  if (file.compare(0, std::strlen(kName), kName) != 0) return 0;
  const int major = std::atoi(file.c_str() + std::strlen(kName));
  return major < 100 ? major : 0;
}

// Every installed copy that the driver can carry, the newest first.
std::vector<std::string> candidates(const std::string& root) {
  const int newest = driverMajor();
  std::vector<std::pair<int, std::string>> found;
  for (const std::string& folder : foldersOf(root)) {
    for (const std::string& file : list(folder)) {
      const int major = majorOf(file);
      if (major > 0 && (newest == 0 || major <= newest)) found.emplace_back(major, folder + "/" + file);
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> paths;
  for (auto& each : found) paths.push_back(std::move(each.second));
  return paths;
}

template <class Function>
bool resolve(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace

bool CuptiLibrary::load(const Environment& environment, std::string& reason) {
  std::vector<std::string> paths;
  if (!environment.cuptiPath.empty()) {
    paths.push_back(environment.cuptiPath);
  } else {
    const std::string loaded = loadedPath("libcupti.so");
    if (!loaded.empty()) paths.push_back(loaded);
    if (loaded.empty()) paths = candidates(environment.root);
    if (loaded.empty()) paths.emplace_back("libcupti.so");
  }
  void* library = nullptr;
  for (const std::string& each : paths) {
    library = dlopen(each.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) continue;
    path = each;
    break;
  }
  if (library == nullptr) {
    reason = "no libcupti was found that can be loaded";
    return false;
  }
  const bool isWhole = resolve(library, "cuptiGetVersion", getVersion) && resolve(library, "cuptiSubscribe", subscribe) &&
                       resolve(library, "cuptiUnsubscribe", unsubscribe) &&
                       resolve(library, "cuptiActivityRegisterCallbacks", registerCallbacks) &&
                       resolve(library, "cuptiActivityEnable", enable) && resolve(library, "cuptiActivityDisable", disable) &&
                       resolve(library, "cuptiActivityFlushAll", flushAll) &&
                       resolve(library, "cuptiActivityGetNextRecord", getNextRecord) &&
                       resolve(library, "cuptiActivityGetNumDroppedRecords", getDropped) &&
                       resolve(library, "cuptiGetCallbackName", getCallbackName);
  if (!isWhole || getVersion(&version) != cupti::kSuccess) {
    reason = path + " lacks functions that every CUPTI has";
    return false;
  }
  resolve(library, "cuptiActivityRegisterTimestampCallback", registerTimestamp);
  resolve(library, "cuptiSetThreadIdType", setThreadIdType);
  resolve(library, "cuptiActivityEnableRuntimeApi", enableRuntimeApi);
  resolve(library, "cuptiActivityEnableDriverApi", enableDriverApi);
  resolve(library, "cuptiActivityEnableAllocationSource", enableAllocationSource);
  resolve(library, "cuptiActivityEnableLatencyTimestamps", enableLatency);
  resolve(library, "cuptiGetResultString", getResultString);
  return true;
}

std::string CuptiLibrary::words(int result) const {
  const char* text = nullptr;
  if (getResultString == nullptr || getResultString(result, &text) != cupti::kSuccess || text == nullptr) text = "no words for it";
  return std::string(text) + " (" + std::to_string(result) + ")";
}

}  // namespace hka
