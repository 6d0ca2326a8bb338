#include "netns.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include <cerrno>
#include <thread>

#include "descriptor.h"

namespace weft {

namespace {

Result<Done> in_thread(const std::function<Result<Done>()>& enter, const std::function<Result<Done>()>& work) {
  Result<Done> result = Done{};
  std::thread([&] {
    result = enter();
    if (result) result = work();
  }).join();
  return result;
}

}  // namespace

Result<Done> in_namespace(const std::string& path, const std::function<Result<Done>()>& work) {
  Descriptor netns(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!netns) return Failure{"cannot open network namespace " + path + ": " + errno_text(errno)};
  auto enter = [&]() -> Result<Done> {
    if (setns(netns.get(), CLONE_NEWNET) == 0) return Done{};
    return Failure{"cannot enter network namespace " + path + ": " + errno_text(errno)};
  };
  return in_thread(enter, work);
}

Result<Done> in_new_namespace(const std::function<Result<Done>()>& work) {
  auto enter = []() -> Result<Done> {
    if (unshare(CLONE_NEWNET) == 0) return Done{};
    return Failure{"cannot make a network namespace: " + errno_text(errno)};
  };
  return in_thread(enter, work);
}

bool same_namespace(int left, int right) {
  struct stat one, other;
  return fstat(left, &one) == 0 && fstat(right, &other) == 0 && one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

bool is_own_namespace(const std::string& path) {
  struct stat own, other;
  bool found = stat("/proc/thread-self/ns/net", &own) == 0 && stat(path.c_str(), &other) == 0;
  return found && own.st_ino == other.st_ino && own.st_dev == other.st_dev;
}

}  // namespace weft
