// Where the CUDA toolkit's libraries are, without a header of CUDA and without starting CUDA.
#pragma once

#include <string>
#include <vector>

namespace hka::toolkit {

// The path of a library that the process has loaded already and whose file name begins with `name`; empty when there is none.
std::string loadedLibrary(const std::string& name);

// Every installed copy of `name`, such as "libcupti.so", that the loaded driver can carry, the newest major version first. `root` is the
// file tree to look at; empty is /.
std::vector<std::string> installedLibraries(const std::string& root, const std::string& name);

// Where to open `name`, in the order to try: `only` and nothing else when it is given; else the loaded copy and nothing else; else the
// installed ones, and last the bare name, for the loader's own path.
std::vector<std::string> librariesToTry(const std::string& only, const std::string& root, const std::string& name);

// /usr/local/cuda* below `root`, the newest last; a folder a toolkit.
std::vector<std::string> toolkitFolders(const std::string& root);

}  // namespace hka::toolkit
