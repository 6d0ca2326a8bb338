// The directory in which maps outlive the agent: DIRECTORY/LAYOUT/NAME, on a bpffs.
//
// Every run makes maps of its own. Those of a former run are looked at for what they have counted, if they have the
// same layout, and else only named: entries of another process's making are never forwarded by.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "descriptor.h"
#include "result.h"

namespace weft {

/// Makes the directory, and mounts a bpffs at it, or below /sys at the place meant for it, where there is none.
Result<Done> prepare_pins(const std::string& directory);

struct FormerRun {
  /// For people; empty: there was none.
  std::string sentence;
  /// Those of this layout, by name.
  std::map<std::string, Descriptor> maps;

  int map(const char* name) const {
    auto found = maps.find(name);
    return found == maps.end() ? -1 : found->second.get();
  }
};
/// What this build knows of a map that it reads.
struct MapShape {
  const char* name;
  size_t value_size;
};
/// Maps whose values have another size than the layout says are not read, nor are those that were found with them.
FormerRun find_former(const std::string& directory, unsigned layout, std::span<const MapShape> shapes);

/// In the place of what is there.
Result<Done> pin_all(const std::string& directory, unsigned layout, const std::map<std::string, int>& maps);
/// All layouts but `kept`; what is not a layout's is left alone.
void unpin_all(const std::string& directory, const unsigned* kept);
/// With the mount at it; not when something that is not Weft's lies there.
void remove_directory(const std::string& directory);

}  // namespace weft
