/**
 * `wire/gen/gni.lua`: the Wireshark and tshark dissector of the framework gni, derived from the layouts. VXLAN,
 * Geneve and IPv4 in IPv6 (gni6) are Wireshark's own. What is inside goes on to Wireshark's IP dissectors when it is a whole packet; compressed,
 * elided and sealed payloads are shown as such.
 */
import { layouts } from '../formats/index.ts';
import { compressionCodes, type FieldRole, headerLength, type Layout, placeFields } from '../formats/layout.ts';
import { innerProtocols } from '../inner.ts';
import { ports } from '../limits.ts';

interface Shown {
  readonly name: string;
  readonly label: string;
  readonly base: 'HEX' | 'DEC';
  readonly type?: 'uint64';
  /** Lua table of values and their words. */
  readonly words?: string;
}

/** Field names in Wireshark's filter language. */
const names: Partial<Record<FieldRole, Shown>> = {
  version: { name: 'version', label: 'Version', base: 'HEX' },
  partialChecksum: { name: 'partial_checksum', label: 'Partial inner checksum', base: 'DEC' },
  protocol: { name: 'protocol', label: 'Protocol', base: 'DEC' },
  ipv6: { name: 'ipv6', label: 'Inner IPv6', base: 'DEC' },
  compression: { name: 'compression', label: 'Compression', base: 'DEC', words: 'compressions' },
  elided: { name: 'elided', label: 'Elided inner header', base: 'DEC' },
  control: { name: 'control', label: 'Control frame', base: 'DEC' },
  keyId: { name: 'key_id', label: 'Key id', base: 'DEC' },
  sequence: { name: 'sequence', label: 'Sequence', base: 'DEC', type: 'uint64' },
  sourceGni: { name: 'source_gni', label: 'Source GNI', base: 'DEC' },
  destinationGni: { name: 'destination_gni', label: 'Destination GNI', base: 'DEC' },
  crc32c: { name: 'crc32c', label: 'CRC-32C', base: 'HEX' },
};

/** What stands behind the header and is no inner packet as it is. */
const payloads = {
  compressed_payload: 'Compressed payload',
  elided_packet: 'Inner packet with an elided header',
  sealed_payload: 'Sealed payload',
  tag: 'Tag',
} as const;

export function dissector(): string {
  return `${[prologue(), fields(), layoutTable(), dissect()].join('\n')}
DissectorTable.get("udp.port"):add(${ports.data}, gni)
`;
}

function prologue(): string {
  return `-- Generated from wire/formats by \`make generate\`. Do not edit.
-- Wireshark and tshark: -X lua_script:gni.lua
local gni = Proto("gni", "Weft GNI encapsulation")

local compressions = { ${compressionCodes.map((word, code) => `[${code}] = "${word}"`).join(', ')} }
`;
}

function fields(): string {
  const shown = Object.values(names);
  const members = [...shown.map(({ name }) => name), ...Object.keys(payloads), 'format'];
  const headerRows = shown.map(({ name, label, base, type = 'uint32', words }) => {
    const more = words === undefined ? '' : `, ${words}`;
    return `  ${name} = ProtoField.${type}("gni.${name}", "${label}", base.${base}${more}),`;
  });
  const payloadRows = Object.entries(payloads).map(
    ([name, label]) => `  ${name} = ProtoField.bytes("gni.${name}", "${label}"),`,
  );
  return `local f = {
${[...headerRows, ...payloadRows].join('\n')}
  format = ProtoField.string("gni.format", "Format"),
}
gni.fields = { ${members.map((name) => `f.${name}`).join(', ')} }
`;
}

function layoutTable(): string {
  return `-- By version byte: name, lengths of header and tag in bytes, fields as { member, first bit, bits }.
local layouts = {
${layouts.flatMap(luaLayout).join('\n')}
}
`;
}

function luaLayout(layout: Layout): string[] {
  if (layout.versionByte === undefined) return [];
  const rows = placeFields(layout).flatMap((field) => {
    const named = names[field.role];
    return named === undefined ? [] : [`{ "${named.name}", ${field.bitOffset}, ${field.bits} }`];
  });
  const lengths = `length = ${headerLength(layout)}, tag = ${layout.tagLength}`;
  return [
    `  [0x${layout.versionByte.toString(16)}] = { name = "${layout.name}", ${lengths}, fields = { ${rows.join(', ')} } },`,
  ];
}

function dissect(): string {
  const { ipv4, ipv6 } = innerProtocols;
  return `local inner = { [${ipv4}] = Dissector.get("ip"), [${ipv6}] = Dissector.get("ipv6") }

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
  return values.ipv6 == 1 and ${ipv6} or ${ipv4}
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
`;
}
