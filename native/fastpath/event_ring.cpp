#include "event_ring.h"

#include <bpf/libbpf.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <cerrno>

namespace weft {

Result<std::unique_ptr<EventRing>> EventRing::open(int map, Receiver receive) {
  std::unique_ptr<EventRing> out(new EventRing(std::move(receive)));
  out->ring_ = ring_buffer__new(map, take, out.get(), nullptr);
  if (out->ring_ == nullptr) return Failure{"events of the fast path cannot be read: " + errno_text(errno)};
  out->stop_ = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  out->poll_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  for (int fd : {out->stop_.get(), ring_buffer__epoll_fd(out->ring_)}) {
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.fd = fd;
    if (epoll_ctl(out->poll_.get(), EPOLL_CTL_ADD, fd, &wanted) != 0) return Failure{"events of the fast path cannot be waited for: " + errno_text(errno)};
  }
  out->thread_ = std::thread([ring = out.get()] { ring->run(); });
  return out;
}

EventRing::~EventRing() {
  uint64_t one = 1;
  if (thread_.joinable() && write(stop_.get(), &one, sizeof one) == sizeof one) thread_.join();
  ring_buffer__free(ring_);
}

int EventRing::take(void* self, void* event, size_t size) {
  if (size >= sizeof(weft_event)) static_cast<EventRing*>(self)->receive_(*static_cast<const weft_event*>(event));
  return 0;
}

void EventRing::run() {
  for (;;) {
    epoll_event ready{};
    int count = epoll_wait(poll_.get(), &ready, 1, -1);
    if (count < 0 && errno != EINTR) return;
    if (count == 1 && ready.data.fd == stop_.get()) return;
    if (count == 1) ring_buffer__consume(ring_);
  }
}

}  // namespace weft
