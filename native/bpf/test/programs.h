// The programs and their tables, loaded once; and a network namespace whose routes lead through a device that is there.
#pragma once

#include <bpf/libbpf.h>

#include <cstdint>
#include <string>
#include <vector>

#include <maps.h>
#include <weft_wire.h>

namespace weft::test {

using Bytes = std::vector<uint8_t>;

constexpr int act_unspec = -1, act_shot = 2, act_redirect = 7;  // TC_ACT_*
constexpr int xdp_pass = 2;

/// What every test finds: ports on devices that no packet is really sent to.
constexpr uint32_t lo = 1, engine_device = 70, other_device = 80, tun_engine_device = 90;

struct Ran {
  int verdict;
  Bytes packet;  // XDP: with the metadata in front
};

class Programs {
 public:
  /// Says on stdout what was loaded, or why not.
  static bool load(const char* object, const char* vectors);
  static Programs& all();
  /// For the life of the value, `all` is another set of the same programs, with these settings.
  class Otherwise {
   public:
    explicit Otherwise(void (*change)(weft_settings&));
    ~Otherwise();
    Otherwise(const Otherwise&) = delete;
  };
  static const char* vectors();

  /// Empties tables and counters.
  void forget();
  /// Of what the programs remember themselves: a change of locations that is not a new generation.
  void forget_recent();

  Ran run(const char* program, const Bytes& frame, uint32_t gso_size = 0);

  /// All with `since` 0, unless told otherwise: they count at once.
  void put_port(uint32_t slot, const weft_port& port);
  void put_port_entry(uint32_t slot, const weft_port_entry& entry);
  void put_peer(uint32_t slot, const weft_peer& peer);
  void put_peer_entry(uint32_t slot, const weft_peer_entry& entry);
  void put_location(uint32_t gni, const weft_address& address, const weft_location& location);
  void put_location_entry(uint32_t gni, const weft_address& address, weft_location_entry entry);
  /// As if the entry's memory had been given to another key.
  void put_location_of_another(uint32_t gni, const weft_address& address, weft_location_entry entry);
  void put_pair(const weft_pair_key& key, const weft_terms& terms);
  void put_control(const weft_control& control);
  /// From now on a look-up by device or address leads there.
  void lead_device(uint32_t ifindex, uint32_t slot);
  void lead_address(const weft_address& address, uint32_t slot);

  uint64_t handed_over(weft_handover reason);
  uint64_t dropped(weft_drop reason);
  weft_counters port_counters(uint32_t slot);
  weft_counters peer_counters(uint32_t slot);
  weft_traffic local();
  /// Since the last call.
  std::vector<weft_event> events();
  /// Whether this kernel can take off an outer header of another family.
  bool changes_family() const { return changes_family_; }

 private:
  bool open(const char* object, void (*change)(weft_settings&));
  bool say_what_is_loaded() const;
  void unload();
  bool probe_family();
  int map(const char* name) const;
  template <typename Value>
  Value sum(const char* map_name, uint32_t key);
  void empty(const char* map_name, size_t key_size);

  bpf_object* object_ = nullptr;
  ring_buffer* ring_ = nullptr;
  std::vector<weft_event> told_;
  bool changes_family_ = false;
  long long load_ms_ = 0;
};

weft_address v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d);
weft_address v6(const char* text);

}  // namespace weft::test
