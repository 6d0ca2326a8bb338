#!/bin/sh
# Packets through the BPF programs alone: two hosts and three guests in network namespaces, without agent and engine.
# Every format over both families, super-packets included, and content compared.
#
#   guest a ─┐                                             ┌─ guest b
#            ├ veth, weft_guest ─ left ═ sub0 ═ right ─ veth, weft_guest
#   guest c ─┘                    weft_substrate, weft_xdp
#
# Paths of ip and tc are whole: busybox takes its own applets first.
#
#   region.sh REGION-PROGRAM STREAM-PROGRAM OBJECT      prints lines that begin with "ok:" or "FAILED:"
region=$1
stream=$2
object=$3
work=/tmp/region
pins=/tmp/region-bpf
port_mac=02:57:45:46:54:00
gni=7
bytes=8000000
failures=0
run=0 # how often the programs were loaded: names of pins cannot have a dot

ok() { echo "ok: $1"; }
failed() { echo "FAILED: $1"; failures=$((failures + 1)); }
check() {
  sentence=$1
  shift
  if "$@" > $work/output 2>&1; then ok "$sentence"; else failed "$sentence"; cat $work/output; fi
}
must() { "$@" || { failed "the region stands: $*"; exit 1; }; }
within() { where=$1; shift; /sbin/ip netns exec "$where" "$@"; }
set_to() { within "$1" sh -c "echo $3 > /proc/sys/net/$2"; }

make_host() {
  must /sbin/ip netns add "$1"
  must /sbin/ip -n "$1" link set lo up
  # The programs look for the way of the loopback device's packets.
  set_to "$1" ipv4/conf/lo/forwarding 1
  set_to "$1" ipv6/conf/lo/forwarding 1
}

join_hosts() {
  must /sbin/ip link add sub0 netns left type veth peer name sub0 netns right
  for end in left:1 right:2; do
    must /sbin/ip -n "${end%:*}" link set sub0 up
    must /sbin/ip -n "${end%:*}" addr add "192.0.2.${end#*:}/24" dev sub0
    must /sbin/ip -n "${end%:*}" addr add "2001:db8::${end#*:}/64" dev sub0 nodad
  done
}

# As an agent makes it: one neighbour, however many the guest talks to.
make_guest() {
  guest=$1 host=$2 number=$3
  must /sbin/ip netns add "$guest"
  must /sbin/ip link add "wg$guest" netns "$host" type veth peer name weft0 netns "$guest"
  must /sbin/ip -n "$host" link set "wg$guest" address $port_mac arp off
  set_to "$host" "ipv6/conf/wg$guest/disable_ipv6" 1
  must /sbin/ip -n "$host" tuntap add "we$guest" mode tun
  must /sbin/ip -n "$host" link set "we$guest" up
  must /sbin/ip -n "$host" link set "wg$guest" up
  must /sbin/ip -n "$guest" link set lo up
  must /sbin/ip -n "$guest" link set weft0 address "02:04:0a:00:00:0$number" mtu 1400 up
  must /sbin/ip -n "$guest" addr add "10.0.0.$number/32" dev weft0
  must /sbin/ip -n "$guest" addr add "fd00::$number/128" dev weft0 nodad
  must /sbin/ip -n "$guest" neigh add 169.254.87.1 lladdr $port_mac dev weft0 nud permanent
  must /sbin/ip -n "$guest" neigh add fe80::57 lladdr $port_mac dev weft0 nud permanent
  must /sbin/ip -n "$guest" route add 10.0.0.0/24 via 169.254.87.1 dev weft0 onlink src "10.0.0.$number"
  must /sbin/ip -n "$guest" route add fd00::/64 via fe80::57 dev weft0 onlink src "fd00::$number"
}

