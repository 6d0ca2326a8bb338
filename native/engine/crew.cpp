#include "crew.h"

#include <unistd.h>

namespace weft {

void Crew::wake(unsigned worker) const {
  uint64_t one = 1;
  [[maybe_unused]] ssize_t written = write(wake_fds[worker], &one, sizeof one);  // a full counter wakes as well
}

}  // namespace weft
