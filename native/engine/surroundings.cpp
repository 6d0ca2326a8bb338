#include "surroundings.h"

#include <unistd.h>

#include <cerrno>

#include "result.h"

namespace weft {

const Kernel real_kernel = {
    .read = ::read,
    .writev = ::writev,
    .sendmmsg = [](int fd, mmsghdr* messages, unsigned count, int flags) { return ::sendmmsg(fd, messages, count, flags); },
    .recvmmsg = [](int fd, mmsghdr* messages, unsigned count, int flags) {
      return ::recvmmsg(fd, messages, count, flags, nullptr);
    },
    .poll = ::poll,
};

std::string Surroundings::errno_name(int error) { return errno_text(error); }

bool is_send_offload_fault(int error) { return error == EIO || is_port_offload_fault(error); }

bool is_port_offload_fault(int error) { return error == EINVAL || error == EOPNOTSUPP || error == ENOTSUP; }

}  // namespace weft
