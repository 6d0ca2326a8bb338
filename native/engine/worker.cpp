#include "worker.h"

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include <cerrno>
#include <utility>

#include "result.h"
#include "substrate_socket.h"

namespace weft {

namespace {

enum class Source : uint32_t { wake, port, receiver };
constexpr int most_events = 64;
constexpr size_t most_asked = 1024;

uint64_t event_data(Source source, uint32_t index) { return static_cast<uint64_t>(source) << 32 | index; }

epoll_event interest(uint64_t data, bool reading) {
  epoll_event event{};
  if (reading) event.events = EPOLLIN;
  event.data.u64 = data;
  return event;
}

bool watch(int epoll, int fd, uint64_t data, bool reading) {
  epoll_event event = interest(data, reading);
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/// Of two timeouts, of which -1 is none.
int sooner(int left, int right) { return left < 0 || (right >= 0 && right < left) ? right : left; }

/// Of what is watched: whether it is read.
void listen(int epoll, int fd, uint64_t data, bool reading) {
  epoll_event event = interest(data, reading);
  epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
}

std::vector<int> numbers(const std::vector<Descriptor>& descriptors) {
  std::vector<int> fds;
  for (const Descriptor& descriptor : descriptors) fds.push_back(descriptor.get());
  return fds;
}

}  // namespace

uint64_t clock_ms() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1'000'000;
}

Worker::Worker(unsigned number, const Surroundings& around, const Published& published, WorkerCounters& counters, WorkerSockets sockets,
               const Waiting::Limits& limits)
    : number_(number),
      around_(around),
      published_(published),
      sockets_(std::move(sockets)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      counters_(&counters),
      delivery_(around, *counters_),
      outbox_(around, *counters_, numbers(sockets_.v4_senders), numbers(sockets_.v6_senders), sockets_.raw_sender.get()),
      waiting_(limits),
      send_path_(number, around, *counters_, delivery_, outbox_, waiting_),
      tests_(around, *counters_, send_path_),
      flow_(number, around, *counters_, outbox_),
      stalls_(number, around, *counters_, flow_),
      receive_path_(number, around, *counters_, delivery_, outbox_, waiting_, tests_, flow_),
      first_packets_(around, *counters_, waiting_, send_path_, receive_path_) {
  around.crew.wake_fds[number] = wake_.get();
  watch(epoll_.get(), wake_.get(), event_data(Source::wake, 0), true);
  for (uint32_t at = 0; at < sockets_.receivers.size(); at++) {
    watch(epoll_.get(), sockets_.receivers[at].socket.get(), event_data(Source::receiver, at), false);
  }
}

Worker::~Worker() { stop(); }

// Signals are the main thread's business.
void Worker::start() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { loop(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  std::string name = "weft-worker-" + std::to_string(number_);
  pthread_setname_np(thread_.native_handle(), name.c_str());
}

void Worker::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true);
  kick();
  thread_.join();
  overflows_before_stop_ = receive_overflows();
  sockets_ = {};  // the next engine wants their ports, however long this one is still looked at
}

uint64_t Worker::receive_overflows() const {
  uint64_t sum = overflows_before_stop_;
  for (const auto& receiver : sockets_.receivers) sum += datagrams_lost(receiver.socket.get());
  return sum;
}

void Worker::read(bool reading) {
  reading_ = reading;
  for (uint32_t at = 0; at < sockets_.receivers.size(); at++) {
    listen(epoll_.get(), sockets_.receivers[at].socket.get(), event_data(Source::receiver, at), reading);
  }
  for (auto [port, fd] : ports_) listen(epoll_.get(), fd, event_data(Source::port, port), reading && known_ports_.contains(port));
}

void Worker::know_port(uint32_t port, bool known) {
  bool changed = known ? known_ports_.insert(port).second : known_ports_.erase(port) > 0;
  auto found = ports_.find(port);
  if (changed && found != ports_.end() && reading_) listen(epoll_.get(), found->second, event_data(Source::port, port), known);
}

std::vector<int> Worker::receivers() const {
  std::vector<int> fds;
  for (const WorkerSockets::Receiver& receiver : sockets_.receivers) fds.push_back(receiver.socket.get());
  return fds;
}

bool Worker::add_port(uint32_t port, int fd, uint32_t mtu) {
  delivery_.set_mtu(port, mtu);
  delivery_.set_queue(port, fd);
  ports_[port] = fd;
  if (watch(epoll_.get(), fd, event_data(Source::port, port), reading_ && known_ports_.contains(port))) return true;
  int error = errno;
  delivery_.set_queue(port, -1);
  ports_.erase(port);
  errno = error;
  return false;
}

void Worker::remove_port(uint32_t port) {
  int fd = delivery_.queue(port);
  if (fd < 0) return;
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  delivery_.set_queue(port, -1);
  ports_.erase(port);
}

void Worker::test(const SessionTest& test) {
  {
    std::lock_guard lock(asked_lock_);
    if (asked_.size() < most_asked) asked_.push_back(test);
  }
  has_asked_.store(true);
  kick();
}

void Worker::send_tests() {
  has_asked_.store(false);
  std::vector<SessionTest> asked;
  {
    std::lock_guard lock(asked_lock_);
    asked = std::exchange(asked_, {});
  }
  for (const SessionTest& test : asked) tests_.send(test);
}

void Worker::loop() {
  epoll_event events[most_events];
  while (!stopping_.load(std::memory_order_relaxed)) {
    int timeout = sleep_time();
    int count = epoll_wait(epoll_.get(), events, most_events, timeout);
    begin_turn();
    if (answered_generation_ != table_->generation) first_packets_.answer(*table_, now_ms_);
    answered_generation_ = table_->generation;
    for (int at = 0; at < count; at++) serve(events[at].data.u64);
    if (has_asked_.load(std::memory_order_relaxed)) send_tests();
    tests_.answer(now_ms_);
    stalls_.step(*table_, now_ms_, [this](uint32_t port, int fd) {
      if (delivery_.queue(port) == fd) listen(epoll_.get(), fd, event_data(Source::port, port), true);
    });
    flow_.flush();
    send_path_.flush();
    first_packets_.expire(*table_, now_ms_);
  }
  seen_.store(asleep);
}

// Asleep, the worker holds no table. Either the writer sees that, or the worker sees the new generation and does
// not sleep: all of these accesses are sequentially consistent.
int Worker::sleep_time() {
  bump(counters_->waiting, waiting_.packets() - counters_->waiting.load(std::memory_order_relaxed));
  waiting_count_.store(waiting_.packets());
  seen_.store(asleep);
  uint64_t now_ms = clock_ms();
  int timeout = sooner(tests_.until_answer(now_ms), stalls_.until_step());
  if (waiting_.packets() == 0) return timeout;
  return published_.generation.load() != answered_generation_ ? 0 : sooner(timeout, waiting_.until_deadline(now_ms));
}

void Worker::begin_turn() {
  seen_.store(published_.generation.load());
  table_ = published_.snapshot.load();
  now_ms_ = clock_ms();
  counters_->turn_ms.store(now_ms_, std::memory_order_relaxed);
  send_path_.use(table_, now_ms_);
  receive_path_.use(table_, now_ms_);
  flow_.use(table_, now_ms_);
}

void Worker::serve(uint64_t ready) {
  uint32_t index = static_cast<uint32_t>(ready);
  switch (static_cast<Source>(ready >> 32)) {
    case Source::wake: {
      uint64_t kicks;
      [[maybe_unused]] ssize_t size = ::read(wake_.get(), &kicks, sizeof kicks);
      break;
    }
    case Source::port: serve_port(index); break;
    case Source::receiver: {
      const WorkerSockets::Receiver& receiver = sockets_.receivers[index];
      receive_path_.drain(receiver.socket.get(), receiver.carrier);
      break;
    }
  }
}

void Worker::serve_port(uint32_t port) {
  int fd = delivery_.queue(port);
  if (fd < 0) return;  // closed since the event
  int error = send_path_.drain(port, fd);
  if (send_path_.stall() != nullptr) stall_port(port, fd);
  if (error == 0 || error == EAGAIN) return;
  if (delivery_.queue(port) != fd) return;
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);  // or it would be reported for ever
  around_.events.fault("port " + std::to_string(port), "read: " + errno_text(error));
}

// The packets that the peer has to take first go out before it is asked; the last step of the turn asks.
void Worker::stall_port(uint32_t port, int fd) {
  if (stalls_.begin(port, fd, *send_path_.stall(), now_ms_)) listen(epoll_.get(), fd, event_data(Source::port, port), false);
}

}  // namespace weft
