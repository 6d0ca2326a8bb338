// The tables' entries in BPF maps.
#pragma once

#include <bpf/bpf.h>
#include <sched.h>
#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <memory>

#include "descriptor.h"
#include "result.h"
#include "table_store.h"

namespace weft {

/// A map's values, where programs read them. Of arrays that say so (BPF_F_MMAPABLE).
template <typename EntryType>
class MappedArray {
 public:
  /// Borrows nothing: the map lives as long as it is mapped.
  static Result<std::shared_ptr<MappedArray>> open(int map, uint32_t count) {
    static_assert(sizeof(EntryType) % 8 == 0, "the kernel rounds values up to words");
    void* at = mmap(nullptr, sizeof(EntryType) * count, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
    if (at == MAP_FAILED) return Failure{"a table cannot be mapped: " + errno_text(errno)};
    return std::shared_ptr<MappedArray>(new MappedArray(static_cast<EntryType*>(at), count));
  }
  MappedArray(const MappedArray&) = delete;
  MappedArray& operator=(const MappedArray&) = delete;
  ~MappedArray() { munmap(entries_, sizeof(EntryType) * count_); }

  EntryType& operator[](uint32_t slot) { return entries_[slot]; }

 private:
  MappedArray(EntryType* entries, uint32_t count) : entries_(entries), count_(count) {}

  EntryType* entries_;
  uint32_t count_;
};

/// The kernel gives the memory of an entry that was replaced to another one at once; readers find that out by `check`.
template <typename KeyType, typename EntryType>
class KernelHash : public HashStore<KeyType, EntryType> {
 public:
  explicit KernelHash(int map) : map_(map) {}

  std::optional<EntryType> find(const KeyType& key) const override {
    EntryType entry;
    if (bpf_map_lookup_elem(map_, &key, &entry) != 0) return std::nullopt;
    return entry;
  }

  // A batch stops where it fails. EBUSY says no more than that a program was there, too, ENOMEM perhaps that the memory
  // for entries has not been filled up yet: that is asked once more.
  size_t put(std::span<const KeyType> keys, std::span<const EntryType> entries) override {
    size_t done = 0;
    for (int attempt = 0; done < keys.size() && attempt < most_attempts; attempt++) {
      uint32_t count = static_cast<uint32_t>(keys.size() - done);
      bpf_map_batch_opts options{};
      options.sz = sizeof options;
      if (bpf_map_update_batch(map_, keys.data() + done, entries.data() + done, &count, &options) == 0) return keys.size();
      int error = errno;
      done += error == EFAULT ? 0 : count;
      bool is_over = error == ENOMEM ? attempt > 0 : error != EBUSY;
      if (is_over) break;
      sched_yield();
    }
    return done;
  }

  void remove(std::span<const KeyType> keys) override {
    for (size_t done = 0; done < keys.size();) {
      uint32_t count = static_cast<uint32_t>(keys.size() - done);
      bpf_map_batch_opts options{};
      options.sz = sizeof options;
      if (bpf_map_delete_batch(map_, keys.data() + done, &count, &options) == 0) return;
      done += count + 1;  // the one that is not there is no trouble
    }
  }

  void walk(const std::function<void(const KeyType&, const EntryType&)>& each) const override {
    std::vector<KeyType> keys(most_at_once);
    std::vector<EntryType> entries(most_at_once);
    uint32_t place = 0;
    for (bool is_first = true, is_last = false; !is_last; is_first = false) {
      uint32_t count = most_at_once;
      bpf_map_batch_opts options{};
      options.sz = sizeof options;
      int failed = bpf_map_lookup_batch(map_, is_first ? nullptr : &place, &place, keys.data(), entries.data(), &count, &options);
      is_last = failed != 0;
      if (failed != 0 && errno != ENOENT) return;
      for (uint32_t at = 0; at < count; at++) each(keys[at], entries[at]);
    }
  }

 private:
  static constexpr uint32_t most_at_once = 8192;
  static constexpr int most_attempts = 100;

  int map_;
};

/// Written in place, in the order that `put_in_place` asks for.
template <typename EntryType>
class KernelArray : public ArrayStore<EntryType> {
 public:
  using typename ArrayStore<EntryType>::Value;
  explicit KernelArray(std::shared_ptr<MappedArray<EntryType>> entries) : entries_(std::move(entries)) {}

  EntryType at(uint32_t slot) const override { return (*entries_)[slot]; }
  void put_former(uint32_t slot, const Value& value) override { put((*entries_)[slot].former, value); }
  void put_since(uint32_t slot, uint64_t generation) override {
    std::atomic_ref((*entries_)[slot].since).store(generation, std::memory_order_release);
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
  void put_current(uint32_t slot, const Value& value) override { put((*entries_)[slot].current, value); }

 private:
  static void put(Value& place, const Value& value) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    memcpy(&place, &value, sizeof value);
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }

  std::shared_ptr<MappedArray<EntryType>> entries_;
};

/// The control block, which is a page of its own.
class KernelGeneration : public GenerationStore {
 public:
  explicit KernelGeneration(std::shared_ptr<MappedArray<weft_control>> control) : control_(std::move(control)) {}

  uint64_t now() const override { return std::atomic_ref((*control_)[0].generation).load(std::memory_order_acquire); }
  void publish(uint64_t generation) override {
    std::atomic_ref((*control_)[0].generation).store(generation, std::memory_order_seq_cst);
  }

 private:
  std::shared_ptr<MappedArray<weft_control>> control_;
};

}  // namespace weft
