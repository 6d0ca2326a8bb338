// Ethernet addresses of guests that have one of their own: those behind hosts without an agent, so there are few.
//
// A KeyTable leads to their places in a list that readers never see change: the writer copies it before it does.
#pragma once

#include "ethernet.h"
#include "key_table.h"

namespace weft {

class MacTable {
 public:
  class View {
   public:
    /// Nothing: the guest's is derived from its address. The pointer lives as long as the snapshot.
    const Mac* find(const Key& key) const {
      const uint32_t* place = places_.find(key);
      return place == nullptr ? nullptr : &(*macs_)[*place];
    }

   private:
    friend class MacTable;
    KeyTableView<4> places_;
    const std::vector<Mac>* macs_ = nullptr;
  };

  void put(const Key& key, const Mac& mac);
  void remove(const Key& key);
  /// As KeyTable::freeze.
  void freeze(View& view, Retired& retired);

 private:
  std::vector<Mac>& writable();

  KeyTable<4> places_;
  std::shared_ptr<std::vector<Mac>> macs_, replaced_;
  bool is_fresh_ = false;  // copied since the last freeze, so nobody reads it yet
  std::vector<uint32_t> free_;
};

}  // namespace weft
