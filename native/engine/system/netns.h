// Work inside another network namespace, done by a thread of its own: the caller's namespace never changes.
#pragma once

#include <functional>
#include <string>

#include "result.h"

namespace weft {

/// Waits until `work` is done. The failure says why the namespace could not be entered.
Result<Done> in_namespace(const std::string& path, const std::function<Result<Done>()>& work);

/// The same in a new, empty namespace that vanishes afterwards.
Result<Done> in_new_namespace(const std::function<Result<Done>()>& work);

/// Whether it is the namespace that the calling thread is in.
bool is_own_namespace(const std::string& path);
/// Of two descriptors of namespaces.
bool same_namespace(int left, int right);

}  // namespace weft
