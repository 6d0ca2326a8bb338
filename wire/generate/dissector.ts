/** `wire/gen/gni.lua`: the Wireshark and tshark dissector, derived from the layouts. */
import { layouts } from '../formats/index.ts';
import { type FieldRole, headerLength, type Layout, placeFields } from '../formats/layout.ts';
import { ports } from '../limits.ts';

/** Field names in Wireshark's filter language. */
const names: Partial<Record<FieldRole, { readonly name: string; readonly label: string; readonly base: string }>> = {
  version: { name: 'version', label: 'Version', base: 'HEX' },
  partialChecksum: { name: 'partial_checksum', label: 'Partial inner checksum', base: 'DEC' },
  protocol: { name: 'protocol', label: 'Protocol', base: 'DEC' },
  sourceGni: { name: 'source_gni', label: 'Source GNI', base: 'DEC' },
  destinationGni: { name: 'destination_gni', label: 'Destination GNI', base: 'DEC' },
  crc32c: { name: 'crc32c', label: 'CRC-32C', base: 'HEX' },
};

export function dissector(): string {
  const shown = Object.values(names);
  return `-- Generated from wire/formats by \`make generate\`. Do not edit.
-- Wireshark and tshark: -X lua_script:gni.lua
local gni = Proto("gni", "Weft GNI encapsulation")

local f = {
${shown.map(({ name, label, base }) => `  ${name} = ProtoField.uint32("gni.${name}", "${label}", base.${base}),`).join('\n')}
  format = ProtoField.string("gni.format", "Format"),
}
gni.fields = { ${[...shown.map(({ name }) => `f.${name}`), 'f.format'].join(', ')} }

-- By version byte: name, header length in bytes, fields as { member, first bit, bits }.
local layouts = {
${layouts.flatMap(luaLayout).join('\n')}
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

DissectorTable.get("udp.port"):add(${ports.data}, gni)
`;
}

function luaLayout(layout: Layout): string[] {
  if (layout.versionByte === undefined) return [];
  const fields = placeFields(layout).flatMap((field) => {
    const named = names[field.role];
    return named === undefined ? [] : [`{ "${named.name}", ${field.bitOffset}, ${field.bits} }`];
  });
  return [
    `  [0x${layout.versionByte.toString(16)}] = { name = "${layout.name}", length = ${headerLength(layout)}, fields = { ${fields.join(', ')} } },`,
  ];
}
