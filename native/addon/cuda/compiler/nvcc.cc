#include "addon/cuda/compiler/nvcc.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "toolkit/toolkit_library.h"

namespace hka::addon {
namespace {

constexpr std::chrono::milliseconds kPollMs{10};

// A folder of this process alone, deleted at the end with the three files that may be in it.
class WorkFolder {
 public:
  WorkFolder() {
    const char* place = std::getenv("TMPDIR");
    std::string pattern = std::string(place != nullptr && *place != '\0' ? place : "/tmp") + "/hookanalyzer-XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~WorkFolder() {
    for (const std::string& file : files_) unlink(file.c_str());
    if (!path_.empty()) rmdir(path_.c_str());
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  std::string file(const std::string& name) { return files_.emplace_back(path_ + "/" + name); }

 private:
  std::string path_;
  std::vector<std::string> files_;
};

std::string readText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool isRunnable(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

// The exit code; -1 when it did not start, -2 when it was ended because it took too long, -3 when a signal ended it.
int runWithin(const std::vector<std::string>& words, const std::string& outputPath, uint32_t msMax) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, outputPath.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A group of its own, so that the compilers that nvcc starts end with it.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  pid_t child = -1;
  const int started = posix_spawn(&child, words[0].c_str(), &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (started != 0) return -1;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(msMax);
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return -2;
    }
    std::this_thread::sleep_for(kPollMs);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -3;
}

std::string without(std::string text, const std::string& part) {
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) text.erase(at, part.size());
  return text;
}

}  // namespace

std::string findNvcc(const std::string& only, const std::string& root) {
  if (!only.empty()) return isRunnable(only) ? only : "";
  std::vector<std::string> folders;
  if (const char* toolkit = std::getenv("CUDA_PATH"); toolkit != nullptr && *toolkit != '\0') folders.push_back(std::string(toolkit) + "/bin");
  if (const char* path = std::getenv("PATH")) {
    std::istringstream list(path);
    for (std::string folder; std::getline(list, folder, ':');) folders.push_back(folder);
  }
  const std::vector<std::string> toolkits = toolkit::toolkitFolders(root);
  for (auto each = toolkits.rbegin(); each != toolkits.rend(); ++each) folders.push_back(*each + "/bin");
  for (const std::string& folder : folders) {
    if (!folder.empty() && isRunnable(folder + "/nvcc")) return folder + "/nvcc";
  }
  return "";
}

NvccOutcome compileByNvcc(const std::string& nvccPath, const std::string& source, const std::string& fileName, uint32_t architecture) {
  NvccOutcome outcome;
  WorkFolder folder;
  const std::string sourcePath = folder.file(fileName);
  const std::string cubinPath = folder.file("made.cubin");
  const std::string logPath = folder.file("made.log");
  std::ofstream(sourcePath, std::ios::binary) << source;
  if (folder.path().empty() || readText(sourcePath) != source) {
    outcome.sentence = "The source cannot be written to a temporary folder for nvcc.";
    return outcome;
  }
  const int code = runWithin({nvccPath, "-cubin", "-arch=sm_" + std::to_string(architecture), "-std=c++17", "-lineinfo", "-o", cubinPath, sourcePath},
                             logPath, kNvccMsMax);
  outcome.log = without(readText(logPath), folder.path() + "/");
  if (code == -1) outcome.sentence = nvccPath + " cannot be started.";
  if (code == -2) outcome.sentence = "nvcc was ended, because it took longer than " + std::to_string(kNvccMsMax / 1000) + " s.";
  if (code == -3) outcome.sentence = "nvcc was ended by a signal.";
  const std::string cubin = code == 0 ? readText(cubinPath) : "";
  outcome.cubin.assign(cubin.begin(), cubin.end());
  outcome.isCompiled = !outcome.cubin.empty();
  return outcome;
}

}  // namespace hka::addon
