-- Generated from wire/formats by `make generate`. Do not edit.
-- Wireshark and tshark: -X lua_script:gni.lua
local gni = Proto("gni", "Weft GNI encapsulation")

local f = {
  version = ProtoField.uint32("gni.version", "Version", base.HEX),
  partial_checksum = ProtoField.uint32("gni.partial_checksum", "Partial inner checksum", base.DEC),
  protocol = ProtoField.uint32("gni.protocol", "Protocol", base.DEC),
  source_gni = ProtoField.uint32("gni.source_gni", "Source GNI", base.DEC),
  destination_gni = ProtoField.uint32("gni.destination_gni", "Destination GNI", base.DEC),
  crc32c = ProtoField.uint32("gni.crc32c", "CRC-32C", base.HEX),
  format = ProtoField.string("gni.format", "Format"),
}
gni.fields = { f.version, f.partial_checksum, f.protocol, f.source_gni, f.destination_gni, f.crc32c, f.format }

-- By version byte: name, header length in bytes, fields as { member, first bit, bits }.
local layouts = {
  [0x10] = { name = "gni 1.0", length = 12, fields = { { "version", 0, 8 }, { "partial_checksum", 15, 1 }, { "protocol", 16, 8 }, { "source_gni", 32, 32 }, { "destination_gni", 64, 32 } } },
  [0x11] = { name = "gni 1.1", length = 16, fields = { { "version", 0, 8 }, { "partial_checksum", 15, 1 }, { "protocol", 16, 8 }, { "source_gni", 32, 32 }, { "destination_gni", 64, 32 }, { "crc32c", 96, 32 } } },
  [0x20] = { name = "gni 2.0", length = 8, fields = { { "version", 0, 8 }, { "partial_checksum", 15, 1 }, { "destination_gni", 16, 24 }, { "source_gni", 40, 24 } } },
  [0x30] = { name = "gni 3.0", length = 20, fields = { { "version", 0, 8 }, { "partial_checksum", 15, 1 }, { "protocol", 16, 8 }, { "destination_gni", 32, 32 }, { "source_gni", 64, 32 } } },
}

local inner = { [4] = Dissector.get("ip"), [41] = Dissector.get("ipv6") }

function gni.dissector(buffer, packet, tree)
  if buffer:len() == 0 then return 0 end
  local layout = layouts[buffer(0, 1):uint()]
  if layout == nil or buffer:len() < layout.length then return 0 end
  packet.cols.protocol = "GNI"
  local branch = tree:add(gni, buffer(0, layout.length))
  branch:add(f.format, buffer(0, 1), layout.name)
  local protocol = 0
  for _, field in ipairs(layout.fields) do
    local member, first, bits = field[1], field[2], field[3]
    local byte = math.floor(first / 8)
    local range = buffer(byte, math.floor((first + bits - 1) / 8) - byte + 1)
    local value = range:bitfield(first - byte * 8, bits)
    branch:add(f[member], range, value)
    if member == "protocol" then protocol = value end
  end
  local payload = inner[protocol]
  if payload ~= nil and buffer:len() > layout.length then
    payload:call(buffer(layout.length):tvb(), packet, tree)
  end
  return buffer:len()
end

DissectorTable.get("udp.port"):add(6741, gni)
