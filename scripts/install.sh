#!/usr/bin/env bash
# install.sh install agent|controller   copies the unit and, where there is none, the example configuration
# install.sh uninstall [--purge]        stops the services, removes guests and units; --purge: also state and configuration
set -euo pipefail
cd "$(dirname "$0")/.."
weft=$PWD
units=/etc/systemd/system

install_role() {
  local role=$1
  sed "s#@WEFT@#$weft#" "systemd/weft-$role.service" > "$units/weft-$role.service"
  mkdir -p /etc/weft
  [ -e "/etc/weft/$role.yaml" ] || cp "examples/$role.yaml" "/etc/weft/$role.yaml"
  systemctl daemon-reload
  echo "Edit /etc/weft/$role.yaml, then: systemctl enable --now weft-$role"
}

uninstall() {
  local role
  for role in agent controller; do
    [ -e "$units/weft-$role.service" ] || continue
    systemctl disable --now "weft-$role"
    if [ "$role" = agent ]; then "$weft/bin/weft" agent --purge --config /etc/weft/agent.yaml; fi
    rm "$units/weft-$role.service"
  done
  systemctl daemon-reload
  if [ "${1:-}" = --purge ]; then
    rm -rf /etc/weft /var/lib/weft /run/weft
  else
    echo "Kept: /etc/weft and /var/lib/weft (PURGE=1 removes them)."
  fi
}

case "${1:-}" in
  install) case "${2:-}" in agent | controller) install_role "$2" ;; *) echo "usage: make install ROLE=agent|controller" >&2; exit 2 ;; esac ;;
  uninstall) uninstall "${2:-}" ;;
  *) echo "usage: install.sh install agent|controller | uninstall [--purge]" >&2; exit 2 ;;
esac
