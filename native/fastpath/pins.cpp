#include "pins.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <dirent.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>

namespace weft {

namespace {

bool lies_on(const std::string& path, long magic) {
  struct statfs found {};
  return statfs(path.c_str(), &found) == 0 && found.f_type == magic;
}

std::string parent_of(const std::string& path) {
  size_t slash = path.find_last_of('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

Result<Done> mount_at(const std::string& path) {
  if (mount("bpf", path.c_str(), "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") == 0) return Done{};
  return Failure{"no bpffs can be mounted at " + path + ": " + errno_text(errno)};
}

Result<Done> make_directory(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) == 0) return Done{};
  if (path != "/") {
    Result<Done> made = make_directory(parent_of(path));
    if (!made) return made;
  }
  // sysfs takes no directories but has one for this mount.
  if (lies_on(parent_of(path), SYSFS_MAGIC)) {
    Result<Done> mounted = mount_at(parent_of(path));
    if (!mounted) return mounted;
  }
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return Done{};
  return Failure{"the directory " + path + " cannot be made: " + errno_text(errno)};
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  std::unique_ptr<DIR, int (*)(DIR*)> open(opendir(directory.c_str()), closedir);
  if (open == nullptr) return names;
  while (dirent* entry = readdir(open.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

std::optional<unsigned> layout_named(const std::string& name) {
  unsigned layout = 0;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), layout);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return layout;
}

std::string path_of(const std::string& directory, unsigned layout) { return directory + "/" + std::to_string(layout); }

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

bool has_value_size(int map, size_t size) {
  bpf_map_info info{};
  uint32_t length = sizeof info;
  return bpf_obj_get_info_by_fd(map, &info, &length) == 0 && info.value_size == size;
}

/// The first map that is not as this build has it; nothing when all are.
const char* name_of_stranger(const FormerRun& former, std::span<const MapShape> shapes) {
  for (const MapShape& shape : shapes) {
    int map = former.map(shape.name);
    if (map >= 0 && !has_value_size(map, shape.value_size)) return shape.name;
  }
  return nullptr;
}

constexpr const char* until = "programs of that run forward by them until this one takes over";

}  // namespace

Result<Done> prepare_pins(const std::string& directory) {
  Result<Done> made = make_directory(directory);
  if (!made) return made;
  return lies_on(directory, BPF_FS_MAGIC) ? Done{} : mount_at(directory);
}

FormerRun find_former(const std::string& directory, unsigned layout, std::span<const MapShape> shapes) {
  FormerRun former;
  std::vector<std::string> others, strangers;
  for (const std::string& name : names_in(directory)) {
    std::optional<unsigned> found = layout_named(name);
    if (!found && name.find('.') == std::string::npos) strangers.push_back(name);  // names with dots are the kernel's
    if (found && *found != layout) others.push_back(name);
  }
  std::string own = path_of(directory, layout);
  for (const std::string& name : names_in(own)) {
    Descriptor map(bpf_obj_get((own + "/" + name).c_str()));
    if (map) former.maps.emplace(name, std::move(map));
  }
  if (const char* stranger = name_of_stranger(former, shapes)) {
    former.maps.clear();
    former.sentence = std::string("the tables in ") + own + " are not of layout " + std::to_string(layout) + " (" + stranger +
                      " has another size) and are not read: " + until + ", then they are replaced";
  }
  if (!former.maps.empty()) former.sentence = std::string("a former run left tables of this layout: ") + until + ", and its counts go on";
  if (!others.empty()) {
    former.sentence += (former.sentence.empty() ? "" : "; ") + std::string("a former run left tables of layout ") + joined(others) +
                       ", which this build (layout " + std::to_string(layout) + ") does not read: " + until + ", then they are removed";
  }
  if (!strangers.empty()) {
    former.sentence += (former.sentence.empty() ? "" : "; ") + joined(strangers) + " in " + directory + " is not Weft’s and is left alone";
  }
  return former;
}

Result<Done> pin_all(const std::string& directory, unsigned layout, const std::map<std::string, int>& maps) {
  std::string place = path_of(directory, layout);
  if (mkdir(place.c_str(), 0700) != 0 && errno != EEXIST) return Failure{place + " cannot be made: " + errno_text(errno)};
  for (const std::string& name : names_in(place)) {
    if (!maps.contains(name)) unlink((place + "/" + name).c_str());
  }
  for (const auto& [name, map] : maps) {
    std::string path = place + "/" + name;
    if (unlink(path.c_str()) != 0 && errno != ENOENT) return Failure{path + " cannot be replaced: " + errno_text(errno)};
    if (bpf_obj_pin(map, path.c_str()) != 0) return Failure{path + " cannot be pinned: " + errno_text(errno)};
  }
  return Done{};
}

// A mount at the directory itself was made by `prepare_pins`: one that is meant for all of BPF lies above it.
void remove_directory(const std::string& directory) {
  if (!lies_on(directory, BPF_FS_MAGIC)) return;
  for (const std::string& name : names_in(directory)) {
    if (name.find('.') == std::string::npos) return;
  }
  struct stat here {}, above {};
  bool is_known = stat(directory.c_str(), &here) == 0 && stat(parent_of(directory).c_str(), &above) == 0;
  if (is_known && here.st_dev != above.st_dev) umount(directory.c_str());
  rmdir(directory.c_str());
}

void unpin_all(const std::string& directory, const unsigned* kept) {
  if (!lies_on(directory, BPF_FS_MAGIC)) return;
  for (const std::string& name : names_in(directory)) {
    std::optional<unsigned> layout = layout_named(name);
    if (!layout || (kept != nullptr && *layout == *kept)) continue;
    std::string place = directory + "/" + name;
    for (const std::string& map : names_in(place)) unlink((place + "/" + map).c_str());
    rmdir(place.c_str());
  }
}

}  // namespace weft
