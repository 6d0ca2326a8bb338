// What a daemon says to the service manager that started it, and what it was handed over: sd_notify(3),
// sd_listen_fds(3). An addon of its own, so that the controller has nothing of the data plane in its process.
// Its contract is native/service.ts.
#include <fcntl.h>
#include <napi.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace weft {

namespace {

constexpr int first_descriptor = 3;  // of those that are handed over
constexpr size_t most_at_once = 250;  // descriptors; the kernel takes 253 with a message

[[noreturn]] void fail(Napi::Env env, const std::string& what, int error) {
  throw Napi::Error::New(env, what + ": " + strerror(error));
}

/// Taken out of the environment, so that no child takes it for its own.
std::string take(const char* name) {
  const char* value = getenv(name);
  std::string text = value == nullptr ? "" : value;
  unsetenv(name);
  return text;
}

bool is_ours(const std::string& pid) { return pid == std::to_string(getpid()); }

Napi::Array inherited(Napi::Env env, const std::string& count, const std::string& names) {
  Napi::Array out = Napi::Array::New(env);
  size_t at = 0;
  for (int number = 0; number < atoi(count.c_str()); number++) {
    int fd = first_descriptor + number;
    size_t end = std::min(names.find(':', at), names.size());
    std::string name = at <= names.size() ? names.substr(at, end - at) : "";
    at = end + 1;
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) continue;
    Napi::Object each = Napi::Object::New(env);
    each["name"] = name;
    each["fd"] = fd;
    out[out.Length()] = each;
  }
  return out;
}

Napi::Value take_surroundings(const Napi::CallbackInfo& info) {
  std::string socket = take("NOTIFY_SOCKET"), usec = take("WATCHDOG_USEC"), watched = take("WATCHDOG_PID");
  std::string listener = take("LISTEN_PID"), count = take("LISTEN_FDS"), names = take("LISTEN_FDNAMES");
  Napi::Object out = Napi::Object::New(info.Env());
  if (!socket.empty()) out["socket"] = socket;
  double watchdog_ms = strtod(usec.c_str(), nullptr) / 1000;
  if (watchdog_ms > 0 && (watched.empty() || is_ours(watched))) out["watchdogMs"] = watchdog_ms;
  out["inherited"] = inherited(info.Env(), is_ours(listener) ? count : "0", names);
  return out;
}

socklen_t address_of(const std::string& path, sockaddr_un& out) {
  out = {};
  out.sun_family = AF_UNIX;
  size_t size = std::min(path.size(), sizeof out.sun_path);
  memcpy(out.sun_path, path.data(), size);
  if (path[0] == '@') out.sun_path[0] = 0;
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
}

void send(Napi::Env env, const std::string& path, const std::string& text, const std::vector<int>& fds) {
  sockaddr_un to;
  iovec piece{const_cast<char*>(text.data()), text.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * most_at_once)] = {};
  msghdr message{&to, address_of(path, to), &piece, 1, nullptr, 0, 0};
  if (!fds.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * fds.size());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
    memcpy(CMSG_DATA(header), fds.data(), sizeof(int) * fds.size());
  }
  int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  // One that does not read must not hold up who has other things to do.
  timeval longest{1, 0};
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
  ssize_t sent = socket < 0 ? -1 : sendmsg(socket, &message, MSG_NOSIGNAL);
  int error = errno;
  if (socket >= 0) close(socket);
  if (sent < 0) fail(env, "the service manager cannot be told", error);
}

void notify(const Napi::CallbackInfo& info) {
  std::string path = info[0].ToString(), text = info[1].ToString();
  std::vector<int> fds;
  Napi::Array list = info[2].IsArray() ? info[2].As<Napi::Array>() : Napi::Array::New(info.Env());
  for (uint32_t at = 0; at < list.Length(); at++) fds.push_back(list.Get(at).ToNumber().Int32Value());
  if (path.empty() || fds.size() > most_at_once) throw Napi::TypeError::New(info.Env(), "expected a socket, and at most 250 descriptors");
  send(info.Env(), path, text, fds);
}

Napi::Value path_of(const Napi::CallbackInfo& info) {
  sockaddr_un found{};
  socklen_t length = sizeof found;
  int fd = info[0].ToNumber().Int32Value(), listens = 0;
  socklen_t size = sizeof listens;
  bool ours = getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens == 1 &&
              getsockname(fd, reinterpret_cast<sockaddr*>(&found), &length) == 0 && found.sun_family == AF_UNIX && found.sun_path[0] != 0;
  if (!ours) return info.Env().Undefined();
  return Napi::String::New(info.Env(), std::string(found.sun_path, strnlen(found.sun_path, sizeof found.sun_path)));
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports["takeSurroundings"] = Napi::Function::New(env, take_surroundings, "takeSurroundings");
  exports["notify"] = Napi::Function::New(env, static_cast<void (*)(const Napi::CallbackInfo&)>(notify), "notify");
  exports["pathOf"] = Napi::Function::New(env, path_of, "pathOf");
  return exports;
}

}  // namespace

NODE_API_MODULE(weft_service, init)

}  // namespace weft
