#include "control_frame.h"

#include "cipher.h"

namespace weft {

void write_control_frame(const ControlFrame& frame, uint8_t* out) {
  store64(out, uint64_t{static_cast<uint8_t>(frame.kind)} << 56 | uint64_t{frame.key_id} << 48);
  store64(out + 8, frame.sequence);
}

std::optional<ControlFrame> read_control_frame(View bytes) {
  if (bytes.size() != control_frame_length) return std::nullopt;
  uint64_t first = load64(bytes.data());
  ControlFrame frame{static_cast<ControlFrame::Kind>(bytes[0]), bytes[1], load64(&bytes[8])};
  bool known = frame.kind == ControlFrame::Kind::grant || frame.kind == ControlFrame::Kind::ask;
  if (!known || (first & 0xffff'ffff'ffff) != 0 || frame.sequence > 2 * sequences_per_key) return std::nullopt;
  return frame;
}

}  // namespace weft
