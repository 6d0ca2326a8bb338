#!/usr/bin/env bash
# install.sh install agent|controller   copies units and, where there is none, the example configuration
# install.sh uninstall [--purge]        stops the services, removes guests' networks and units; --purge: also state,
#                                       configuration and users
set -euo pipefail
cd "$(dirname "$0")/.."
weft=$PWD
units=/etc/systemd/system

# Files that are named like the role, and those that are named like none.
install_role() {
  local role=$1 file name
  for file in systemd/weft-"$role".* systemd/weft.*; do
    name=$(basename "$file" .conf)
    case $name in
      *.sysusers) copy "$file" "/etc/sysusers.d/${name%.sysusers}.conf" ;;
      *.tmpfiles) copy "$file" "/etc/tmpfiles.d/${name%.tmpfiles}.conf" ;;
      *.service | *.socket) copy "$file" "$units/$name" ;;
    esac
  done
  [ ! -e /etc/sysusers.d/weft.conf ] || systemd-sysusers weft.conf
  [ ! -e /etc/tmpfiles.d/weft.conf ] || systemd-tmpfiles --create weft.conf
  mkdir -p /etc/weft
  [ -e "/etc/weft/$role.yaml" ] || cp "examples/$role.yaml" "/etc/weft/$role.yaml"
  systemctl daemon-reload
  echo "Edit /etc/weft/$role.yaml, then: systemctl enable --now weft-$role"
}

copy() {
  [ -e "$1" ] || return 0
  mkdir -p "$(dirname "$2")"
  sed "s#@WEFT@#$weft#" "$1" > "$2"
}

uninstall() {
  local role what=--clear
  [ "${1:-}" != --purge ] || what=--purge
  for role in agent controller; do
    [ -e "$units/weft-$role.service" ] || continue
    [ ! -e "$units/weft-$role.socket" ] || systemctl disable --now "weft-$role.socket"
    systemctl disable --now "weft-$role"
    if [ "$role" = agent ]; then "$weft/bin/weft" agent "$what" --config /etc/weft/agent.yaml; fi
    rm -f "$units/weft-$role.service" "$units/weft-$role.socket"
  done
  systemctl daemon-reload
  if [ "$what" = --purge ]; then
    rm -rf /etc/weft /var/lib/weft /var/log/weft /var/cache/weft /run/weft
    [ ! -e /etc/sysusers.d/weft.conf ] || sed -n 's/^u *\([^ ]*\).*/\1/p' /etc/sysusers.d/weft.conf | xargs -r -n1 userdel
    rm -f /etc/sysusers.d/weft.conf /etc/tmpfiles.d/weft.conf
  else
    echo "Kept: /etc/weft and /var/lib/weft (PURGE=1 removes them)."
  fi
}

case "${1:-}" in
  install) case "${2:-}" in agent | controller) install_role "$2" ;; *) echo "usage: make install ROLE=agent|controller" >&2; exit 2 ;; esac ;;
  uninstall) uninstall "${2:-}" ;;
  *) echo "usage: install.sh install agent|controller | uninstall [--purge]" >&2; exit 2 ;;
esac
