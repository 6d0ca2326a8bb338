// What this kernel can do, found by doing it in a namespace of our own that vanishes afterwards.
#pragma once

#include <string>
#include <vector>

namespace weft {

struct Probe {
  bool tun = false, multi_queue = false, tso = false, uso = false, udp_gso = false, udp_gro = false, crc32c_hardware = false;
  std::vector<std::string> ciphers, compressions;  // by the names of wire/encapsulation.ts
  std::vector<std::string> features{"ip-elision", "flow-control"};  // that need nothing of the kernel
  std::vector<std::string> problems;  // one sentence per thing that is missing
};

Probe probe();

}  // namespace weft
