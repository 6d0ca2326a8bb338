// One worker: a thread with its own queue of every port, its own sockets, its own counters.
//
//   turn: announce the table in use → answer what waited → drain what is readable → flush → expire → sleep
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "descriptor.h"
#include "first_packets.h"
#include "stalls.h"

namespace weft {

/// Where the writer publishes tables. The snapshot is stored before the generation.
struct Published {
  std::atomic<const Snapshot*> snapshot{nullptr};
  std::atomic<uint64_t> generation{0};
};

struct WorkerSockets {
  struct Receiver {
    Descriptor socket;
    Carrier carrier;
  };
  std::vector<Receiver> receivers;
  std::vector<Descriptor> v4_senders, v6_senders;
  Descriptor raw_sender;  // of gni6, if there is one
};

class Worker {
 public:
  /// `counters` are borrowed.
  Worker(unsigned number, const Surroundings& around, const Published& published, WorkerCounters& counters, WorkerSockets sockets,
         const Waiting::Limits& limits);
  ~Worker();

  void start();
  /// Waits for the thread and closes the sockets. The worker cannot be started again.
  void stop();

  /// From the engine's thread: the descriptor stays the caller's. It is read from the moment that it is `known`, which
  /// is that the table has the port: what came before would be dropped.
  bool add_port(uint32_t port, int fd, uint32_t mtu);
  void know_port(uint32_t port, bool known);
  void set_port_mtu(uint32_t port, uint32_t mtu) { delivery_.set_mtu(port, mtu); }
  /// Afterwards the worker uses the descriptor at most until it passes a quiescent point.
  void remove_port(uint32_t port);
  /// From the engine's thread: whether its sockets and ports are read, those of later ones too.
  void read(bool reading);
  std::vector<int> receivers() const;
  /// Sends the packets of a test soon; one that comes with too many others is not sent.
  void test(const SessionTest& test);
  /// Wakes the worker for a turn.
  void kick() { around_.crew.wake(number_); }
  /// Whether the worker can no longer see anything older than `generation`.
  bool has_passed(uint64_t generation) const { return seen_.load() >= generation; }
  bool has_waiting() const { return waiting() > 0; }
  uint64_t waiting() const { return waiting_count_.load(); }
  const WorkerCounters& counters() const { return *counters_; }
  /// Of the engine's thread, like `counters`; to begin before `start`.
  FlowSamples& flows() { return counters_->flows; }
  /// Datagrams that found no room in the receiving sockets. Not while `stop` is called.
  uint64_t receive_overflows() const;

 private:
  static constexpr uint64_t asleep = ~0ull;

  void loop();
  void begin_turn();
  void serve(uint64_t ready);
  void serve_port(uint32_t port);
  void stall_port(uint32_t port, int fd);
  void send_tests();
  int sleep_time();

  unsigned number_;
  const Surroundings& around_;
  const Published& published_;
  WorkerSockets sockets_;
  Descriptor epoll_, wake_;
  WorkerCounters* counters_;
  Delivery delivery_;
  Outbox outbox_;
  Waiting waiting_;
  SendPath send_path_;
  SessionTests tests_;
  FlowControl flow_;
  Stalls stalls_;
  ReceivePath receive_path_;
  FirstPackets first_packets_;
  std::atomic<uint64_t> seen_{asleep};
  std::atomic<uint64_t> waiting_count_{0};
  std::atomic<bool> stopping_{false};
  // Tests that the owner has asked for; the lock is taken only when there are some.
  std::mutex asked_lock_;
  std::vector<SessionTest> asked_;
  std::atomic<bool> has_asked_{false};
  const Snapshot* table_ = nullptr;
  uint64_t answered_generation_ = 0;
  uint64_t now_ms_ = 0;
  uint64_t overflows_before_stop_ = 0;
  // The engine's thread's own: whether anything is read, the ports that there are, and those that tables have.
  bool reading_ = false;
  std::map<uint32_t, int> ports_;
  std::set<uint32_t> known_ports_;
  std::thread thread_;
};

/// Milliseconds of the clock that workers use.
uint64_t clock_ms();

}  // namespace weft
