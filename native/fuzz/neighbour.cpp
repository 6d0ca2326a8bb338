// Fuzzes Ethernet frames and the questions in them: an answer is whole, goes to the asker, and asks nothing.
//
// Bytes: what to repair (1), then the frame.
#include <algorithm>
#include <memory>

#include "checksum.h"
#include "inner.h"
#include "neighbour.h"
#include "check.h"

using namespace weft;

namespace {

constexpr size_t message_at = ethernet_header + ipv6_header;

void repair(uint8_t how, Bytes frame) {
  bool v6 = (how & 1) != 0;
  if ((how & 2) != 0 && frame.size() >= ethernet_header) store16(&frame[12], v6 ? ethertype_ipv6 : ethertype_arp);
  if ((how & 4) == 0) return;
  const uint8_t arp[] = {0, 1, 8, 0, 6, 4, 0, 1};
  if (!v6 && frame.size() >= ethernet_header + sizeof arp) std::copy(std::begin(arp), std::end(arp), frame.begin() + ethernet_header);
  if (!v6 || frame.size() < message_at + 24) return;
  store16(&frame[18], static_cast<uint16_t>(frame.size() - message_at));
  frame[14] = 0x60;
  frame[20] = 58;
  frame[21] = 255;
  frame[message_at] = 135;
  frame[message_at + 1] = 0;
  Bytes message = frame.subspan(message_at);
  store16(&message[2], 0);
  uint64_t sum = sum_pseudo_header(Address::from_v6(&frame[22]), Address::from_v6(&frame[38]), 58, static_cast<uint32_t>(message.size()));
  store16(&message[2], static_cast<uint16_t>(~fold(sum + sum_words(message))));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  // Exact heap blocks, so that a read or write outside is noticed.
  std::unique_ptr<uint8_t[]> exact(new uint8_t[size - 1]), out(new uint8_t[neighbour_answer_max]);
  std::copy(data + 1, data + size, exact.get());
  Bytes bytes{exact.get(), size - 1};
  repair(data[0], bytes);
  Frame frame = read_frame(bytes);
  CHECK(frame.payload.empty() || frame.payload.data() + frame.payload.size() <= bytes.data() + bytes.size());
  auto question = read_question(frame);
  if (!question) return 0;
  CHECK(frame.kind == FrameKind::arp || frame.kind == FrameKind::neighbour_solicitation);
  CHECK(question->asker != question->target || frame.kind == FrameKind::neighbour_solicitation);
  Bytes answer{out.get(), write_answer(*question, out.get())};
  CHECK(answer.size() <= neighbour_answer_max);
  Frame read = read_frame(answer);
  CHECK(read.source == derived_mac(question->target));
  CHECK(read.destination == question->asker_mac || question->asker.family == Family::none);
  CHECK(!read_question(read));
  Inner inner;
  CHECK(read.kind == FrameKind::arp || parse_inner(read.payload, inner) == InnerFault::none);
  return 0;
}
