#include "bpf_object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include "locations.h"

// build/native/bpf/weft.bpf.o, so that there is nothing to find at run time.
asm(R"(
  .section .rodata
  .balign 16
  .local weft_object_begin, weft_object_end
weft_object_begin:
  .incbin ")" WEFT_BPF_OBJECT R"("
weft_object_end:
  .previous
)");
extern "C" __attribute__((visibility("hidden"))) const char weft_object_begin[], weft_object_end[];

namespace weft {

namespace {

/// What libbpf says while something is loaded; it has one receiver for the whole process.
thread_local std::string said;

int hear(libbpf_print_level level, const char* format, va_list values) {
  if (level == LIBBPF_DEBUG) return 0;
  char line[8192];
  int length = vsnprintf(line, sizeof line, format, values);
  if (length > 0 && said.size() < (1u << 20)) said += line;
  return length;
}

/// The program that was refused, and the verifier's last words in front of its statistics; or libbpf's.
std::string last_words() {
  std::string word;
  size_t statistics = said.rfind("\nprocessed ");
  size_t end = statistics != std::string::npos ? statistics : said.find_last_not_of('\n') + 1;
  size_t begin = said.rfind('\n', end == 0 ? 0 : end - 1);
  word = said.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin + 1));
  std::string program;
  size_t named = said.find("prog 'weft_");
  if (named != std::string::npos) program = said.substr(named + 6, said.find('\'', named + 6) - named - 6);
  return (program.empty() ? "" : program + ": ") + word;
}

/// A failure that a person can do something about.
Failure refusal(int error) {
  if (error == EPERM) return {"the kernel allows no BPF here (EPERM): the agent needs CAP_BPF and CAP_NET_ADMIN in the first user namespace"};
  if (error == ENOSYS) return {"this kernel has no BPF (ENOSYS)"};
  std::string words = last_words();
  return {"the kernel does not take the BPF programs: " + errno_text(error) + (words.empty() ? "" : "; " + words)};
}

uint32_t entries_of(const std::string& map, const ObjectSizes& sizes) {
  // Twice the pairs: a change writes new ones before it takes old ones out.
  if (map == "locations") return sizes.locations + Locations::local_places;
  if (map == "pairs") return 2 * sizes.pairs;
  if (map == "peers" || map == "peer_counters") return sizes.peers;
  if (map == "peer_by_address") return 2 * sizes.peers;
  return 0;
}

bool has_shape_of(bpf_map* map, int former) {
  bpf_map_info info{};
  uint32_t length = sizeof info;
  return bpf_obj_get_info_by_fd(former, &info, &length) == 0 && info.type == bpf_map__type(map) &&
         info.key_size == bpf_map__key_size(map) && info.value_size == bpf_map__value_size(map) &&
         info.max_entries == bpf_map__max_entries(map);
}

Result<Done> prepare(bpf_object* object, const weft_settings& settings, const ObjectSizes& sizes, std::span<const SharedMap> shared) {
  bpf_map* map;
  bpf_object__for_each_map(map, object) {
    std::string name = bpf_map__name(map);
    if (uint32_t entries = entries_of(name, sizes)) bpf_map__set_max_entries(map, entries);
    if (name == ".rodata.settings" && bpf_map__set_initial_value(map, &settings, sizeof settings) != 0) {
      return Failure{"the BPF object has other settings than this addon: build both again"};
    }
    for (const SharedMap& each : shared) {
      if (name != each.name || !has_shape_of(map, each.map)) continue;
      if (bpf_map__reuse_fd(map, each.map) != 0) return Failure{name + ": a former run's map cannot be used"};
    }
  }
  return Done{};
}

}  // namespace

Result<std::unique_ptr<BpfObject>> BpfObject::load(const weft_settings& settings, const ObjectSizes& sizes,
                                                   std::span<const SharedMap> shared) {
  libbpf_set_print(hear);
  said.clear();
  bpf_object_open_opts options{};
  options.sz = sizeof options;
  options.object_name = "weft";
  bpf_object* opened = bpf_object__open_mem(weft_object_begin, static_cast<size_t>(weft_object_end - weft_object_begin), &options);
  if (opened == nullptr) return refusal(errno);
  std::unique_ptr<BpfObject> object(new BpfObject(opened));
  Result<Done> prepared = prepare(opened, settings, sizes, shared);
  if (!prepared) return Failure{prepared.why()};
  int failed = bpf_object__load(opened);
  if (failed != 0) return refusal(-failed);
  said.clear();
  return object;
}

BpfObject::~BpfObject() { bpf_object__close(object_); }

int BpfObject::program(const char* name) const {
  bpf_program* program = bpf_object__find_program_by_name(object_, name);
  if (program == nullptr) std::abort();
  return bpf_program__fd(program);
}

int BpfObject::map(const char* name) const {
  int map = bpf_object__find_map_fd_by_name(object_, name);
  if (map < 0) std::abort();
  return map;
}

std::vector<std::string> BpfObject::map_names() const {
  std::vector<std::string> names;
  bpf_map* map;
  bpf_object__for_each_map(map, object_) {
    // A second reader of the ring would take events away from the first.
    bool is_for_others = !bpf_map__is_internal(map) && bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF;
    if (is_for_others) names.push_back(bpf_map__name(map));
  }
  return names;
}

// Asked of a program of a few instructions that takes 20 bytes off an IPv4 packet and calls the rest IPv6.
bool can_change_family() {
  constexpr int64_t decapsulate_to_ipv6 = 1 << 8;
  bpf_insn program[] = {
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, -20},
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, BPF_ADJ_ROOM_MAC},
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_4, 0, 0, decapsulate_to_ipv6},
      {BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_skb_adjust_room},
      {BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
  };
  Descriptor loaded(bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "weft_family", "GPL", program, std::size(program), nullptr));
  if (!loaded) return false;
  uint8_t packet[14 + 20 + 40 + 20] = {};
  packet[12] = 0x08;
  packet[14] = 0x45;
  packet[34] = 0x60;
  bpf_test_run_opts run{};
  run.sz = sizeof run;
  run.data_in = packet;
  run.data_size_in = sizeof packet;
  return bpf_prog_test_run_opts(loaded.get(), &run) == 0 && run.retval == 0;
}

}  // namespace weft
