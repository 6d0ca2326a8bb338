// Open descriptors of a former process that nobody uses yet: of sockets and TUN queues, with the packets that have come
// to them since. Whoever held them meanwhile is not believed: what each of them is, the kernel is asked when one is
// taken, and what fits nowhere is closed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "address.h"
#include "descriptor.h"

namespace weft {

class Inherited {
 public:
  Inherited() = default;
  /// Closes at once what is neither socket nor TUN queue, and what is open twice.
  explicit Inherited(std::vector<Descriptor> descriptors);

  /// A UDP socket of this network namespace that is bound here, shares its port, and is connected to nobody.
  std::optional<Descriptor> take_receiver(const Address& address, uint16_t port);
  /// A raw socket of this network namespace that receives what comes to the /64, and nothing else.
  std::optional<Descriptor> take_gni6_receiver(uint64_t prefix);
  /// A queue of the TUN device of this name in the namespace `netns` (a descriptor of it), with flags as `tun_flags`.
  std::optional<Descriptor> take_queue(const std::string& name, int netns, short tun_flags);
  /// Of a port that is closed, and may be opened again.
  void put(const std::string& name, std::vector<Descriptor> queues);
  /// Closes the descriptor of this number, if it is here.
  void close(int fd);
  void close_all();

 private:
  std::vector<Descriptor> sockets_;
  std::multimap<std::string, Descriptor> queues_;  // by what their device was called when they came
};

}  // namespace weft
