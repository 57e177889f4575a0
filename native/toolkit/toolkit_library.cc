#include "toolkit/toolkit_library.h"

#include <dirent.h>
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace hka::toolkit {
namespace {

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

std::vector<std::string> libraryFolders(const std::string& root) {
  std::vector<std::string> folders;
  for (const std::string& toolkit : toolkitFolders(root)) {
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
int majorOf(const std::string& file, const std::string& name) {
  if (file.compare(0, name.size() + 1, name + ".") != 0) return 0;
  const int major = std::atoi(file.c_str() + name.size() + 1);
  return major < 100 ? major : 0;
}

}  // namespace

std::string loadedLibrary(const std::string& name) {
  struct Search {
    const std::string& name;
    std::string path;
  } search{name, ""};
  dl_iterate_phdr(
      [](dl_phdr_info* library, size_t, void* data) {
        auto* wanted = static_cast<Search*>(data);
        const char* slash = std::strrchr(library->dlpi_name, '/');
        const char* file = slash ? slash + 1 : library->dlpi_name;
        if (std::strncmp(file, wanted->name.c_str(), wanted->name.size()) != 0) return 0;
        wanted->path = library->dlpi_name;
        return 1;
      },
      &search);
  return search.path;
}

std::vector<std::string> installedLibraries(const std::string& root, const std::string& name) {
  const int newest = driverMajor();
  std::vector<std::pair<int, std::string>> found;
  for (const std::string& folder : libraryFolders(root)) {
    for (const std::string& file : list(folder)) {
      const int major = majorOf(file, name);
      if (major > 0 && (newest == 0 || major <= newest)) found.emplace_back(major, folder + "/" + file);
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> paths;
  for (auto& each : found) paths.push_back(std::move(each.second));
  return paths;
}

std::vector<std::string> librariesToTry(const std::string& only, const std::string& root, const std::string& name) {
  if (!only.empty()) return {only};
  const std::string loaded = loadedLibrary(name);
  if (!loaded.empty()) return {loaded};
  std::vector<std::string> paths = installedLibraries(root, name);
  paths.push_back(name);
  return paths;
}

std::vector<std::string> toolkitFolders(const std::string& root) {
  std::vector<std::string> folders;
  const std::string local = root + "/usr/local";
  for (const std::string& name : list(local)) {
    if (name.compare(0, 4, "cuda") == 0) folders.push_back(local + "/" + name);
  }
  return folders;
}

}  // namespace hka::toolkit
