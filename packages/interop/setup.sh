#!/usr/bin/env bash
# Installs the mail programs that the interop tests talk to, on Debian and its kin. Run it as root, as
# often as you like. Nothing it installs is left running.
set -euo pipefail

# Debian lets a machine have one mail server, and that is Postfix: the others are unpacked beside it,
# here, and not installed.
beside=/opt/effect-smtp-interop
servers=(
  exim4-daemon-light
  opensmtpd
)

packages=(
  adduser
  curl
  dovecot-core
  dovecot-lmtpd
  dovecot-submissiond
  git
  git-email
  libauthen-sasl-perl
  libdb5.3
  libdigest-hmac-perl
  libevent-2.1-7
  libgnutls-dane0
  libidn12
  libio-socket-ssl-perl
  libmailtools-perl
  libnet-ssleay-perl
  libnsl2
  libsasl2-modules
  msmtp
  openssl
  perl
  postfix
  python3
  python3-dkim
  s-nail
  swaks
  util-linux
)

missing=()
for package in "${packages[@]}"; do
  if [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]]
  then
    missing+=("$package")
  fi
done
absent=()
for server in "${servers[@]}"; do
  if [[ ! -e "$beside/$server" ]]; then
    absent+=("$server")
  fi
done
if [[ ${#missing[@]} -eq 0 && ${#absent[@]} -eq 0 ]]; then
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
if [[ ${#missing[@]} -gt 0 ]]; then
  apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
fi

# Exim and OpenSMTPD know their users by name, whatever their configuration says.
for user in Debian-exim opensmtpd opensmtpq; do
  if ! getent passwd "$user" >/dev/null; then
    adduser --system --group --quiet --allow-bad-names --no-create-home --home "$beside" "$user"
  fi
done

mkdir --parents "$beside"
for server in "${absent[@]}"; do
  (cd "$kept" && apt-get download --quiet "$server")
  # The folder's new name says that all of it is there.
  rm --recursive --force "$beside/$server.part"
  dpkg-deb --extract "$kept/$server"_*.deb "$beside/$server.part"
  # The tests start what they need as root: nobody else is to become root by it.
  find "$beside/$server.part" -perm /6000 -exec chmod ug-s {} +
  mv "$beside/$server.part" "$beside/$server"
done