port_lines() {
  for guest in $1; do
    number=${guest#*:}
    echo "port $number $gni wg${guest%:*} we${guest%:*} 02:04:0a:00:00:0$number"
    echo "local $gni 10.0.0.$number $number"
    echo "local $gni fd00::$number $number"
  done
}

remote_lines() {
  for number in $1; do
    echo "remote $gni 10.0.0.$number 0"
    echo "remote $gni fd00::$number 0"
  done
}

# The tables of one host, made anew, and the programs that read them on its devices.
fill_host() {
  host=$1 guests=$2 others=$3 peer=$4
  must mkdir -p "$pins/$run"
  {
    [ "$mode" != xdp ] || echo xdp
    echo "peer 0 $peer $format 1500"
    port_lines "$guests"
    remote_lines "$others"
  } > $work/description
  must within "$host" "$region" fill "$object" "$pins/$run/$host" < $work/description
  for guest in $guests; do
    attach "$host" "wg${guest%:*}" weft_guest
    attach "$host" "we${guest%:*}" weft_return
  done
  attach "$host" sub0 weft_substrate
  [ "$mode" != xdp ] || must within "$host" /sbin/ip link set dev sub0 xdp pinned "$pins/$run/$host/weft_xdp"
}

attach() {
  within "$1" /sbin/tc qdisc add dev "$2" clsact 2> /dev/null
  must within "$1" /sbin/tc filter replace dev "$2" ingress pref 1 handle 1 bpf da object-pinned "$pins/$run/$1/$3"
}

reaches() { within "$1" ping -c 3 -i 0.2 -W 2 -s "$3" "$2"; }
reaches_not() { ! within "$1" ping -c 1 -W 1 "$2"; }

# Random bytes by TCP, compared.
carries() {
  rm -f $work/received
  within "$2" timeout 30 "$stream" receive 5001 > $work/received &
  listener=$!
  within "$1" timeout 20 "$stream" send "$3" 5001 < $work/sent && wait $listener && cmp $work/sent $work/received
}
sent_packets() { within left cat /sys/class/net/sub0/statistics/tx_packets; }
# A third of the packets that one MTU each would take. XDP has none longer than that.
stays_whole() {
  before=$(sent_packets)
  carries a b "$1" && after=$(sent_packets) && echo "$((after - before)) packets" && [ $((after - before)) -lt $((bytes / 1400 / 3)) ]
}

counts() {
  for host in left right; do "$region" counts "$pins/$run/$host" | sed "s/^/$host /"; done
}
counts_nothing() { [ -z "$(counts)" ] || { counts; return 1; }; }
counts_family() { counts | grep 'handed-over 13 '; }

# What the inner packets' family may be without this kernel being asked to change it.
try_family() {
  family=$1 near=$2 far=$3 beside=$4
  check "$phase: short pings reach a guest of the other host ($family)" reaches a "$far" 56
  check "$phase: pings as long as a packet can be ($family)" reaches a "$far" 1352
  check "$phase: TCP from left to right ($family)" carries a b "$far"
  [ "$mode" = xdp ] || check "$phase: super-packets stay whole ($family)" stays_whole "$far"
  check "$phase: TCP from right to left ($family)" carries b a "$near"
  check "$phase: TCP between guests of one host ($family)" carries a c "$beside"
}

try_phase() {
  format=$1 outer=$2 mode=$3
  phase=$format-over-$outer-$mode
  run=$((run + 1))
  if [ "$outer" = IPv4 ]; then left='192.0.2.1' right='192.0.2.2'; else left='2001:db8::1' right='2001:db8::2'; fi
  # From here on, everything goes through new programs with new tables.
  fill_host left 'a:1 c:3' 2 "$right $left"
  fill_host right 'b:2' '1 3' "$left $right"
  can_change=$(cat $work/can-change)
  if [ "$outer" = IPv4 ] || [ "$can_change" = 1 ] || [ "$mode" = xdp ]; then
    try_family IPv4 10.0.0.1 10.0.0.2 10.0.0.3
  fi
  if [ "$outer" = IPv6 ] || [ "$can_change" = 1 ] || [ "$mode" = xdp ]; then
    try_family IPv6 fd00::1 fd00::2 fd00::3
  fi
  check "$phase: nothing was handed over or dropped" counts_nothing
  [ "$can_change" = 0 ] && [ "$mode" = tc ] || return 0
  if [ "$outer" = IPv4 ]; then other=fd00::2; else other=10.0.0.2; fi
  check "$phase: another family inside is not delivered" reaches_not a $other
  check "$phase: another family inside is handed over" counts_family
}

tear_down() {
  for name in a b c left right; do /sbin/ip netns del $name; done
  umount $pins
}

rm -rf $work
mkdir -p $work $pins
mount -t bpf bpf $pins || { failed "a bpffs can be mounted"; exit 1; }
trap tear_down EXIT
head -c $bytes /dev/urandom > $work/sent
"$region" can-change-family > $work/can-change || { failed "the kernel can be asked"; exit 1; }
make_host left
make_host right
join_hosts
make_guest a left 1
make_guest b right 2
make_guest c left 3
try_phase gni-1.0 IPv4 tc
try_phase gni-2.0 IPv4 tc
try_phase gni-2.0 IPv6 tc
try_phase vxlan IPv4 tc
try_phase geneve IPv4 tc
try_phase gni-2.0 IPv4 xdp
[ $failures = 0 ]
