-- Generated from wire/formats by `make generate`. Do not edit.
-- Wireshark and tshark: -X lua_script:gni.lua
local gni = Proto("gni", "Weft GNI encapsulation")

local compressions = { [0] = "none", [1] = "lz4", [2] = "zstd" }

local f = {
  version = ProtoField.uint32("gni.version", "Version", base.HEX),
  partial_checksum = ProtoField.uint32("gni.partial_checksum", "Partial inner checksum", base.DEC),
  protocol = ProtoField.uint32("gni.protocol", "Protocol", base.DEC),
  ipv6 = ProtoField.uint32("gni.ipv6", "Inner IPv6", base.DEC),
  compression = ProtoField.uint32("gni.compression", "Compression", base.DEC, compressions),
  elided = ProtoField.uint32("gni.elided", "Elided inner header", base.DEC),
  control = ProtoField.uint32("gni.control", "Control frame", base.DEC),
  key_id = ProtoField.uint32("gni.key_id", "Key id", base.DEC),
  sequence = ProtoField.uint64("gni.sequence", "Sequence", base.DEC),
  source_gni = ProtoField.uint32("gni.source_gni", "Source GNI", base.DEC),
  destination_gni = ProtoField.uint32("gni.destination_gni", "Destination GNI", base.DEC),
  crc32c = ProtoField.uint32("gni.crc32c", "CRC-32C", base.HEX),
  compressed_payload = ProtoField.bytes("gni.compressed_payload", "Compressed payload"),
  elided_packet = ProtoField.bytes("gni.elided_packet", "Inner packet with an elided header"),
  sealed_payload = ProtoField.bytes("gni.sealed_payload", "Sealed payload"),
  tag = ProtoField.bytes("gni.tag", "Tag"),
  format = ProtoField.string("gni.format", "Format"),
}
gni.fields = { f.version, f.partial_checksum, f.protocol, f.ipv6, f.compression, f.elided, f.control, f.key_id, f.sequence, f.source_gni, f.destination_gni, f.crc32c, f.compressed_payload, f.elided_packet, f.sealed_payload, f.tag, f.format }

-- By version byte: name, lengths of header and tag in bytes, fields as { member, first bit, bits }.
local layouts = {
  [0x10] = { name = "gni 1.0", length = 12, tag = 0, fields = { { "version", 0, 8 }, { "partial_checksum", 15, 1 }, { "protocol", 16, 8 }, { "source_gni", 32, 32 }, { "destination_gni", 64, 32 } } },
  [0x11] = { name = "gni 1.1", length = 16, tag = 0, fields = { { "version", 0, 8 }, { "partial_checksum", 15, 1 }, { "protocol", 16, 8 }, { "source_gni", 32, 32 }, { "destination_gni", 64, 32 }, { "crc32c", 96, 32 } } },
  [0x20] = { name = "gni 2.0", length = 8, tag = 0, fields = { { "version", 0, 8 }, { "compression", 11, 2 }, { "elided", 13, 1 }, { "ipv6", 14, 1 }, { "partial_checksum", 15, 1 }, { "destination_gni", 16, 24 }, { "source_gni", 40, 24 } } },
  [0x30] = { name = "gni 3.0", length = 20, tag = 16, fields = { { "version", 0, 8 }, { "control", 11, 1 }, { "compression", 12, 2 }, { "elided", 14, 1 }, { "partial_checksum", 15, 1 }, { "protocol", 16, 8 }, { "key_id", 24, 8 }, { "destination_gni", 32, 32 }, { "source_gni", 64, 32 }, { "sequence", 96, 64 } } },
}

local inner = { [4] = Dissector.get("ip"), [41] = Dissector.get("ipv6") }

local function show_header(buffer, layout, branch)
  local values = {}
  branch:add(f.format, buffer(0, 1), layout.name)
  for _, field in ipairs(layout.fields) do
    local member, first, bits = field[1], field[2], field[3]
    local byte = math.floor(first / 8)
    local range = buffer(byte, math.floor((first + bits - 1) / 8) - byte + 1)
    local value = bits == 64 and range:uint64() or range:bitfield(first - byte * 8, bits)
    branch:add(f[member], range, value)
    values[member] = value
  end
  return values
end

local function protocol_of(values)
  if values.ipv6 == nil then return values.protocol end
  return values.ipv6 == 1 and 41 or 4
end

function gni.dissector(buffer, packet, tree)
  if buffer:len() == 0 then return 0 end
  local layout = layouts[buffer(0, 1):uint()]
  if layout == nil or buffer:len() < layout.length + layout.tag then return 0 end
  packet.cols.protocol = "GNI"
  local branch = tree:add(gni, buffer(0, layout.length))
  local values = show_header(buffer, layout, branch)
  local length = buffer:len() - layout.length - layout.tag
  if layout.tag > 0 then
    packet.cols.info = values.control == 1 and "Sealed control frame" or "Sealed packet"
    if length > 0 then branch:add(f.sealed_payload, buffer(layout.length, length)) end
    branch:add(f.tag, buffer(layout.length + length, layout.tag))
  elseif length > 0 then
    local payload = buffer(layout.length, length)
    local next = inner[protocol_of(values)]
    if (values.compression or 0) ~= 0 then
      packet.cols.info = "Compressed packet"
      branch:add(f.compressed_payload, payload)
    elseif values.elided == 1 then
      packet.cols.info = "Packet with an elided IP header"
      branch:add(f.elided_packet, payload)
    elseif next ~= nil then
      next:call(payload:tvb(), packet, tree)
    end
  end
  return buffer:len()
end

DissectorTable.get("udp.port"):add(6741, gni)
