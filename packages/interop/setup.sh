#!/usr/bin/env bash
# Installs the mail programs that the interop tests talk to, on Debian and its kin. Run it as root, as
# often as you like. Nothing it installs is left running.
set -euo pipefail

packages=(
  libauthen-sasl-perl
  libio-socket-ssl-perl
  libnet-ssleay-perl
  msmtp
  openssl
  postfix
  python3
  swaks
)

missing=()
for package in "${packages[@]}"; do
  if [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]]
  then
    missing+=("$package")
  fi
done
if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
fi

# Debian starts what it installs unless policy-rc.d forbids it.
policy=/usr/sbin/policy-rc.d
kept="$(mktemp -d)"
restore() {
  if [[ -e "$kept/policy" ]]; then
    cp --preserve "$kept/policy" "$policy"
  else
    rm --force "$policy"
  fi
  rm --recursive --force "$kept"
}
trap restore EXIT
if [[ -e "$policy" ]]; then
  cp --preserve "$policy" "$kept/policy"
fi
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
# The tests bring their own configuration: the system's stays empty.
echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
apt-get update --quiet
apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
